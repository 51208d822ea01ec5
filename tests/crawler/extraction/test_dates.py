from datetime import UTC, datetime, timedelta

import pytest

from core.models import Candidate, Timestamp
from tests.crawler.extraction.made_up import NOW, URL, article, article_html

LD = '<script type="application/ld+json">{{"@type":"NewsArticle","datePublished":"{}","dateModified":"{}"}}</script>'
META = '<meta property="article:published_time" content="{}">'
SHOWN = '<div class="tanggal">{}</div>'


def published(inside: str = "", head: str = "", **more: object) -> Timestamp | None:
    return article(article_html(inside, head), **more).published  # type: ignore[arg-type] # passed on as given


def found(inside: str = "", head: str = "", **more: object) -> tuple[str, str]:
    moment = published(inside, head, **more)
    assert moment is not None
    return moment.at.isoformat(), moment.source


def test_structured_data_comes_before_meta() -> None:
    head = META.format("2026-07-02T08:00:00+07:00") + LD.format("2026-07-01T08:00:00+07:00", "")
    assert found(head=head) == ("2026-07-01T08:00:00+07:00", "json-ld:datePublished")


def test_statement_with_a_time_comes_before_a_bare_day() -> None:
    head = '<meta name="datePublished" content="2026-07-01"><meta name="publishdate" content="2026/07/01 19:01:29">'
    assert found(head=head) == ("2026-07-01T19:01:29+07:00", "meta:publishdate")


def test_declared_date_comes_first() -> None:
    assert found(
        '<b class="tgl">Rabu, 1 Juli 2026 07:00:05 WIB</b>',
        LD.format("2026-07-03T08:00:00Z", ""),
        rules={"date": ".tgl"},
    ) == ("2026-07-01T07:00:05+07:00", "selector")


@pytest.mark.parametrize(
    ("markup", "source"),
    [
        ('<time datetime="2026-07-01T10:15:00+07:00">kemarin</time>', "time"),
        (SHOWN.format("Rabu, 1 Juli 2026 | 10:15 WIB"), "visible"),
        ("<p>Kabar Contoh - 01/07/2026, 10:15 WIB</p>", "visible"),
        ("<span>Rabu, </span><div class=date><b>1 Jul 2026</b> <i>10:15 WIB</i></div>", "visible"),
    ],
)
def test_dates_on_the_page_are_read(markup: str, source: str) -> None:
    assert found(markup) == ("2026-07-01T10:15:00+07:00", source)


def test_raw_string_is_kept() -> None:
    moment = published(SHOWN.format("Rabu, 1 Juli 2026 | 10:15 WIB"))
    assert moment is not None
    assert moment.raw == "Rabu, 1 Juli 2026 | 10:15 WIB"


def test_seconds_that_only_readers_see_survive() -> None:
    assert found(SHOWN.format("Rabu, 1 Juli 2026 8:5:7 WIB"), LD.format("2026-07-01T08:05+07:00", "")) == (
        "2026-07-01T08:05:07+07:00",
        "visible",
    )


def test_local_time_labelled_utc_is_corrected_by_the_page() -> None:
    moment = published(SHOWN.format("Rabu, 1 Juli 2026 10:15 WIB"), META.format("2026-07-01T10:15:27Z"))
    assert moment is not None
    assert moment.at.isoformat() == "2026-07-01T10:15:27+07:00"
    assert moment.raw == "2026-07-01T10:15:27Z"


def test_true_utc_is_believed() -> None:
    assert found(SHOWN.format("Rabu, 1 Juli 2026 10:15 WIB"), LD.format("2026-07-01T03:15:27Z", "")) == (
        "2026-07-01T03:15:27+00:00",
        "json-ld:datePublished",
    )


def test_update_time_is_not_the_publication() -> None:
    assert found(SHOWN.format("Diperbarui 3 Juli 2026, 10:00 WIB") + SHOWN.format("Terbit 1 Juli 2026, 09:00 WIB"))[
        0
    ] == ("2026-07-01T09:00:00+07:00")


def test_future_statement_gives_way_to_the_next() -> None:
    head = LD.format("2027-01-01T00:00:00Z", "") + META.format("2026-07-01T08:00:00+07:00")
    assert found(head=head)[1] == "meta:article:published_time"


def test_unknown_date_stays_unknown() -> None:
    assert published() is None


def test_day_in_the_url_is_of_low_confidence() -> None:
    moment = published(url="https://www.kabarcontoh.id/2026/07/01/warga-desa-menanam-pohon")
    assert moment is not None
    assert (moment.at.date().isoformat(), moment.precision, moment.confidence) == ("2026-07-01", "day", "low")


def test_hint_of_the_source_is_the_last_resort() -> None:
    hint = Timestamp(NOW - timedelta(days=3), "Wed, 29 Jul 2026", "feed:pubDate")
    candidate = Candidate(URL, published=hint)
    assert published(candidate=candidate) == hint
    assert published(SHOWN.format("1 Juli 2026 10:15 WIB"), candidate=candidate) != hint


def test_modification_is_read_if_it_is_later() -> None:
    later = article(article_html(head=LD.format("2026-07-01T08:00:00Z", "2026-07-02T08:00:00Z"))).modified
    earlier = article(article_html(head=LD.format("2026-07-01T08:00:00Z", "2026-06-30T08:00:00Z"))).modified
    assert later is not None
    assert later.at == datetime(2026, 7, 2, 8, tzinfo=UTC)
    assert earlier is None


def test_modification_shares_the_correction_of_its_zone() -> None:
    head = LD.format("2026-07-01T10:15:00Z", "2026-07-01T11:00:00Z")
    found = article(article_html(SHOWN.format("Rabu, 1 Juli 2026 10:15 WIB"), head)).modified
    assert found is not None
    assert found.at.isoformat() == "2026-07-01T11:00:00+07:00"


def test_declared_day_takes_the_time_of_the_same_day() -> None:
    head = LD.format("2026-07-01T08:05:07+07:00", "")
    assert found('<b class="tgl">1 Juli 2026</b>', head, rules={"date": ".tgl"})[0] == "2026-07-01T08:05:07+07:00"


def test_date_above_the_title_is_nearer_than_one_below_the_text() -> None:
    page = article_html("<h3>Berita Lainnya</h3>").replace("<h1>", "<small>Sabtu, 4 Juli 2026 12:45:6 WIB</small><h1>")
    other = '<div class="col"><p>Jumat, 5 Juni 2026 8:37:0 WIB</p></div>'
    found = article(page.replace("</body>", f"{other * 5}</body>")).published
    assert found is not None
    assert found.at.isoformat() == "2026-07-04T12:45:06+07:00"


def test_date_line_is_found_where_no_title_is() -> None:
    page = article_html("<div>Sabtu, 4 Juli 2026 12:45:6 WIB</div>").replace("<h1>", "<div>").replace("</h1>", "</div>")
    found = article(page.replace("<title>", "<title>Kabar Contoh</title><x>")).published
    assert found is not None
    assert (found.at.isoformat(), found.confidence) == ("2026-07-04T12:45:06+07:00", "medium")


def test_declared_minute_takes_the_seconds_of_the_same_minute() -> None:
    tag, rules = '<b class="tgl">1 Juli 2026 08:05 WIB</b>', {"date": ".tgl"}
    assert found(tag, LD.format("2026-07-01T01:05:07Z", ""), rules=rules)[0] == "2026-07-01T01:05:07+00:00"
    assert found(tag, LD.format("2026-07-01T09:05:07Z", ""), rules=rules)[0] == "2026-07-01T08:05:00+07:00"


@pytest.mark.parametrize("clock", ["Sabtu, 1 Agustus 2026", "Sabtu, 1 Agustus 2026 | 18:59 WIB"])
def test_clock_in_the_head_of_the_page_is_no_date(clock: str) -> None:
    page = article_html().replace("<h1>", f"<div class=date>{clock}</div><h1>")
    assert article(page).published is None


def test_todays_date_below_the_title_is_believed() -> None:
    assert found(SHOWN.format("Sabtu, 1 Agustus 2026"))[0] == "2026-08-01T00:00:00+07:00"


def test_dates_of_other_articles_are_not_taken() -> None:
    others = "<p>x</p>" * 70 + '<div class="related"><span class="date">1 Juni 2026 10:00 WIB</span></div>'
    page = article_html().replace("</body>", f"{others}</body>")
    assert article(page).published is None
