from datetime import timedelta

import pytest

from core.scheduling.polling import PollHints
from crawler.spiders.outlet_crawl import poll_hints
from outlets.schema import Outlet, Poll

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OUTLET = Outlet(name="contoh", title="Contoh", site="https://contoh.example/", domains=("contoh.example",))
DATE = "Sat, 21 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("hint", "cache_control", "expected"),
    [
        (None, None, None),
        (HOUR, None, HOUR),
        (None, "public, max-age=300", 5 * MINUTE),
        (None, 'Max-Age="300"', 5 * MINUTE),
        (HOUR, "max-age=300", HOUR),  # the longest
        (HOUR, "max-age=7200", 2 * HOUR),
        (HOUR, "max-age=0", HOUR),
        (HOUR, "no-cache, max-age=7200", HOUR),
        (None, "no-store", None),
        (None, "max-age=-1", None),
        (None, "s-maxage=300", None),  # for proxies
        (2 * DAY, None, DAY),
        (None, "max-age=31536000", None),  # a setting for pictures
        (365 * DAY, "max-age=300", 5 * MINUTE),
    ],
)
def test_longest_sensible_hint_counts(
    hint: timedelta | None, cache_control: str | None, expected: timedelta | None
) -> None:
    assert poll_hints(OUTLET, hint, cache_control) == PollHints(expected)


@pytest.mark.parametrize(
    ("cache_control", "expires", "date", "expected"),
    [
        (None, "Sat, 21 Nov 2026 12:10:00 GMT", DATE, 10 * MINUTE),
        ("max-age=60", "Sat, 21 Nov 2026 12:10:00 GMT", DATE, MINUTE),
        (None, "Sat, 21 Nov 2026 11:00:00 GMT", DATE, None),
        (None, "0", DATE, None),
        (None, "Sat, 21 Nov 2026 12:10:00 GMT", None, None),
        (None, "Sat, 21 Nov 2026 12:10:00 -0000", DATE, None),  # a naive moment
    ],
)
def test_expires_counts_from_the_servers_own_clock(
    cache_control: str | None, expires: str, date: str | None, expected: timedelta | None
) -> None:
    assert poll_hints(OUTLET, None, cache_control, expires=expires, date=date).at_most_every == expected


def test_declaration_and_server_are_passed_on() -> None:
    declared = OUTLET.model_copy(update={"poll": Poll(shortest="10m", longest="2d")})  # type: ignore[arg-type]
    assert poll_hints(declared, None, None, HOUR) == PollHints(None, 10 * MINUTE, 2 * DAY, HOUR)
