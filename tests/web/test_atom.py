from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from database.schema import Flag, StoredArticle
from tests.web.printed import DAY, HOUR, NOW
from web.atom import Entry, Feed, write
from web.server import create_app
from web.state import WebState

ATOM = {"a": "http://www.w3.org/2005/Atom"}
FEEDS = [
    "/search.atom", "/search.atom?q=Tiongkok", "/search.atom?q=zzzz", "/stories.atom?since=2020", "/stories.atom",
    "/saved/tiongkok-dan-rusia.atom", "/outlets/samudra.atom", "/runs.atom", "/runs.atom?state=failed",
    "/outlets.atom", "/flags.atom", "/rounds.atom", "/watchlists.atom", "/saved.atom", "/articles/1/like.atom",
]  # fmt: skip
NOON = datetime(2026, 9, 14, 12, tzinfo=UTC)


def texts(feed: etree._Element, path: str) -> list[str]:
    found = feed.xpath(path, namespaces=ATOM)
    assert isinstance(found, list)
    return [str(one) for one in found]


def entry(title: str = "Beras", summary: str = "", author: str = "Samudra", via: str | None = None) -> Entry:
    return Entry("urn:pantau:article:1", title, NOON, "http://127.0.0.1/articles/1", summary, [author], via=via)


@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_is_what_the_standard_asks_for(client: TestClient, path: str) -> None:
    answer = client.get(f"/api/v1{path}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/atom+xml"
    feed = etree.fromstring(answer.content)
    assert feed.tag == "{http://www.w3.org/2005/Atom}feed"
    for one in [feed, *feed.findall("a:entry", ATOM)]:
        for needed in ("id", "title", "updated"):
            assert len(one.findall(f"a:{needed}", ATOM)) == 1
        assert one.findtext("a:id", "", ATOM).startswith("urn:pantau:")
        assert datetime.fromisoformat(one.findtext("a:updated", "", ATOM)).tzinfo
        assert len(one.findall("a:link[@rel='alternate']", ATOM)) == 1
        assert one.findall("a:author/a:name", ATOM)
    assert texts(feed, "a:link[@rel='self']/@href") == [f"http://127.0.0.1/api/v1{path}"]
    ids = texts(feed, "a:entry/a:id/text()")
    assert len(ids) == len(set(ids))
    assert all(link.startswith("http://127.0.0.1/") for link in texts(feed, "//a:link[@rel='alternate']/@href"))


def test_entries_are_the_newest_hits(client: TestClient) -> None:
    feed = etree.fromstring(client.get("/api/v1/search.atom?q=Tiongkok&limit=5").content)
    hits = client.get("/api/v1/search?q=Tiongkok&limit=5&sort=newest").json()["items"]
    assert texts(feed, "a:entry/a:id/text()") == [f"urn:pantau:article:{hit['id']}" for hit in hits]
    assert texts(feed, "a:entry/a:title/text()") == [hit["title"] for hit in hits]
    assert texts(feed, "a:entry/a:summary/text()") == [hit["snippet"] for hit in hits]


@pytest.mark.parametrize("path", FEEDS)
def test_who_has_it_already_is_told_so(client: TestClient, path: str) -> None:
    first = client.get(f"/api/v1{path}")
    tag = first.headers["etag"]
    for sent in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = client.get(f"/api/v1{path}", headers={"If-None-Match": sent})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    assert client.get(f"/api/v1{path}", headers={"If-None-Match": '"other"'}).content == first.content


def test_a_new_version_changes_its_entry(client: TestClient, web_archive: Engine) -> None:
    before = client.get("/api/v1/search.atom")
    with Session(web_archive) as session:
        article = session.scalars(select(StoredArticle).where(StoredArticle.outlet == "samudra")).first()
        assert article is not None
        article.fetched_at = datetime(2030, 1, 1, tzinfo=UTC)
        session.commit()
        changed = f"urn:pantau:article:{article.id}"
    after = client.get("/api/v1/search.atom?limit=100", headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    updated = etree.fromstring(after.content).xpath(f"a:entry[a:id='{changed}']/a:updated/text()", namespaces=ATOM)
    assert updated == ["2030-01-01T00:00:00Z"]


def test_each_outlet_has_an_entry_with_its_health(client: TestClient, web_archive: Engine) -> None:
    feed = etree.fromstring(client.get("/api/v1/outlets.atom").content)
    outlets = client.get("/api/v1/outlets").json()["items"]
    titles = {f"{one['title'] or one['name']}: {one['health']['words']}" for one in outlets}
    assert set(texts(feed, "a:entry/a:title/text()")) == titles
    named = "a:entry[a:id='urn:pantau:health:samudra']"
    before = texts(feed, f"{named}/a:updated/text()")
    with Session(web_archive) as session:
        at = NOW + 2 * HOUR
        session.add(Flag(outlet="samudra", kind="failing", words="no source answers", raised_at=at, seen_at=at))
        session.commit()
    feed = etree.fromstring(client.get("/api/v1/outlets.atom").content)
    [title] = texts(feed, f"{named}/a:title/text()")
    assert title.startswith("Kabar Samudra: no source answers")
    assert texts(feed, f"{named}/a:updated/text()") == [f"{NOW + 2 * HOUR:%Y-%m-%dT%H:%M:%SZ}"] > before


def test_a_flag_s_entry_changes_when_it_is_cleared(client: TestClient, web_archive: Engine) -> None:
    feed = etree.fromstring(client.get("/api/v1/flags.atom?outlet=samudra").content)
    [title] = texts(feed, "a:entry/a:title/text()")
    assert title == "Kabar Samudra: no longer so: 9 of 11 articles without a date (usual: none)"
    [before] = texts(
        etree.fromstring(client.get("/api/v1/flags.atom?outlet=suluh").content), "a:entry/a:updated/text()"
    )
    with Session(web_archive) as session:
        session.execute(update(Flag).where(Flag.outlet == "suluh").values(cleared_at=NOW))
        session.commit()
    feed = etree.fromstring(client.get("/api/v1/flags.atom?outlet=suluh").content)
    [after] = texts(feed, "a:entry/a:updated/text()")
    assert after == f"{NOW:%Y-%m-%dT%H:%M:%SZ}" > before


def test_rounds_that_ended_are_entries(client: TestClient) -> None:
    feed = etree.fromstring(client.get("/api/v1/rounds.atom").content)
    assert texts(feed, "a:entry/a:title/text()") == [
        "Round 3: finished, 1 flag raised", "Round 2: killed, 0 flags raised", "Round 1: finished, 0 flags raised"
    ]  # fmt: skip
    assert texts(feed, "a:entry/a:summary/text()")[0] == "3 outlets, 7 new articles"


def test_an_outlet_that_is_not_crawled_changes_every_day(state: WebState) -> None:
    for days in (40, 41):
        later = replace(state, now=partial(NOW.__add__, days * DAY))
        with TestClient(create_app(later), base_url="http://127.0.0.1") as reader:
            feed = etree.fromstring(reader.get("/api/v1/outlets.atom").content)
        updated = texts(feed, "a:entry[contains(a:title, 'not crawled for')]/a:updated/text()")
        assert updated
        assert all(at > f"{NOW + (days - 1) * DAY:%Y-%m-%dT%H:%M:%SZ}" for at in updated)


def test_saved_searches_are_entries(client: TestClient) -> None:
    feed = etree.fromstring(client.get("/api/v1/saved.atom").content)
    listed = client.get("/api/v1/saved").json()["items"]
    assert texts(feed, "a:entry/a:title/text()") == [one["title"] for one in listed]
    assert texts(feed, "a:entry/a:summary/text()") == [one["parameters"] for one in listed]
    for page in texts(feed, "a:entry/a:link[@rel='alternate']/@href"):
        assert client.get(page).status_code == 200


@pytest.mark.parametrize("sort", ["stories.atom?since=2020", "runs.atom", "outlets.atom", "flags.atom", "saved.atom"])
def test_what_changed_last_comes_first(client: TestClient, sort: str) -> None:
    feed = etree.fromstring(client.get(f"/api/v1/{sort}").content)
    updated = texts(feed, "a:entry/a:updated/text()")
    assert updated == sorted(updated, reverse=True)
    assert len(updated) > 1


@given(st.text(), st.text(), st.text())
def test_no_text_breaks_a_feed(title: str, summary: str, author: str) -> None:
    feed = etree.fromstring(
        write(Feed("urn:pantau:x", title, "http://127.0.0.1/", [entry(title, summary, author)]), "")
    )
    found = feed.find("a:entry", ATOM)
    assert found is not None
    for name, given_text in (("title", title), ("summary", summary)):
        kept = "".join(one for one in given_text if one in "\t\n\r" or (one >= "\x20" and one not in "\ufffe\uffff"))
        kept = "".join(one for one in kept if not "\ud800" <= one <= "\udfff")
        assert (found.findtext(f"a:{name}", "", ATOM) or "") == kept


def test_markup_in_a_title_is_text() -> None:
    written = write(Feed("urn:pantau:x", "]]><script>", "http://127.0.0.1/", [entry("<b>&amp;</title>")]), "http://x/")
    feed = etree.fromstring(written)
    assert texts(feed, "a:entry/a:title/text()") == ["<b>&amp;</title>"]
    assert feed.xpath("//script") == []
