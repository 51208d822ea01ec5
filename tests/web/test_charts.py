from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from markupsafe import Markup

from search.facets import Bar, Timeline
from search.stories import Member, StoryView
from web.charts import bar, lag_chart, sparkline, timeline_chart

MONDAY = date(2024, 9, 2)
TEN = datetime(2024, 9, 14, 3, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>\"'"


def days(*hits: int, undated: int = 0) -> Timeline:
    starts = [MONDAY + timedelta(days=number) for number in range(len(hits))]
    return Timeline("day", [Bar(one, one + timedelta(days=1), n) for one, n in zip(starts, hits, strict=True)], undated)


def months(count: int) -> Timeline:
    starts = [date(2010 + number // 12, number % 12 + 1, 1) for number in range(count + 1)]
    return Timeline("month", [Bar(one, after, 3) for one, after in pairwise(starts)], 0)


def weeks(count: int) -> Timeline:
    starts = [MONDAY + timedelta(weeks=number) for number in range(count)]
    return Timeline("week", [Bar(one, one + timedelta(weeks=1), 3) for one in starts], 0)


def by_day(one: Bar) -> str:
    return f"?since={one.start}&until={one.stop - timedelta(days=1)}"


def drawn(markup: Markup) -> html.HtmlElement:
    """The chart as a browser reads it; nothing in it may do what the content security policy forbids."""
    tree = html.fragment_fromstring(str(markup), create_parent="div")
    assert not tree.xpath("//script|//style|//@style|//@*[starts-with(name(), 'on')]")
    return tree


def said(tree: html.HtmlElement, path: str) -> list[str]:
    return [" ".join(one.text_content().split()) for one in tree.xpath(path)]


def heights(tree: html.HtmlElement) -> list[float]:
    return [float(one.get("height")) for one in tree.xpath("//rect[@class='column']")]


def test_a_day_is_a_column_that_leads_to_it() -> None:
    tree = drawn(timeline_chart(days(1, 0, 4), by_day))
    assert said(tree, "//svg/a/title") == ["2 Sep 2024: 1 hit", "4 Sep 2024: 4 hits"]
    assert tree.xpath("//svg/a/@href") == ["?since=2024-09-02&until=2024-09-02", "?since=2024-09-04&until=2024-09-04"]
    assert heights(tree) == [30, 120]


def test_the_numbers_stand_in_a_table_with_the_same_links() -> None:
    tree = drawn(timeline_chart(days(1200, 0, 4), by_day))
    assert said(tree, "//details//tbody//th") == ["2 Sep 2024", "4 Sep 2024"]
    assert said(tree, "//details//td") == ["1,200", "4"]
    assert tree.xpath("//tbody//a/@href") == tree.xpath("//svg/a/@href")


def test_a_timeline_says_its_period_and_peak() -> None:
    tree = drawn(timeline_chart(days(1, 0, 4, undated=12), by_day))
    assert said(tree, "//figcaption") == ["Hits by day, 2 Sep 2024 to 4 Sep 2024; 12 without a date."]
    assert said(tree, "//svg/title")[0].endswith("Most: 4 hits, 4 Sep 2024.")


def test_one_bar_stays_a_bar() -> None:
    tree = drawn(timeline_chart(days(7), by_day))
    assert tree.xpath("//rect[@class='room']/@width") == ["8%"]
    assert said(tree, "//text") == ["8", "4", "2 Sep"]


@pytest.mark.parametrize(("undated", "words"), [(3, "None of the hits has a date."), (0, "Nothing to chart.")])
def test_without_bars_there_is_a_sentence(undated: int, words: str) -> None:
    assert said(drawn(timeline_chart(days(undated=undated), by_day)), "//p") == [words]


@pytest.mark.parametrize(
    ("timeline", "ticks"),
    [
        (days(1, 1, 1), ["2 Sep", "3 Sep", "4 Sep"]),
        (days(*[1] * 10), ["2 Sep", "4 Sep", "6 Sep", "8 Sep", "10 Sep"]),
        (days(*[1] * 30), ["2 Sep", "9 Sep", "16 Sep", "23 Sep", "30 Sep"]),
        (weeks(3), ["2 Sep", "9 Sep", "16 Sep"]),
        (weeks(18), ["Oct 2024", "Nov 2024", "Dec 2024", "Jan 2025"]),
        (months(2), ["Jan 2010", "Feb 2010"]),
        (months(40), ["2010", "2011", "2012", "2013"]),
        (months(180), ["2010", "2012", "2014", "2016", "2018", "2020", "2022", "2024"]),
    ],
)
def test_ticks_stand_where_round_dates_begin(timeline: Timeline, ticks: list[str]) -> None:
    tree = drawn(timeline_chart(timeline, by_day))
    assert said(tree, "//text[contains(@class, 'tick')]") == ticks


def test_every_other_tick_gives_way_on_a_phone() -> None:
    tree = drawn(timeline_chart(days(*[1] * 30), by_day))
    assert tree.xpath("//text[contains(@class, 'tick')]/@class") == ["tick", "tick minor"] * 2 + ["tick"]


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=70).filter(any))
def test_any_numbers_stay_within_the_chart(hits: list[int]) -> None:
    tree = drawn(timeline_chart(days(*hits), by_day))
    assert len(heights(tree)) == sum(map(bool, hits))
    assert all(1 <= height <= 120 for height in heights(tree))
    top, half = said(tree, "//text[@class='amount']")[:2] if max(hits) > 1 else ("1", "1")
    assert int(top.replace(",", "")) >= max(hits)
    assert max(hits) == 1 or int(half.replace(",", "")) * 2 == int(top.replace(",", ""))
    assert all(0 <= float(x.rstrip("%")) <= 100 for x in tree.xpath("//rect/@x|//text/@x"))


def test_what_a_link_says_is_escaped() -> None:
    tree = drawn(timeline_chart(days(1), lambda _: f"?q={HOSTILE}"))
    assert tree.xpath("//svg/a/@href") == [f"?q={HOSTILE}"]


def test_a_sparkline_has_a_column_for_each_value() -> None:
    tree = drawn(sparkline([0, 3, 12], f"articles a day {HOSTILE}"))
    assert tree.xpath("//path[@class='none']/@d") == ["M0 24v-1h3v1z"]
    assert tree.xpath("//path[@class='column']/@d") == ["M4 24v-6h3v6zM8 24v-24h3v24z"]
    assert said(tree, "//title") == [f"articles a day {HOSTILE}: at most 12, last 12"]


def test_a_sparkline_of_nothing_says_so() -> None:
    assert said(drawn(sparkline([], "articles a day")), "//title") == ["articles a day: none"]
    assert drawn(sparkline([0, 0], "articles a day")).xpath("//path/@d") == ["M0 24v-1h3v1zM4 24v-1h3v1z", ""]


@pytest.mark.parametrize(("share", "width"), [(0.25, "25%"), (1 / 3, "33.333%"), (0, "0%"), (7, "100%"), (-1, "0%")])
def test_a_bar_fills_its_share(share: float, width: str) -> None:
    assert drawn(bar(share)).xpath("//rect[@class='filled']/@width") == [width]


def named(outlet: str | None) -> str:
    return outlet or "unknown outlet"


def told(members: Iterable[tuple[str | None, timedelta | None, str]]) -> StoryView:
    made = [
        Member(number, outlet, None, "Judul", at, precision, "Asia/Jakarta", None, similarity=1, story_id=7)
        for number, (outlet, after, precision) in enumerate(members)
        for at in [None if after is None else TEN + after]
    ]
    return StoryView(7, tuple(made))


def test_lags_are_told_from_the_first_on() -> None:
    hour = timedelta(hours=1)
    story = told([("antara", 0 * hour, "minute"), ("kota", hour, "minute"), ("samudra", 30 * hour, "minute")])
    tree = drawn(lag_chart(story, named))
    assert said(tree, "//text[contains(@class, 'name')]") == ["antara", "kota", "samudra"]
    assert said(tree, "//text[@class='lag']") == ["first", "+1 h", "+30 h"]
    places = [float(x.rstrip("%")) for x in tree.xpath("//circle/@cx")]
    assert places == sorted(places)
    assert (places[0], places[-1]) == (38, 96)
    assert said(tree, "//desc") == ["antara 0; kota +1 h; samudra +30 h"]


def test_lags_that_are_not_known_have_no_dot() -> None:
    day = timedelta(days=1)
    tree = drawn(
        lag_chart(told([("antara", 0 * day, "day"), ("kota", 2 * day, "minute"), (None, None, "minute")]), named)
    )
    assert said(tree, "//text[@class='lag']") == ["first", "+2 d", "undated"]
    assert len(tree.xpath("//circle")) == 2
    assert said(tree, "//text[contains(@class, 'name')]")[2] == "unknown outlet"


def test_a_story_of_one_moment_needs_no_scale() -> None:
    tree = drawn(lag_chart(told([("antara", timedelta(), "minute"), (HOSTILE, timedelta(), "minute")]), named))
    assert set(tree.xpath("//circle/@cx")) == {"38%"}
    assert not tree.xpath("//text[@class='tick']")


def test_ticks_of_lags_leave_each_other_room() -> None:
    for days_ in (1, 9, 45, 400, 4000):
        tree = drawn(lag_chart(told([("a", timedelta(), "minute"), ("b", timedelta(days=days_), "minute")]), named))
        places = [float(x.rstrip("%")) for x in tree.xpath("//text[@class='tick']/@x")]
        assert all(after - before > 10 for before, after in pairwise(sorted(places)))
        assert places


def test_a_story_with_many_articles_says_what_its_chart_leaves_out() -> None:
    tree = drawn(lag_chart(told([(f"outlet_{n}", timedelta(hours=n), "minute") for n in range(45)]), named))
    assert len(tree.xpath("//circle")) == 40
    assert said(tree, "//figcaption")[0].endswith("Not in the chart: 5 more articles.")
