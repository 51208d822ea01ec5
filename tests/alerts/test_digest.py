from datetime import date, timedelta
from pathlib import Path

import pytest
from lxml import html as parser
from sqlalchemy.orm import Session

from alerts.digest import (
    DAYS,
    NOTHING_WRONG,
    Digest,
    DigestMessage,
    bar,
    markdown_document,
    read_digest,
    write,
    yesterday,
)
from alerts.markup import Form
from alerts.watchlists import Watchlist
from database.schema import Flag
from tests.alerts.lists import watchlist
from tests.alerts.news import HOUR, NOW, come, crawled
from tests.database.made_stories import add_story

TODAY = date(2024, 10, 1)
DAY = timedelta(days=1)
HOSTILE = "</style><script>alert(1)</script><b>gandum</b>"


@pytest.fixture
def watchlists(tmp_path: Path) -> list[Watchlist]:
    off = watchlist(tmp_path, "mati", extra="active = false")
    return [watchlist(tmp_path), watchlist(tmp_path, "beras", query="beras"), off]


@pytest.fixture
def digest(session: Session, watchlists: list[Watchlist]) -> Digest:
    """Of a day with a story of three articles in two outlets, one alone, and one of the day before."""
    first = come(session, "Kapal Tiba", outlet="antara", published_at=NOW - 3 * HOUR)
    copies = [come(session, f"Kapal Tiba {number}", outlet="lentera") for number in range(2)]
    add_story(session, [first, *copies])
    come(session, "Lain", "Teks lain.", outlet="lentera")
    come(session, "Kemarin", published_at=NOW - DAY)
    return read_digest(session, watchlists, TODAY, NOW)


def test_numbers_stories_and_hits_are_of_the_day(digest: Digest) -> None:
    assert digest.news is not None
    assert (digest.title, digest.problems) == ("Pantau, 1 Oct 2024: 4 articles", None)
    assert (digest.news.articles, digest.news.stories) == (4, 2)
    assert [(one.name, one.articles, one.stories) for one in digest.news.outlets] == [
        ("lentera", 3, 2),
        ("antara", 1, 1),
    ]
    assert [(one.title, one.outlets) for one in digest.news.top] == [("Kapal Tiba", ("antara", "lentera"))]
    assert [(one.title, one.total) for one in digest.news.hits] == [("Daftar gandum", 1), ("Daftar beras", 0)]
    assert len(digest.news.days) == DAYS
    assert digest.news.days[-2:] == ((TODAY - DAY, 1), (TODAY, 2))
    assert sum(number for _, number in digest.news.days) == 3


def test_the_page_stands_alone(digest: Digest) -> None:
    page = write(digest, "page")
    tree = parser.document_fromstring(page)
    assert not tree.xpath("//script | //link | //img | //iframe | //@onclick")
    assert "url(" not in page
    assert "@import" not in page
    assert tree.xpath("string(//title)") == "Pantau, 1 Oct 2024: 4 articles"
    assert len(tree.xpath("//svg[@class='chart']/rect")) == DAYS
    assert [row.xpath("string(th)") for row in tree.xpath("//tbody/tr")] == ["lentera", "antara"]
    assert set(tree.xpath("//a/@rel")) == {"noopener nofollow"}
    assert "prefers-color-scheme: dark" in page


def test_markdown_has_the_same_with_bars_of_letters(digest: Digest) -> None:
    text = markdown_document(digest)
    assert text.startswith("# Pantau, 1 Oct 2024: 4 articles\n\n4 articles, 2 different texts, 2 outlets.\n")
    assert "## Daftar gandum: 1 hit\n\n- **Kapal Tiba**\n" in text
    assert "- lentera: 3 articles, 2 different texts ████████████████████\n" in text
    assert "- antara: 1 article, 1 different text ███████\n" in text
    assert "- 1 Oct 2024: 2 ████████████████████" in text
    assert "  2 outlets: antara, lentera · first 1 Oct 2024, 09.30 WIB\n" in text
    assert (bar(0, 10), bar(1, 1000), bar(0, 0)) == ("", "█", "")


def test_a_day_without_news_is_a_digest_too(session: Session, watchlists: list[Watchlist]) -> None:
    digest = read_digest(session, watchlists, TODAY, NOW)
    assert digest.title == "Pantau, 1 Oct 2024: 0 articles"
    for form in ("page", "markdown", "html", "text"):
        assert "0 different texts" in write(digest, form)


@pytest.mark.parametrize("form", ["page", "html", "markdown", "text"])
def test_hostile_words_stay_words(session: Session, watchlists: list[Watchlist], form: Form) -> None:
    values = {"outlet": HOSTILE, "url": 'https://jahat.example/"><script>alert(2)</script>'}
    pair = [come(session, f"{HOSTILE} {number}", f"{HOSTILE} gandum", **values) for number in range(2)]
    come(session, HOSTILE, f"{HOSTILE} gandum", **(values | {"outlet": "lentera", "url": "javascript:alert(3)"}))
    add_story(session, [*pair, 3])
    written = write(read_digest(session, watchlists, TODAY, NOW), form)
    if form != "text":
        assert "<script>" not in written
    assert "javascript:alert(3)" not in written
    assert "<script>alert(2)" not in written


def test_what_is_wrong_is_for_the_operator_only(session: Session, watchlists: list[Watchlist]) -> None:
    for outlet in ("antara", "lentera", "samudra"):
        crawled(session, outlet, NOW - (3 * DAY if outlet == "samudra" else HOUR))
    for words in ("no source answers", "9 of 11 articles without a date", HOSTILE):
        session.add(Flag(outlet="antara", kind=words[:9], words=words, raised_at=NOW - DAY, seen_at=NOW))
    session.add(Flag(outlet="lentera", kind="slow", words="slow", raised_at=NOW, seen_at=NOW, cleared_at=NOW))
    session.commit()
    assert "no source answers" not in write(read_digest(session, watchlists, TODAY, NOW), "text")
    told = read_digest(session, watchlists, TODAY, NOW, news=False, operator=True)
    assert told.title == "Pantau, 1 Oct 2024: 2 outlets need attention"
    for form in ("page", "markdown", "text"):
        written = write(told, form)
        assert "no source answers (since 30 Sep 2024, 12.30 WIB)" in written
        assert "9 of 11 articles without a date (since 30 Sep 2024, 12.30 WIB)" in written
        assert "not crawled for 3 days" in written
        assert "lentera" not in written
        assert form == "text" or "<script>" not in written


def test_nothing_wrong_is_said_as_well(session: Session) -> None:
    told = read_digest(session, [], TODAY, NOW, news=False, operator=True)
    assert NOTHING_WRONG in write(told, "page")
    assert NOTHING_WRONG in write(told, "text")


def test_a_small_channel_gets_less_of_it(digest: Digest) -> None:
    message = DigestMessage(digest)
    whole = message.body("text", 10**6)
    assert len(message.body("text", len(whole) - 1)) < len(whole)


def test_yesterday_is_jakarta_s() -> None:
    assert yesterday(NOW) == date(2024, 9, 30)
    assert yesterday(NOW.replace(hour=18)) == TODAY
