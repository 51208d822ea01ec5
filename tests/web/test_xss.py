"""Whatever strangers write into titles, texts, addresses, files and queries: no page, no feed does what it says."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import pytest
from fastapi.testclient import TestClient
from lxml import etree, html
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from database import saved_searches
from database.schema import (
    Delivery,
    DeliveryMatch,
    Flag,
    Gap,
    Round,
    Run,
    Source,
    StoredArticle,
    Story,
    Url,
    UrlEvent,
    WatchMatch,
)
from tests.web.archive import HOSTILE_TITLE
from tests.web.printed import NOW
from web.security import CONTENT_SECURITY_POLICY
from web.server import create_app
from web.state import WebState

HOST = "http://127.0.0.1"
EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(2)><a href=javascript:alert(3)>x</a></title></style>&lt;"
# The same, as far as it is a query.
READABLE = '"<script>alert(1)</script>" OR "<img src=x onerror=alert(2)>" OR berita'
SCRIPT_URL = "javascript:alert(4)//http://a.example/"
# What no page of ours has, since each could run, load or lead somewhere.
FORBIDDEN = {
    "script", "iframe", "frame", "object", "embed", "applet", "base", "style", "audio", "video", "foreignobject",
    "animate", "set", "use", "template", "math",
}  # fmt: skip
ADDRESSES = {"href", "src", "action", "formaction", "data", "poster", "srcset", "background", "cite", "xlink:href"}
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def hostile(state: WebState, tmp_path: Path) -> Iterator[TestClient]:
    """A server whose archive, outlet and watchlist were written by an attacker throughout."""
    (tmp_path / "watchlists").mkdir()
    watchlist = f"title = '''{EVIL}'''\nquery = '''berita OR \"{'<b>'}\"'''\nactive = false\n"
    (tmp_path / "watchlists" / "jahat.toml").write_text(watchlist, encoding="utf-8")
    (tmp_path / "watchlists" / "rusak.toml").write_text(f"{'evil'} = '''{EVIL}'''\n", encoding="utf-8")
    fill(state.engine)
    shape = next(iter(state.outlets.values()))
    outlet = shape.model_copy(
        update={"name": "jahat", "title": EVIL, "note": EVIL, "site": SCRIPT_URL, "city": EVIL, "kind": EVIL}
    )
    theirs = replace(state, outlets={**state.outlets, "jahat": outlet}, watchlists=(tmp_path / "watchlists",))
    with TestClient(create_app(theirs), base_url=HOST) as client:
        yield client


def fill(engine: Engine) -> None:
    with Session(engine) as session:
        article = session.scalars(select(StoredArticle).where(StoredArticle.outlet == "jahat")).one()
        story = session.scalars(select(Story).where(Story.outlets > 1)).first()
        assert story is not None
        copies = update(StoredArticle).where(StoredArticle.story_id == story.id)
        session.execute(copies.values(title=EVIL, url=SCRIPT_URL, section=EVIL, authors=[EVIL]))
        article.story_id = story.id
        saved_searches.create(session, EVIL[:120], f"q={quote(READABLE)}", NOW)
        run = Run(outlet="jahat", started_at=NOW, finished_at=NOW, state="failed", counts={EVIL: EVIL}, message=EVIL)
        source = Source(
            outlet="jahat", url=SCRIPT_URL, kind="feed", failures=3, problem=EVIL, failed_at=NOW, status=500
        )
        url = Url(
            identity=EVIL, url=SCRIPT_URL, outlet="jahat", state="stored", detail=EVIL, title_hint=EVIL,
            published_hint_raw=EVIL, first_seen_at=NOW, article_id=article.id,
        )  # fmt: skip
        outlet_report = {"name": EVIL, "title": EVIL, "stage": EVIL, "flags": [EVIL], "messages": [EVIL]}
        done = {
            "outlets": [outlet_report | {"failed": {EVIL: 1}, "rejected": {EVIL: 2}}],
            "raised": [EVIL],
            "cleared": [EVIL],
        }
        monitored = Round(
            started_at=NOW, finished_at=NOW, state="failed", message=EVIL, report=done, totals={"raised": 1}
        )
        flags = [
            Flag(outlet="jahat", kind=kind, words=EVIL, raised_at=NOW, seen_at=NOW, cleared_at=over)
            for kind, over in (("failing", None), ("silent", NOW), (EVIL[:30], None))
        ]
        session.add_all([run, source, url, monitored, *flags])
        session.flush()
        session.add(Gap(outlet="jahat", source_id=source.id, found_at=NOW, since=NOW, until=NOW, estimate=1))
        for event in ("named", "stored"):
            session.add(
                UrlEvent(
                    url_id=url.id,
                    run_id=run.id,
                    source_id=source.id,
                    at=NOW,
                    event=event,
                    reason="listing",
                    detail=EVIL,
                )
            )
        match = WatchMatch(watch="jahat", article_id=article.id, found_at=NOW, told=True)
        delivery = Delivery(
            watch="jahat", channel=EVIL, kind="matches", state="failed", created_at=NOW, next_attempt_at=NOW,
            attempts=2, problem=EVIL,
        )  # fmt: skip
        session.add_all([match, delivery])
        session.flush()
        session.add(DeliveryMatch(delivery_id=delivery.id, match_id=match.id))
        session.commit()


def reflected() -> list[str]:
    """Addresses that hold the attack themselves."""
    evil, url = quote(EVIL, safe=""), quote(SCRIPT_URL, safe="")
    names = ("q", "outlet", "section", "author", "language", "since", "until", "sort", "after", "limit", "count", evil)
    pages = [f"/?{name}={value}" for name in names for value in (evil, url)]
    pages += [f"/?q=({evil}", f"/{evil}", f"/articles/{evil}", f"/outlets/{evil}", f"/watchlists/{evil}"]
    pages += [f"/stories?day={evil}", f"/stories?{evil}={evil}", f"/runs?outlet={evil}", f"/runs?state={evil}"]
    pages += [f"/{one}?state={evil}" for one in ("flags", "rounds")] + [f"/flags?outlet={evil}", f"/rounds/{evil}"]
    return [*pages, f"/saved?{evil}", f"/runs/1?outcome={evil}", f"/stories/{evil}"]


def faults(page: str, document: html.HtmlElement) -> Iterator[str]:
    """What in a page could do harm."""
    for element in document.iter(etree.Element):
        name = str(element.tag).lower()
        if name in FORBIDDEN or (name == "img" and not element.get("src", "").startswith("/static/")):
            yield f"{page}: <{name}>"
        if name == "meta" and element.get("http-equiv"):
            yield f"{page}: {html.tostring(element)!r}"
        for attribute, value in element.items():
            if attribute.lower().startswith("on") or attribute.lower() in {"style", "srcdoc", "ping"}:
                yield f"{page}: {attribute}={value!r}"
            if attribute.lower() in ADDRESSES:
                yield from (f"{page}: {why}: {value!r}" for why in wrong_address(element, value))


def wrong_address(element: etree._Element, value: str) -> Iterator[str]:
    as_browsers_read_it = re.sub(r"^[\s/\\]*[/\\][\s/\\]*[/\\]", "//", value)
    parts = urlsplit(urljoin(f"{HOST}/", as_browsers_read_it))
    if parts.scheme not in {"http", "https"}:
        yield "scheme"
    elif parts.netloc != "127.0.0.1":
        needed = {"noopener", "nofollow", "noreferrer"}
        if element.tag != "a" or not needed <= set(element.get("rel", "").split()):
            yield "leads away"


def test_no_page_does_what_strangers_say(hostile: TestClient) -> None:
    waiting = ["/", f"/?q={quote('berita jahat')}", "/help", "/help/api", *reflected()]
    seen: set[str] = set()
    found: list[str] = []
    shown = 0
    while waiting and len(seen) < 400:
        page = waiting.pop(0)
        if page in seen:
            continue
        seen.add(page)
        answer = hostile.get(page)
        assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.status_code < 500, page
        kind = answer.headers["content-type"].partition(";")[0]
        if kind != "text/html":
            assert (
                kind in {"application/json", "application/problem+json", "application/atom+xml", "text/css"} | PICTURES
            )
            continue
        document = html.document_fromstring(answer.text)
        found += faults(page, document)
        shown += HOSTILE_TITLE in document.text_content() or EVIL[:40] in document.text_content()
        waiting += inner_links(document)
    assert found == []
    # The attack is there to be read, on pages of every kind.
    assert shown > 20
    visited = {urlsplit(page).path.split("/")[1] for page in seen}
    assert visited >= {
        "articles",
        "stories",
        "outlets",
        "flags",
        "rounds",
        "runs",
        "watchlists",
        "saved",
        "help",
        "static",
        "api",
    }


PICTURES = {"image/svg+xml"}


def inner_links(document: html.HtmlElement) -> list[str]:
    """A few of each kind, the hostile ones first."""
    links = [str(link) for link in document.xpath("//a/@href | //link/@href") if str(link).startswith(("/", "?"))]
    links = [link if link.startswith("/") else f"/{link}" for link in links]
    return sorted(set(links), key=lambda link: ("jahat" not in link, "%3C" not in link, link))[:40]


def test_feeds_and_json_say_what_they_are(hostile: TestClient) -> None:
    for path in (
        "search",
        "search?q=berita",
        "outlets",
        "outlets/jahat",
        "flags",
        "rounds",
        "rounds/4",
        "runs",
        "watchlists",
        "watchlists/jahat",
        "saved",
    ):
        answer = hostile.get(f"/api/v1/{path}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    names = [one["name"] for one in hostile.get("/api/v1/saved").json()["items"]]
    feeds = [
        "search.atom?q=berita",
        "stories.atom?since=2020",
        "flags.atom",
        "rounds.atom",
        "runs.atom",
        "outlets/jahat.atom",
        "watchlists/jahat.atom",
    ]
    for path in [*feeds, *(f"saved/{name}.atom" for name in names)]:
        answer = hostile.get(f"/api/v1/{path}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/atom+xml"), path
        feed = etree.fromstring(answer.content)
        assert all(str(element.tag).startswith(ATOM) for element in feed.iter(etree.Element))
        assert all(link.get("href", "").startswith(("http://", "https://")) for link in feed.iter(f"{ATOM}link"))
        # Text, never markup, to whoever reads it.
        assert all(element.get("type", "text") == "text" for element in feed.iter(f"{ATOM}title", f"{ATOM}summary"))


def test_problems_are_no_pages(hostile: TestClient) -> None:
    for path in reflected():
        answer = hostile.get(f"/api/v1{path.replace('/?', '/search?')}")
        assert answer.headers["content-type"] in {"application/json", "application/problem+json"}
        assert answer.status_code < 500


@pytest.mark.parametrize(
    "markup",
    [
        EVIL, f"<a href='{SCRIPT_URL}'>x</a>", "<p onclick=x>", "<svg onload=x>", "<a href=' java\tscript:x'>x</a>",
        "<a href='//a.example/'>x</a>", "<form action='http://a.example/'>", "<a href='data:text/html,x'>x</a>",
        "<meta http-equiv=refresh content=0>", "<p style='x'>", "<base href=/x>", "<img src='/x'>",
        "<a href='\\\\\\\\a/'>x",
    ],
)  # fmt: skip
def test_what_does_harm_is_seen(markup: str) -> None:
    assert list(faults("page", html.document_fromstring(f"<html><body>{markup}")))
