from datetime import UTC, date, datetime

import pytest
from jinja2 import UndefinedError

from core.formatting import long_date
from core.text.diff import word_diff
from tests.database.made_stories import TEN
from tests.web.archive import HOSTILE_TITLE
from tests.web.printed import OUTLETS
from web.errors import Problem
from web.rendering import changed, marked, moment, number, outlet_title, published, render, segment, web_address


class Dated:
    """When an article was published."""

    def __init__(self, at: datetime | None, precision: str | None = "minute", timezone: str = "Asia/Jakarta") -> None:
        self.published_at, self.published_precision, self.timezone = at, precision, timezone


@pytest.mark.parametrize(("timezone", "shown"), [
    ("Asia/Jakarta", '<time datetime="2024-09-14T10:00+07:00">14 Sep 2024, 10.00 WIB</time>'),
    ("Asia/Makassar", '<time datetime="2024-09-14T11:00+08:00">14 Sep 2024, 11.00 WITA</time>'),
    ("Asia/Jayapura", '<time datetime="2024-09-14T12:00+09:00">14 Sep 2024, 12.00 WIT</time>'),
])  # fmt: skip
def test_moments_are_told_by_the_outlet_s_clock(timezone: str, shown: str) -> None:
    assert moment(TEN, timezone) == published(Dated(TEN, timezone=timezone)) == shown


def test_a_day_is_told_without_a_time() -> None:
    midnight = datetime(2024, 9, 13, 17, tzinfo=UTC)
    assert published(Dated(midnight, "day")) == '<time datetime="2024-09-14">14 Sep 2024</time>'


def test_what_is_unknown_is_told_as_unknown() -> None:
    assert published(Dated(None)) == "undated"
    assert moment(None) == "unknown"


def test_numbers_and_days_are_written_for_people() -> None:
    assert number(1234567) == "1,234,567"
    assert long_date(date(2024, 9, 1)) == "1 Sep 2024"


def test_marks_are_all_that_is_not_escaped() -> None:
    assert marked("a <b> c", [(2, 5)]) == "a <mark>&lt;b&gt;</mark> c"
    assert marked("<i>", []) == "&lt;i&gt;"
    assert "<script" not in marked(HOSTILE_TITLE, [(0, 8), (9, 14)])


def test_changes_are_told_to_eyes_and_ears() -> None:
    shown = changed(word_diff("Harga <b>naik tujuh persen hari ini", "Harga <b>turun tujuh persen hari ini"))
    assert shown.rstrip() == (
        "Harga "
        '<del><span class="unseen">[removed: </span>&lt;b&gt;naik<span class="unseen">]</span></del> '
        '<ins><span class="unseen">[added: </span>&lt;b&gt;turun<span class="unseen">]</span></ins> '
        "tujuh persen hari ini"
    )  # fmt: skip


@pytest.mark.parametrize("url", ["https://a.example/x?y=1", "http://a.example", "HTTPS://A.example/"])
def test_web_addresses_may_be_followed(url: str) -> None:
    assert web_address(url) == url


@pytest.mark.parametrize(
    "url", [None, "", "javascript:alert(1)", "data:text/html,x", "//a.example", "/x", "http:", "http://[", "ftp://a.b/"]
)
def test_other_addresses_may_not_be_followed(url: str | None) -> None:
    assert web_address(url) is None


def test_names_are_safe_in_paths_and_titles_known() -> None:
    assert segment("a/b?c#d") == "a%2Fb%3Fc%23d"
    assert outlet_title(OUTLETS, "samudra") == "Kabar Samudra"
    assert outlet_title(OUTLETS, "lain") == "lain"
    assert outlet_title(OUTLETS, None) == "unknown outlet"


def test_a_value_that_was_forgotten_is_no_empty_place() -> None:
    with pytest.raises(UndefinedError):
        render("error.html", "/")


def test_a_problem_is_told_as_a_sentence() -> None:
    told = Problem(type="about:blank", title="Not found", status=404, detail="there is nothing <here>")
    assert "<p>There is nothing &lt;here&gt;.</p>" in render("error.html", "/x", problem=told)
