"""Requests needed to see feeds' articles in time: ours beside other rules.

    python benchmarks/polling.py [--outlets 200] [--days 28] [--seed 1]

makes feeds (``benchmarks/made_feeds.py``: 1 to 2,000 articles a day log-uniform, 10 to 100 entries uniform, each with
its day and week, bursts, batches, outages; some with dates, hints, pinned entries) and lets every rule poll them from
nothing known. Catchable is an article that a poller every minute would see. Then the corners: every size with every
length. The polling schedule was tuned with seeds 101 to 104.
"""

import argparse
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.made_feeds import DAY, HIGHEST, HOUR, LOWEST, MINUTE, Feed, Floats, feed, mixed
from benchmarks.pollers import Answer, DuplicateBands, EntryFrequency, Fixed, Ours, Poller

QUARTER = 15 * MINUTE
SIZES, LENGTHS = (1, 5, 20, 100, 500, 2_000), (10, 20, 50, 100)
_EACH = 4  # outlets in a corner
_SITEMAP_ENTRIES, _SITEMAP_SPAN = 1_000, 2 * DAY
_BANDS = (LOWEST, 5, 20, 100, 500, HIGHEST)

Make = Callable[[Feed], Poller]
RULES: dict[str, Make] = {
    "ours": lambda feed: Ours(feed.hint),
    "every 15 minutes": lambda _: Fixed(QUARTER),
    "daily": lambda _: Fixed(DAY),
    "entry frequency (Miniflux)": lambda feed: EntryFrequency(feed.hint),
    "duplicate bands (Media Cloud)": lambda feed: DuplicateBands(feed.hint),
}


class Source:
    """A listing of a feed's articles, and who polls it.

    Attributes:
        due: when it is polled next.
        answered_at: when it was polled last and answered.
    """

    def __init__(self, feed: Feed, poller: Poller, room: int, span: float, *, dated: bool) -> None:
        self._feed, self._poller, self._room, self._span, self._dated = feed, poller, room, span, dated
        self._times = feed.times.tolist()
        self._last: int | None = None
        self.due = float(MINUTE)
        self.answered_at = -1.0

    def ask(self, at: float, seen: Floats) -> bool:
        """Poll it, and note first sights in ``seen``; return whether there is a gap."""
        if self._feed.is_down(at):
            self.due = at + self._poller.failed(at)
            return False
        last = bisect_right(self._times, at)
        first = max(last - self._room, bisect_right(self._times, at - self._span))
        gap = self._last is not None and self._last <= first < last
        new = slice(first if self._last is None else max(first, self._last), last)
        seen[new] = np.fmin(seen[new], at)
        oldest, newest = (self._times[first], self._times[last - 1]) if self._dated and last > first else (None, None)
        answer = Answer(at, last - first + self._feed.pinned, self._feed.times[new], oldest, newest, gap)
        self.due = at + self._poller.answered(answer)
        self._last, self.answered_at = last, at
        return gap


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result of polling a feed.

    Attributes:
        delays: of each article, how many seconds after its publication it was seen; ``nan``: never.
        catchable: of each, whether a poller every minute would have seen it.
    """

    feed: Feed
    days: int
    requests: int
    delays: Floats
    catchable: np.ndarray[tuple[int], np.dtype[np.bool_]]

    @property
    def lost(self) -> int:
        """Catchable articles that were never seen."""
        return int((np.isnan(self.delays) & self.catchable).sum())


def polled(feed: Feed, make: Make, days: int, *, sitemap: bool = False) -> Outcome:
    """Poll a feed by a rule; with ``sitemap`` its news sitemap too after a gap."""
    sources = [Source(feed, make(feed), feed.room, np.inf, dated=feed.dated)]
    if sitemap:
        sources.append(Source(feed, make(feed), _SITEMAP_ENTRIES, _SITEMAP_SPAN, dated=True))
    end, requests = days * DAY, 0
    seen = np.full(len(feed.times), np.nan)
    while any(source.answered_at < end for source in sources):  # what came last is polled for, too
        source = min(sources, key=lambda each: each.due)
        at = source.due
        requests += at < end
        if source.ask(at, seen) and sitemap and source is sources[0]:
            requests += at < end
            sources[1].ask(at, seen)
    counted = slice(*np.searchsorted(feed.times, (0, end)))
    return Outcome(feed, days, requests, (seen - feed.times)[counted], feed.catchable()[counted])


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--outlets", type=int, default=200)
    parser.add_argument("--days", type=int, default=28)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    feeds = mixed(options.outlets, options.days, options.seed)
    outcomes = {name: [polled(each, make, options.days) for each in feeds] for name, make in RULES.items()}
    both = [polled(each, RULES["ours"], options.days, sitemap=True) for each in feeds]
    print("\n".join(rules_table(outcomes, both)))
    print("\n".join(["", *kinds_table(outcomes["ours"], both, outcomes["every 15 minutes"])]))
    print("\n".join(["", *corners_table(options.days, options.seed)]))
    return 0


def rules_table(outcomes: dict[str, list[Outcome]], both: Sequence[Outcome]) -> Iterator[str]:
    """All feeds, rule by rule; ``both``: our own with sitemaps."""
    yield from heading(
        "rule", "requests a day", "of 15 minutes'", "per new article", "missed", "missed, catchable", "losing none",
        "delay p50, min", "p95",
    )  # fmt: skip
    for name, some in [*outcomes.items(), ("ours, with a news sitemap", both)]:
        delays = np.concatenate([one.delays for one in some])
        found = int((~np.isnan(delays)).sum())
        yield row(
            name, f"{a_day(some):.1f}", f"{a_day(some) * QUARTER / DAY:.3f}",
            f"{sum(one.requests for one in some) / found:.3f}", f"{1 - found / len(delays):.2%}",
            f"{lost(some):.2%} ({sum(one.lost for one in some):,})", f"{unharmed(some)} of {len(some)}", *late(some),
        )  # fmt: skip


def kinds_table(ours: Sequence[Outcome], both: Sequence[Outcome], quarter: Sequence[Outcome]) -> Iterator[str]:
    """Our own by kind of feed, without and with sitemaps, beside every 15 minutes."""
    yield from heading(
        "feeds", "outlets", "requests a day", "missed, catchable", "losing none", "delay p50, min", "p95",
        "with a sitemap: requests", "missed", "losing none", "every 15 minutes: missed", "losing none",
    )  # fmt: skip
    for name, fits in kinds().items():
        some, more, fixed = ([one for one in each if fits(one.feed)] for each in (ours, both, quarter))
        if some:
            yield row(
                name, str(len(some)), f"{a_day(some):.1f}", f"{lost(some):.2%}", str(unharmed(some)), *late(some),
                f"{a_day(more):.1f}", f"{lost(more):.2%}", str(unharmed(more)), f"{lost(fixed):.2%}",
                str(unharmed(fixed)),
            )  # fmt: skip


def kinds() -> dict[str, Callable[[Feed], bool]]:
    """Kinds of feeds, by what is asked of them."""
    return {f"{low:,} to {high:,} articles a day": _between(low, high) for low, high in pairwise(_BANDS)} | {
        "listing lasts a day or more": lambda feed: feed.lasts >= DAY,
        "listing lasts 3 hours to a day": lambda feed: 3 * HOUR <= feed.lasts < DAY,
        "listing lasts less than 3 hours": lambda feed: feed.lasts < 3 * HOUR,
        "with dates": lambda feed: feed.dated,
        "without dates": lambda feed: not feed.dated,
        "with pinned entries": lambda feed: feed.pinned > 0,
        "with an hourly hint": lambda feed: feed.hint is not None,
    }


def _between(low: int, high: int) -> Callable[[Feed], bool]:
    return lambda feed: low <= feed.a_day < high


def corners_table(days: int, seed: int) -> Iterator[str]:
    """Every size with every length: our requests and losses, and every 15 minutes'."""
    yield from heading("articles a day", *(f"{entries} entries" for entries in LENGTHS))
    for size in SIZES:
        cells = []
        for entries in LENGTHS:
            chances = (np.random.default_rng([seed, size, entries, each]) for each in range(_EACH))
            feeds = [feed(chance, days, size, entries) for chance in chances]
            some, fixed = ([polled(each, RULES[rule], days) for each in feeds] for rule in ("ours", "every 15 minutes"))
            cells.append(f"{a_day(some):.0f}; {lost(some):.2%}; {lost(fixed):.2%}")
        yield row(f"{size:,}", *cells)


def heading(*names: str) -> Iterator[str]:
    """Of a table."""
    yield row(*names)
    yield "|---" * len(names) + "|"


def row(*cells: str) -> str:
    """Of a table."""
    return f"| {' | '.join(cells)} |"


def a_day(some: Sequence[Outcome]) -> float:
    """Requests a day to an outlet, in the mean."""
    return sum(one.requests for one in some) / sum(one.days for one in some)


def lost(some: Sequence[Outcome]) -> float:
    """Share of the catchable articles that was missed."""
    return sum(one.lost for one in some) / max(sum(int(one.catchable.sum()) for one in some), 1)


def unharmed(some: Sequence[Outcome]) -> int:
    """Count the outlets that lost nothing catchable."""
    return sum(not one.lost for one in some)


def late(some: Sequence[Outcome]) -> tuple[str, str]:
    """Minutes from publication to poll: the median, and the 95th of a hundred."""
    p50, p95 = np.nanquantile(np.concatenate([one.delays for one in some]), (0.5, 0.95)) / MINUTE
    return f"{p50:.0f}", f"{p95:.0f}"


if __name__ == "__main__":
    sys.exit(main())
