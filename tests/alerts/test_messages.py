from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from alerts.markup import Form
from alerts.messages import write_alert
from alerts.watchlists import Watchlist
from tests.alerts.lists import watchlist
from tests.alerts.news import HOUR, NOW, come
from tests.database.made_stories import add_story

HOSTILE = "<script>alert(1)</script> [klik](javascript:x) gandum @everyone"


@pytest.fixture
def one(tmp_path: Path) -> Watchlist:
    return watchlist(tmp_path)


def test_copies_are_counted_with_who_was_first(session: Session, one: Watchlist) -> None:
    first = come(session, "Dahulu", outlet="antara", published_at=NOW - 2 * HOUR)
    copy = come(session, "Kemudian", published_at=NOW - HOUR)
    other = come(session, "Terakhir", outlet="lentera", published_at=NOW)
    add_story(session, [first, copy, other])
    texts = [write_alert(session, one, [number]).body("text", 10**6) for number in (copy, first)]
    assert "samudra · 1 Oct 2024, 11.30 WIB · also in 2 outlets, first: antara\n" in texts[0]
    assert "antara · 1 Oct 2024, 10.30 WIB · also in 2 outlets\n" in texts[1]


def test_every_form_has_title_snippet_and_link(session: Session, one: Watchlist) -> None:
    found = write_alert(session, one, [come(session, "Kapal Tiba")])
    assert found.title == "Daftar gandum: 1 new article"
    assert found.body("text", 10**6) == (
        "Kapal Tiba\nsamudra · 1 Oct 2024, 11.30 WIB\n"
        "Kapal gandum merapat di pelabuhan utama.\nhttps://samudra.example/kapal-tiba"
    )
    assert found.body("markdown", 10**6) == (
        "**Kapal Tiba**\nsamudra · 1 Oct 2024, 11.30 WIB\n"
        "Kapal **gandum** merapat di pelabuhan utama.\n<https://samudra.example/kapal-tiba>"
    )
    assert found.body("html", 10**6) == found.body("page", 10**6) == (
        '<p><a href="https://samudra.example/kapal-tiba">Kapal Tiba</a><br>samudra · 1 Oct 2024, 11.30 WIB<br>'
        "Kapal <b>gandum</b> merapat di pelabuhan utama.</p>"
    )  # fmt: skip


@pytest.mark.parametrize("form", ["text", "markdown", "html", "page"])
def test_hostile_words_do_nothing(session: Session, one: Watchlist, form: Form) -> None:
    article = come(session, HOSTILE, f"Teks {HOSTILE}", url="javascript:alert(2)", outlet="<i>jahat</i>")
    body = write_alert(session, one, [article]).body(form, 10**6)
    assert "javascript:alert(2)" not in body
    if form != "text":
        assert "<script>" not in body
        assert "<i>" not in body
    if form in {"text", "markdown"}:
        assert "@everyone" not in body
    if form == "markdown":
        assert "[klik](" not in body


def test_a_small_channel_gets_what_fits_and_the_number(session: Session, one: Watchlist) -> None:
    found = write_alert(session, one, [come(session, f"Kapal nomor {number}") for number in range(10)])
    whole, part = found.body("text", 10**6), found.body("text", 500)
    assert whole.count("Kapal nomor") == 10
    assert len(part) <= 500
    shown = part.count("Kapal nomor")
    assert 0 < shown < 10
    assert f"and {10 - shown} more: scrapy watch test gandum" in part
    assert found.body("text", 10).count("Kapal nomor") == 1


def test_an_article_without_title_and_date_is_told(session: Session, one: Watchlist) -> None:
    article = come(session, "x", url=None, published_at=None, outlet=None)
    session.execute(text("UPDATE articles SET title = NULL"))
    body = write_alert(session, one, [article]).body("text", 10**6)
    assert body == "(no title)\nunknown outlet · undated\nKapal gandum merapat di pelabuhan utama."
