"""Outlets that are watched for weeks: what is flagged, when, in which words, and when it is cleared. All pure."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from health.facts import GapFacts, HostFacts, RunFacts, SourceFacts
from health.rules import find_problems
from tests.database.made_outlets import DAY, HOUR, START, Fault, Outlet, Watch, simulate

FORBIDDEN: dict[str, Any] = {"status": 403, "problem": "HTTP 403"}
EMPTY: dict[str, Any] = {"status": 200, "problem": "no article link"}


def outlet(a_day: float, seed: int = 1, variation: float = 0.1) -> Outlet:
    """With a weekly rhythm: half as much on Sundays."""
    return Outlet(tuple(a_day * share for share in (1, 1.05, 1, 1.1, 1, 0.7, 0.5)), seed, variation)


def between(first: int, after: int, fault: Fault) -> Callable[[int], Fault | None]:
    return lambda day: fault if first <= day < after else None


def day_of(watch: Watch, change: str, kind: str) -> float:
    """The day on which this was told, counted from the first."""
    [at] = [at for at, what, which in watch.told if (what, which) == (change, kind)]
    return (at - START) / DAY


def test_healthy_outlets_are_not_flagged_in_two_months() -> None:
    told = {}
    for number in range(24):
        made = outlet((2, 5, 10, 25, 60, 120)[number % 6], number, variation=0.05 + 0.1 * (number % 3) / 2)
        watch = Watch(replace(made, unsigned=number % 5 / 10, photos=number % 4 / 10))
        simulate(watch, 60)
        if watch.told:
            told[number] = watch.told
    assert told == {}


FAULTS = [
    ("silent", Fault(volume=0)),
    ("challenge-pages", Fault(rejected="error-page")),
    ("listing-pages", Fault(rejected="listing")),
    ("rejections", Fault(rejected="no-text")),
    ("date-gone", Fault(undated=True)),
    ("author-gone", Fault(unsigned=True)),
    ("dates-equal", Fault(same_minute=True)),
    ("text-short", Fault(shorter=0.15)),
    ("slow", Fault(slower=8)),
    ("failing", Fault(sources=FORBIDDEN)),
    ("failing", Fault(sources=EMPTY)),
]


@pytest.mark.parametrize(("kind", "fault"), FAULTS)
def test_a_fault_is_flagged_and_cleared_within_a_day_of_runs(kind: str, fault: Fault) -> None:
    watch = Watch(outlet(30))
    simulate(watch, 26, between(20, 23, fault))
    assert {which for _, _, which in watch.told} == {kind}
    # The runs are at six in the morning: the first one sees what came in the night only.
    assert 20 < day_of(watch, "raised", kind) <= 21.25
    assert 23 < day_of(watch, "cleared", kind) <= 24.25


def test_a_doubled_volume_is_flagged_on_the_first_whole_day_of_a_large_outlet() -> None:
    watch = Watch(outlet(150, variation=0.05))
    simulate(watch, 26, between(20, 23, Fault(volume=2)))
    assert day_of(watch, "raised", "volume-jump") == 21.25
    assert day_of(watch, "cleared", "volume-jump") <= 24.25
    [flag] = watch.flags
    assert "articles in" in flag.words
    assert flag.facts["rate"] > 1.5


def test_with_hourly_runs_a_silence_is_noticed_on_the_same_day() -> None:
    watch = Watch(outlet(30), every=HOUR)
    simulate(watch, 24, between(20, 22, Fault(volume=0)))
    assert day_of(watch, "raised", "silent") < 21
    assert day_of(watch, "cleared", "silent") <= 23
    assert len(watch.told) == 2


def test_a_small_outlet_s_silence_is_told_when_it_lasts_too_long_to_be_chance() -> None:
    watch = Watch(outlet(2))
    simulate(watch, 36, between(24, 36, Fault(volume=0)))
    assert 27 < day_of(watch, "raised", "silent") < 33
    assert len(watch.told) == 1


def test_a_changed_volume_becomes_the_usual_after_two_weeks() -> None:
    watch = Watch(outlet(100))
    simulate(watch, 60, lambda day: Fault(volume=2) if day >= 20 else None)
    assert 14 <= day_of(watch, "cleared", "volume-jump") - day_of(watch, "raised", "volume-jump") < 18
    assert len(watch.told) == 2


def test_a_silence_never_becomes_the_usual() -> None:
    watch = Watch(outlet(30))
    simulate(watch, 100, between(20, 98, Fault(volume=0)))
    assert [(what, kind) for _, what, kind in watch.told] == [("raised", "silent"), ("cleared", "silent")]
    assert 98 < day_of(watch, "cleared", "silent") <= 99.25


def test_a_time_without_runs_is_not_the_outlet_s_fault() -> None:
    watch = Watch(outlet(40))
    for hour in range(-7 * 24, 0):
        watch.published += watch.outlet.publish(START + hour * HOUR)
    for hour in range(1, 40 * 24 + 1):
        watch.live(START + hour * HOUR, off=22 * 24 <= hour < 29 * 24)
    assert watch.told == []


def test_a_silence_is_told_with_what_is_usual_and_its_cause() -> None:
    watch = Watch(outlet(50, variation=0.05))
    simulate(watch, 23, between(20, 23, Fault(volume=0)))
    [flag] = watch.flags
    assert flag.words == (
        "0 articles for 2 days (usual 31–61 a day); its sources answer, but name only what is known: "
        "see `scrapy outlets check kota`"
    )
    facts = watch.facts(START + 22 * DAY + 6 * HOUR)
    listing = [SourceFacts("https://kota.example/terbaru", "listing", 200, START, 0, None)]
    parts = [*facts.parts[:-1], replace(facts.parts[-1], empty_listings=1)]
    [found] = find_problems(replace(facts, parts=parts, sources=listing))
    assert found.words.endswith(
        "; its listing page answers 200 but holds no article link: the layout changed: see `scrapy outlets check kota`"
    )


def test_a_cause_is_told_with_the_silence_and_not_beside_it() -> None:
    watch = Watch(outlet(50))
    simulate(watch, 23, between(20, 23, Fault(sources=EMPTY)))
    [flag] = watch.flags
    assert flag.kind == "failing"
    assert flag.words.startswith("0 articles for 3 days (usual ")
    assert "; its feed answers 200 but holds nothing that is of use since " in flag.words


def new_outlet(**values: object) -> list[str]:
    """What is found of an outlet after two days of runs, without any history."""
    watch = Watch(outlet(0))
    simulate(watch, 2)
    facts = replace(watch.facts(START + 2 * DAY), ever_stored=True, flags=())
    return [found.words for found in find_problems(replace(facts, **values))]  # type: ignore[arg-type]


def test_an_outlet_without_a_history_is_judged_by_what_is_wrong_anyway() -> None:
    assert new_outlet() == []
    assert new_outlet(ever_stored=False) == ["nothing stored yet: see `scrapy outlets check kota`"]
    assert new_outlet(hosts=[HostFacts("kota.example", True, None)]) == [  # noqa: FBT003
        "the robots.txt of kota.example forbids what is polled: ask the outlet, or take it out of the rounds"
    ]
    broken = SourceFacts("https://kota.example/feed", "feed", None, None, 2, "network: no such host")
    [words] = new_outlet(sources=[broken])
    assert words == "its feed fails from the beginning: network: no such host: see `scrapy outlets check kota`"
    runs = RunFacts("killed", None, 3, START)
    assert new_outlet(runs=runs) == ["its runs fail since 2 Jul 2024: the last one was killed"]


def test_pages_that_all_are_refused_are_told_of_a_new_outlet() -> None:
    watch = Watch(outlet(20))
    simulate(watch, 2, between(0, 2, Fault(rejected="error-page")))
    [flag] = watch.flags
    assert (flag.kind, flag.raised_at) == ("challenge-pages", START + 6 * HOUR)


def test_failures_that_pass_are_not_told() -> None:
    now = START + 2 * DAY
    source = SourceFacts("https://kota.example/feed", "feed", 503, now - 2 * HOUR, 4, "HTTP 503")
    assert new_outlet(sources=[source]) == []
    other = replace(source, failures=0)
    assert new_outlet(sources=[source, other]) == []
    lasting = replace(source, checked_at=now - 21 * HOUR)
    assert new_outlet(sources=[lasting, other]) == ["1 of 2 sources fails: https://kota.example/feed: HTTP 503"]
    assert new_outlet(runs=RunFacts("killed", None, 1, now - HOUR)) == []


def test_a_gap_is_told_unless_nobody_listened() -> None:
    now = START + 2 * DAY
    gap = GapFacts("https://kota.example/feed", now - HOUR, now - DAY, 12)
    [words] = new_outlet(gaps=[gap])
    assert words.startswith("about 12 articles may have been missed: https://kota.example/feed listed nothing")
    assert new_outlet(gaps=[replace(gap, found_at=START - timedelta(hours=1))]) == []
