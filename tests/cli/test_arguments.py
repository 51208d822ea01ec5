from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cli.options import read_crawl_arguments
from core.errors import UsageError
from crawler.run_options import SEEDS, CrawlArguments

WIB = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def read(**given: str) -> CrawlArguments:
    return read_crawl_arguments(given, WIB, NOW)


def test_nothing_said_means_nothing_bound() -> None:
    assert read() == CrawlArguments()


def test_a_day_begins_in_the_outlets_zone() -> None:
    assert read(since="2024-09-01").since == datetime(2024, 9, 1, tzinfo=WIB)


def test_until_a_day_means_the_whole_day() -> None:
    assert read(until="2024-09-30").until == datetime(2024, 10, 1, tzinfo=WIB)


def test_one_day_may_be_both_bounds() -> None:
    bounds = read(since="2024-09-01", until="2024-09-01")
    assert isinstance(bounds.since, datetime)
    assert bounds.until is not None
    assert bounds.until - bounds.since == timedelta(days=1)


def test_a_time_keeps_its_own_offset() -> None:
    assert read(since="2024-09-01T12:00+09:00").since == datetime(2024, 9, 1, 3, tzinfo=UTC)


@pytest.mark.parametrize(("value", "ago"), [("7d", timedelta(days=7)), ("12h", timedelta(hours=12))])
def test_how_long_ago(value: str, ago: timedelta) -> None:
    assert read(since=value).since == NOW - ago


def test_since_the_seeds() -> None:
    assert read(since="seeds").since == SEEDS


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"sinse": "7d"}, "sinse"),
        ({"since": "01/09/2024"}, "2024-09-01"),
        ({"since": ""}, "allowed is"),
        ({"since": "9999-99-99"}, "allowed is"),
        ({"until": "seeds"}, "allowed is"),
        ({"until": "9999-12-31"}, "allowed is"),
        ({"limit": "0"}, "from 1 on"),
        ({"limit": "-3"}, "from 1 on"),
        ({"limit": "viel"}, "from 1 on"),
        ({"since": "2024-10-01", "until": "2024-09-01"}, "nothing lies between"),
    ],
)
def test_wrong_arguments_say_what_is_allowed(given: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_crawl_arguments(given, WIB, NOW)
