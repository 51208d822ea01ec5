"""Facets and timelines: a value's number is what the search finds when it is narrowed to it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from search.choices import STEPS
from search.facets import Bar, Tally, tally
from search.query import parse_query
from search.results import count, search
from search.selection import Selection
from tests.database.made_stories import TEN, add_copy, add_story

GRAIN = parse_query("gandum")
JAKARTA_MIDNIGHT = datetime(2024, 9, 14, 17, tzinfo=UTC)


@pytest.fixture
def archive(session: Session) -> Session:
    made = [
        add_copy(session, "samudra", TEN, "Satu", section="Ekonomi", authors=["Sari Dewi"], language="id"),
        add_copy(session, "lentera", TEN + timedelta(hours=1), "Satu", section="EKONOMI", language="id"),
        add_copy(
            session, "samudra", TEN + timedelta(days=1), "Satu lagi", section="Pangan", authors=["Budi", "Sari Dewi"]
        ),
        add_copy(session, "kabar", JAKARTA_MIDNIGHT, "Dua", section="ekonomi", authors=["sari dewi"], language="ms"),
        add_copy(session, "kabar", JAKARTA_MIDNIGHT - timedelta(seconds=1), "Tiga", section="Ekonomi", language="id"),
        add_copy(session, "lentera", None, "Empat", authors=["Budi"]),
        add_copy(session, "lentera", None, "Lima", authors=["Budi"]),
    ]
    add_story(session, made[:3])
    add_story(session, made[5:])
    add_copy(session, "kabar", TEN, "Lain", text="Tentang hal lain.")
    session.commit()
    return session


def values(found: Tally) -> dict[str, dict[str, int]]:
    return {facet: {value.name: value.hits for value in listed} for facet, listed in found.facets.items()}


def test_a_story_counts_once_for_each_value(archive: Session) -> None:
    found = tally(archive, Selection(GRAIN))
    assert (found.total, found.with_copies) == (4, 7)
    assert values(found) == {
        "outlet": {"kabar": 2, "lentera": 2, "samudra": 1},
        "section": {"Ekonomi": 3, "Pangan": 1},
        "author": {"Sari Dewi": 2, "Budi": 2},
        "language": {"id": 2, "ms": 1},
    }


def test_copies_count_each(archive: Session) -> None:
    found = tally(archive, Selection(GRAIN), copies=True)
    assert (found.total, found.with_copies) == (7, 7)
    assert values(found)["outlet"] == {"lentera": 3, "kabar": 2, "samudra": 2}
    assert values(found)["author"] == {"Budi": 3, "Sari Dewi": 3}


@pytest.mark.parametrize("copies", [False, True])
def test_lists_counts_and_facets_agree(archive: Session, *, copies: bool) -> None:
    found = tally(archive, Selection(GRAIN), copies=copies)
    fields = {"outlet": "outlets", "section": "sections", "author": "authors", "language": "languages"}
    narrowed = [(found.total, Selection(GRAIN))]
    narrowed += [
        (value.hits, Selection(GRAIN, **{fields[facet]: (value.name,)}))  # type: ignore[arg-type]
        for facet, listed in found.facets.items()
        for value in listed
    ]
    for hits, selection in narrowed:
        assert len(search(archive, selection, copies=copies, limit=None).hits) == hits, selection
        numbers = count(archive, selection)
        assert (numbers.with_copies if copies else numbers.total) == hits, selection


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("copies", [False, True])
def test_lists_and_timelines_agree(archive: Session, step: str, *, copies: bool) -> None:
    timeline = tally(archive, Selection(GRAIN), copies=copies).timeline(step)  # type: ignore[arg-type]
    assert timeline.undated == (2 if copies else 1)
    for bar in timeline.bars:
        since = datetime(bar.start.year, bar.start.month, bar.start.day, tzinfo=UTC) - timedelta(hours=7)
        until = datetime(bar.stop.year, bar.stop.month, bar.stop.day, tzinfo=UTC) - timedelta(hours=7)
        assert search(archive, Selection(GRAIN, since=since, until=until), copies=copies).total == bar.hits


def test_days_are_those_in_jakarta_and_have_no_gaps(archive: Session) -> None:
    add_copy(archive, "kabar", TEN + timedelta(days=3), "Enam", text="Gandum lagi.")
    timeline = tally(archive, Selection(GRAIN)).timeline()
    assert timeline.step == "day"
    assert [(bar.start.day, bar.hits) for bar in timeline.bars] == [(14, 2), (15, 2), (16, 0), (17, 1)]


def test_weeks_begin_on_monday_and_months_on_the_first(archive: Session) -> None:
    found = tally(archive, Selection(GRAIN))
    assert found.timeline("week").bars == [Bar(date(2024, 9, 9), date(2024, 9, 16), 3)]
    assert found.timeline("month").bars == [Bar(date(2024, 9, 1), date(2024, 10, 1), 3)]


def test_the_step_fits_the_period(archive: Session) -> None:
    add_copy(archive, "kabar", TEN - timedelta(days=100), "Lama", text="Gandum lama.")
    assert tally(archive, Selection(GRAIN)).timeline().step == "week"
    add_copy(archive, "kabar", TEN - timedelta(days=3000), "Kuno", text="Gandum kuno.")
    found = tally(archive, Selection(GRAIN)).timeline()
    assert found.step == "month"
    assert 60 < len(found.bars) < 120


def test_nothing_found(archive: Session) -> None:
    found = tally(archive, Selection(parse_query("tiada")))
    assert (found.total, found.with_copies) == (0, 0)
    assert values(found) == {"outlet": {}, "section": {}, "author": {}, "language": {}}
    assert found.timeline().bars == ()
