from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.models import Reason
from crawler.check.judge import Answer, Step, describe_failure, judge_source
from crawler.discovery.result import SourceKind
from outlets.schema import Outlet

NOW = datetime(2024, 9, 14, 5, tzinfo=UTC)
SITE = "https://kabar.example"
KABAR = Outlet.model_validate(
    {
        "name": "kabar", "title": "Kabar", "site": f"{SITE}/", "domains": ["kabar.example"],
        "discover": {"pages": [f"{SITE}/indeks"], "links": "div.daftar a"}, "article": {"url": r"/berita/\d+"},
    }
)  # fmt: skip
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Kabar</title>{items}</channel></rss>"""
ITEM = "<item><title>Kapal {n} Tiba di Pelabuhan</title><link>{url}</link>{date}</item>"
CHALLENGE = (
    "<html><head><title>Just a moment...</title></head><body><h1>Checking your browser before accessing</h1></body>"
)


def answer(body: str, **values: Any) -> Answer:
    given: dict[str, Any] = {"asked": f"{SITE}/x", "url": f"{SITE}/x", "status": 200, "body": body.encode()}
    return Answer(**(given | values))


def feed(*urls: str, age: timedelta | None = timedelta(hours=2)) -> str:
    date = f"<pubDate>{NOW - age:%a, %d %b %Y %H:%M:%S +0000}</pubDate>" if age else ""
    return FEED.format(items="".join(ITEM.format(n=n, url=url, date=date) for n, url in enumerate(urls)))


def page(*paths: str, place: str = "daftar", beside: str = "") -> str:
    links = "".join(f'<h3><a href="{path}">Kapal pesiar besar tiba di pelabuhan {path[-1]}</a></h3>' for path in paths)
    return f'<html><body><div class="{place}">{links}</div>{beside}</body></html>'


def verdict(kind: SourceKind, body: str, outlet: Outlet = KABAR, **values: Any) -> tuple[str, str]:
    step = judge_source(kind, answer(body, **values), outlet, NOW).step
    return step.verdict, step.words


def test_a_feed_is_told_with_its_dates() -> None:
    found = judge_source("feed", answer(feed(f"{SITE}/berita/1", f"{SITE}/berita/2")), KABAR, NOW)
    words = "2 articles, 2 with a date; newest 2024-09-14 10:00 WIB, 2 h ago"
    assert found.step == Step("ok", f"feed {SITE}/x", words)
    assert [one.url for one in found.candidates] == [f"{SITE}/berita/1", f"{SITE}/berita/2"]


def test_what_article_url_refuses_is_told() -> None:
    found, words = verdict("feed", feed(f"{SITE}/berita/1", f"{SITE}/cuaca/2", age=None))
    assert found == "ok"
    assert words.startswith("1 article, 0 with a date (each page is asked for its own date); ")
    assert words.endswith(f"; article.url refuses 1 more, e.g. {SITE}/cuaca/2")
    assert verdict("feed", feed(f"{SITE}/cuaca/1", f"{SITE}/cuaca/2")) == (
        "problem",
        f"article.url refuses all 2 addresses, e.g. {SITE}/cuaca/1: does the pattern still fit them?",
    )


def test_a_source_that_is_not_kept_up_is_a_problem() -> None:
    found, words = verdict("feed", feed(f"{SITE}/berita/1", age=timedelta(days=40)))
    assert found == "problem"
    assert words.endswith(", 40 days ago; it is not kept up any more: look for another source")


def test_an_index_of_sitemaps_names_further_sources() -> None:
    body = (
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<sitemap><loc>{SITE}/a.xml</loc></sitemap></sitemapindex>"
    )
    found = judge_source("sitemap", answer(body), KABAR, NOW)
    assert (found.step.verdict, found.step.words) == ("ok", "names 1 further source")
    assert [child.url for child in found.children] == [f"{SITE}/a.xml"]


def test_a_source_that_lists_nothing_is_a_problem() -> None:
    assert verdict("feed", feed())[1].startswith("it lists nothing: look with a browser")
    assert verdict("feed", "halo")[0] == "problem"
    foreign = verdict("feed", feed("https://lain.example/berita/1"))
    assert foreign[1].startswith("all 1 URLs are off the outlet's domains: look with a browser")


@pytest.mark.parametrize("kind", ["feed", "listing"])
def test_a_challenge_page_is_known_as_such(kind: SourceKind) -> None:
    found, words = verdict(kind, CHALLENGE)
    assert found == "problem"
    assert words.startswith("it answers with an error, log-in or challenge page (Just a moment")


def test_a_listing_is_told_with_what_its_rules_refuse() -> None:
    assert verdict("listing", page("/berita/1", "/berita/2")) == (
        "ok",
        "2 articles, 0 with a date (each page is asked for its own date)",
    )
    found = verdict("listing", page("/berita/1", "/kabar-kapal-pesiar-besar-tiba-2"))
    assert found[0] == "ok"
    assert found[1].endswith(f"; article.url refuses 1 more, e.g. {SITE}/kabar-kapal-pesiar-besar-tiba-2")


def test_a_changed_layout_is_told_by_the_rule_that_fails() -> None:
    moved = verdict("listing", page("/berita/1", "/berita/2", place="kartu"))
    example = f"could be one, e.g. {SITE}/berita/1: the layout changed: declare where the list is now"
    elsewhere = f"2 links elsewhere on the page {example}"
    assert moved == ("problem", f"discover.links (div.daftar a) finds no article, but {elsewhere}")
    found, words = verdict("listing", page("/kabar-kapal-pesiar-tiba-1", "/kabar-kapal-pesiar-tiba-2"))
    assert found == "problem"
    assert words.startswith(f"article.url refuses all 2 links of the list, e.g. {SITE}/kabar-kapal-pesiar-tiba-1: does")
    both = verdict("listing", page("/kabar-kapal-pesiar-tiba-1", place="kartu"))
    assert both[1].startswith("neither discover.links (div.daftar a) nor article.url fits any link on the page, e.g. ")
    nothing = verdict("listing", page("/", "/tentang"))
    assert nothing[1].startswith("no link on the page looks like an article's: is a script filling it?")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"status": 404}, "HTTP 404: it is not there any more: look on the home page"),
        ({"status": 403}, "HTTP 403: the outlet refuses us"),
        ({"status": 503}, "HTTP 503: its server fails: try again later"),
        ({"status": 204}, "HTTP 204: no page came with it"),
        (
            {"status": None, "reason": Reason.ROBOTS, "problem": "robots.txt forbids /x"},
            "robots.txt forbids /x: choose what",
        ),
        (
            {"status": None, "reason": Reason.NETWORK, "problem": "network: certificate verify failed"},
            "network: certificate verify failed: its certificate is refused: the outlet must renew it",
        ),
        ({"status": None, "reason": Reason.INTERNAL, "problem": "odd"}, "odd"),
    ],
)
def test_no_answer_is_told_with_what_to_do(values: dict[str, Any], words: str) -> None:
    found = verdict("feed", "", **values)
    assert found[0] == "problem"
    assert found[1].startswith(words)
    assert (describe_failure(answer("", **values), advice=False) or "").count(": ") <= words.count(": ")


def test_redirects_are_told() -> None:
    _, words = verdict("feed", feed(f"{SITE}/berita/1"), url=f"{SITE}/baru")
    assert words.startswith(f"redirected to {SITE}/baru; 1 article")


def test_words_from_the_web_cannot_steer_the_terminal() -> None:
    line = Step("problem", "feed \x1b[31m\u202e", "x\r\n\x9b" * 999).line
    assert line.startswith("problem  feed [31m: x x x")
    assert len(line) < 330
