from datetime import UTC, datetime, timedelta

import pytest

from cli.article import difference
from core.formatting import (
    format_count,
    format_published,
    format_similarity,
    long_published,
    long_time,
    one_line,
    shorten,
)
from core.text.diff import paragraph_diff
from search.stories import Member, StoryView, format_lag, format_origin, format_reach

TEN = datetime(2024, 9, 14, 3, tzinfo=UTC)
DAY = timedelta(days=1)


def member(number: int, at: datetime | None, outlet: str | None = "kota", precision: str = "minute") -> Member:
    return Member(number, outlet, None, None, at, precision, "Asia/Jakarta", None, None, 1)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "+0 min"), (59, "+0 min"), (60, "+1 min"), (3599, "+59 min"), (3600, "+1 h"), (4800, "+1 h 20 min"),
        (172_740, "+47 h 59 min"), (172_800, "+2 d"), (180_000, "+2 d 2 h"),
    ],
)  # fmt: skip
def test_lags_are_told_in_two_units_at_most(seconds: int, words: str) -> None:
    later = member(2, TEN + timedelta(seconds=seconds))
    assert format_lag(StoryView(1, (member(1, TEN), later)), later) == words


def test_lags_are_no_more_exact_than_the_dates() -> None:
    same, next_day, undated = member(2, TEN, precision="day"), member(3, TEN + DAY, precision="day"), member(4, None)
    told = StoryView(1, (member(1, TEN), same, next_day, undated))
    assert [format_lag(told, one) for one in told.members] == ["0", "same day", "+1 d", "undated"]


def test_reach_and_origin_say_how_many_and_who() -> None:
    told = StoryView(
        1, (member(1, TEN - timedelta(hours=3), precision="day"), member(2, TEN, "antara"), member(3, None))
    )
    assert (format_reach(told), format_origin(told)) == ("3 copies in 2 outlets", "first: kota, 2024-09-14")
    nameless = StoryView(1, (member(1, None, None), member(2, None, None)))
    assert (format_reach(nameless), format_origin(nameless)) == ("2 copies", "first: unknown outlet, undated")
    assert format_reach(StoryView(1, (member(1, TEN), member(2, TEN)))) == "2 copies in 1 outlet"


def test_only_the_same_text_is_a_hundred_per_cent() -> None:
    assert [format_similarity(one) for one in (1.0, 0.9999, 0.618, 0.0, None)] == [
        "100 %",
        "99 %",
        "62 %",
        "0 %",
        "not compared",
    ]


def test_a_paragraph_that_a_copy_lacks_is_told_by_its_beginning() -> None:
    text = " ".join(f"kata{number}" for number in range(1, 31))
    (short,) = difference(paragraph_diff(text, ""), colours=False, whole=False)
    assert short.plain == "- " + " ".join(text.split()[:12]) + " … (30 words)"
    assert difference(paragraph_diff("", text), colours=False, whole=False)[0].plain == f"+ {text}"
    assert difference(paragraph_diff(text, ""), colours=False)[0].plain == f"- {text}"


def test_numbers_go_with_their_words() -> None:
    assert (format_count(1, "story"), format_count(1200, "story", plural="stories")) == ("1 story", "1,200 stories")


def test_times_are_the_outlet_s() -> None:
    on_a_day = member(1, TEN, precision="day")
    assert [format_published(member(1, TEN)), format_published(on_a_day), format_published(member(1, None))] == [
        "2024-09-14 10:00 WIB",
        "2024-09-14",
        "undated",
    ]


def test_pages_and_messages_write_times_in_words() -> None:
    assert long_time(TEN, "Asia/Makassar") == "14 Sep 2024, 11.00 WITA"
    assert [long_published(member(1, TEN)), long_published(member(1, TEN, precision="day"))] == [
        "14 Sep 2024, 10.00 WIB",
        "14 Sep 2024",
    ]
    assert long_published(member(1, None)) == "undated"


def test_control_and_direction_characters_are_removed() -> None:
    assert one_line("satu\r\n dua\x1b[31m \u202etiga\u2066\x00") == "satu dua[31m tiga"
    assert shorten("abcdef", 4) == "abc…"
