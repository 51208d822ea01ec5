from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from lxml import etree, html
from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from core.errors import DeclarationError
from database.alerts.matches import find_matches
from database.schema import WatchMatch
from tests.web.client import open_page, texts_at
from tests.web.conftest import ADDRESS
from tests.web.printed import NOW
from tests.web.watched import HOSTILE, watch
from web.queries.watchlists import WatchlistParameters, all_watchlists, whole_watchlist
from web.server import create_app
from web.state import WebState


@pytest.fixture
def watching(state: WebState, tmp_path: Path) -> WebState:
    folder = tmp_path / "watchlists"
    folder.mkdir()
    return replace(state, watchlists=watch(state.engine, folder))


@pytest.fixture
def watcher(watching: WebState) -> Iterator[TestClient]:
    with TestClient(create_app(watching), base_url=ADDRESS) as client:
        yield client


def test_watchlists_that_are_on_come_first(watcher: TestClient) -> None:
    tree = open_page(watcher, "/watchlists")
    assert tree.xpath("//ul[@class='saved']//h2/a/@href") == [
        f"/watchlists/{name}" for name in ("jahat", "pangan", "arsip", "tiongkok_rusia")
    ]
    assert texts_at(tree, "//ul[@class='saved']/li[3]/p[1]") == ["off"]
    assert texts_at(tree, "//ul[@class='saved']/li[3]//p[@class='small quiet']") == ["Only outlets: lentera"]


def test_a_wrong_file_is_told_beside_the_others(watcher: TestClient) -> None:
    [fault] = texts_at(open_page(watcher, "/watchlists"), "//div[@class='notice bad']")
    assert 'salah.toml: query = "(gandum"' in fault
    answer = watcher.get("/watchlists/salah")
    assert answer.status_code == 404
    assert "salah.toml: query" in html.document_fromstring(answer.text).text_content()


def test_a_watchlist_says_who_was_told_and_who_was_not(watcher: TestClient) -> None:
    tree = open_page(watcher, "/watchlists/pangan")
    assert texts_at(tree, "//h1/following-sibling::p[1]")[0].startswith(
        "on 1 message not sent last checked 15 Sep 2024"
    )
    [letter, hook] = tree.xpath("//table[caption='Channels']/tbody/tr")
    assert texts_at(letter, "*")[:5] == ["${SURAT_REDAKSI}", "at once", "new matches", "never", "0"]
    assert "the environment has no SURAT_REDAKSI" in texts_at(letter, "td[last()]")[0]
    assert texts_at(hook, "*") == [
        "${KAIT_MEJA}", "hourly", "new matches", "15 Sep 2024, 08.59 WIB", "1", "–"
    ]  # fmt: skip


def test_matches_are_listed_page_by_page(watcher: TestClient, watching: WebState) -> None:
    with Session(watching.engine) as session:
        total = find_matches(session, "pangan", limit=1).total
    seen, path = [], "/watchlists/pangan?limit=4"
    while path:
        tree = open_page(watcher, path)
        seen += tree.xpath("//ol[@class='hits']//h3/a/@href")
        path = next(iter(tree.xpath("//a[@rel='next']/@href")), "")
    assert len(seen) == len(set(seen)) == total > 8
    status = texts_at(tree, "//ol[@class='hits']//ul/li[contains(., 'channel')]")[-1]
    assert status == "sent to 1 channel, not yet sent to 1 channel"


def test_the_feed_of_all_has_what_each_found(watcher: TestClient) -> None:
    assert open_page(watcher, "/watchlists").xpath("//link[@rel='alternate']/@href") == ["/api/v1/watchlists.atom"]
    feed = etree.fromstring(watcher.get("/api/v1/watchlists.atom").content)
    atom = {"a": "http://www.w3.org/2005/Atom"}
    found = {name: watcher.get(f"/api/v1/watchlists/{name}?limit=100").json() for name in ("pangan", "jahat")}
    told = {(f"urn:pantau:match:{one['id']}", name) for name, whole in found.items() for one in whole["items"]}
    ids = feed.xpath("a:entry/a:id/text()", namespaces=atom)
    names = feed.xpath("a:entry/a:category/@term", namespaces=atom)
    assert set(zip(ids, names, strict=True)) == told
    assert len(told) == sum(whole["total"] for whole in found.values()) > 1
    summaries = feed.xpath("a:entry[a:category/@term='pangan']/a:summary/text()", namespaces=atom)
    assert all(one.startswith("Harga dan pasokan pangan: ") for one in summaries)


def test_messages_are_listed_with_what_became_of_them(watcher: TestClient) -> None:
    rows = open_page(watcher, "/watchlists/pangan").xpath("//table[caption='Latest first']/tbody/tr")
    assert sorted(texts_at(row, "td")[2] for row in rows) == ["failed", "sent"]


def test_a_watchlist_leads_to_a_search_for_what_it_looks_for(watcher: TestClient) -> None:
    [href] = open_page(watcher, "/watchlists/arsip").xpath("//a[.='Search the archive for it']/@href")
    assert href == "/?q=arsip&outlet=lentera&sort=newest"
    hits = texts_at(open_page(watcher, href), "//ol[@class='hits']//h2")
    assert hits == ["Arsip: Kunjungan Menteri Pertahanan Rusia"]


def test_a_watchlist_that_is_off_looks_nowhere(watcher: TestClient) -> None:
    tree = open_page(watcher, "/watchlists/arsip")
    assert texts_at(tree, "//h1/following-sibling::p[1]") == ["off not checked while off"]
    assert "No channels" in tree.text_content()
    assert texts_at(tree, "//div[@class='empty']/p/b") == ["Nothing found."]


def test_a_hostile_watchlist_is_only_text(watcher: TestClient) -> None:
    tree = open_page(watcher, "/watchlists/jahat")
    assert texts_at(tree, "//h1") == [HOSTILE]
    assert len(tree.xpath("//ol[@class='hits']/li")) == 1


@pytest.mark.parametrize(("path", "status"), [("tiada", 404), ("pangan?limit=0", 422), ("pangan?odd=1", 422)])
def test_what_there_is_not_is_refused(watcher: TestClient, path: str, status: int) -> None:
    assert watcher.get(f"/watchlists/{path}").status_code == status


def test_a_folder_that_is_not_there_is_said(watching: WebState) -> None:
    lost = replace(watching, watchlists=(Path("/nirwana"),))
    with lost.read() as session, pytest.raises(DeclarationError, match="nirwana"):
        all_watchlists(session, lost)


def test_both_databases_tell_the_same(either_archive: Engine, tmp_path: Path) -> None:
    state = WebState(either_archive, lambda: NOW, watchlists=watch(either_archive, tmp_path))
    with state.write() as session:
        session.execute(insert(WatchMatch).values(watch="pangan", article_id=1, found_at=NOW, told=False))
    with state.read() as session:
        found = all_watchlists(session, state).watchlists
        whole = whole_watchlist(session, state, "pangan", WatchlistParameters(limit=3))
        assert [(one.declared.name, one.failing) for one in found][:2] == [("jahat", 0), ("pangan", 1)]
        assert found[1].matches == whole.matches.total
        assert len(whole.matches.items) == 3
        assert {(one.delivered, one.waiting) for one in whole.matches.items} == {(1, 1)}
