from datetime import UTC, datetime
from typing import Any

from core.models import Candidate
from crawler.check.judge import Answer, Step, judge_page, judge_pages
from outlets.schema import Outlet

NOW = datetime(2024, 9, 14, 5, tzinfo=UTC)
URL = "https://kabar.example/berita/1"
KABAR = Outlet.model_validate(
    {"name": "kabar", "title": "Kabar", "site": "https://kabar.example/", "domains": ["kabar.example"]}
)
TEXT = (
    "Kapal pengangkut gandum dari Rusia tiba di pelabuhan pada hari Sabtu pagi setelah berlayar selama dua pekan. "
    "Menteri pertanian menyambut kedatangan kapal itu bersama duta besar dan para pengusaha dari beberapa kota. "
)
HEAD = """<title>Kapal Gandum Tiba di Pelabuhan</title>
<meta property="article:published_time" content="2024-09-14T10:00:00+07:00"><meta name="author" content="Sari Dewi">"""
BODY = f'<h1>Kapal Gandum Tiba di Pelabuhan</h1><div class="isi"><p>{TEXT}</p><p>{TEXT}</p><p>{TEXT}</p></div>'


def look(head: str = HEAD, body: str = BODY, rules: dict[str, Any] | None = None, **values: Any) -> Step:
    html = f'<html lang="id"><head>{head}</head><body>{body}</body></html>'
    outlet = Outlet.model_validate(KABAR.model_dump() | {"article": rules or {}})
    given: dict[str, Any] = {"asked": URL, "url": URL, "status": 200, "body": html.encode()}
    return judge_page(Candidate(URL), Answer(**(given | values)), outlet, NOW)


def test_what_was_found_is_told_with_its_place() -> None:
    step = look()
    assert (step.verdict, step.what) == ("ok", f"page {URL}")
    date = "date 2024-09-14 10:00 WIB from meta:article:published_time"
    assert step.words == f"32 words of text; title; {date}; by Sari Dewi; no section"


def test_declared_selectors_are_named_where_they_served() -> None:
    words = look(rules={"body": "div.isi", "title": "h1"}).words
    assert words.startswith("32 words of text (article.body); title (article.title); date ")


def test_a_declared_selector_that_finds_nothing_is_a_problem() -> None:
    step = look(rules={"author": "span.penulis"})
    assert step.verdict == "problem"
    assert step.words.startswith("article.author (span.penulis) finds nothing on it: the layout changed: declare what")


def test_a_page_without_a_date_is_a_problem() -> None:
    step = look(head="<title>Kapal Gandum Tiba di Pelabuhan</title>")
    assert step.verdict == "problem"
    assert step.words.startswith("no date found: declare article.date; ")


def test_what_is_no_article_is_a_note_with_the_reason() -> None:
    short = look(body="<h1>Kapal Gandum Tiba</h1><p>Menyusul.</p>")
    assert short.verdict == "note"
    assert short.words.startswith("rejected as ")
    video = look(head=f'{HEAD}<meta property="og:type" content="video.other">', body="<h1>Kapal</h1><p>Tonton.</p>")
    assert (video.verdict, video.words[:17]) == ("note", "rejected as video")
    assert look(status=404) == Step("note", f"page {URL}", "HTTP 404")


def test_a_lost_selector_explains_a_rejection() -> None:
    step = look(body="<h1>Kapal Gandum Tiba</h1><p>Menyusul.</p>", rules={"body": "div.lama"})
    assert step.verdict == "problem"
    assert "; article.body (div.lama) finds nothing on it" in step.words


def test_pages_are_summed_up() -> None:
    taken, refused = Step("ok", "page", ""), Step("note", "page", "")
    assert judge_pages([taken, refused, refused]) == Step("ok", "articles", "1 of 3 pages could be taken")
    assert judge_pages([]).words == "no source names one that could be looked at"
    assert judge_pages([refused]).verdict == judge_pages([taken, *[refused] * 3]).verdict == "problem"
