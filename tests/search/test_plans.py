"""What SQLite reads: one narrow index beside the full-text index, no article's text, no more than a tier takes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from database.engine import open_database
from search.facets import tally
from search.query import parse_query
from search.results import count, search
from search.selection import Selection
from tests.database.made_stories import TEN, add_copy

GRAIN = Selection(parse_query("gandum"))
NARROW = "SEARCH articles USING COVERING INDEX ix_articles_found"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'plans.db'}")
    yield engine
    engine.dispose()


def plans(engine: Engine, session: Session) -> list[str]:
    """How the statements that follow are carried out, those of full-text searches."""
    found: list[str] = []

    def explain(_connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "article_index" in statement:
            rows = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            found.append("\n".join(row[3] for row in rows))

    session.connection()
    event.listen(engine, "before_cursor_execute", explain)
    return found


def test_lists_counts_and_tallies_read_the_narrow_index(engine: Engine) -> None:
    with Session(engine) as session:
        read = plans(engine, session)
        search(session, GRAIN)
        search(session, GRAIN, sort="newest")
        count(session, GRAIN)
        tally(session, GRAIN)
    assert len(read) == 4
    assert all(NARROW in plan for plan in read)


def test_the_latest_are_read_without_sorting_all_that_is_found(engine: Engine) -> None:
    with Session(engine) as session:
        read = plans(engine, session)
        search(session, GRAIN)
    before_ranking, after = read[0].split("SCAN anon_1")
    assert "TEMP B-TREE" not in before_ranking
    assert "TEMP B-TREE FOR ORDER BY" in after


@pytest.mark.parametrize("days", [30, 300])
def test_a_period_holds_the_same_however_it_is_read(engine: Engine, days: int) -> None:
    with Session(engine) as session:
        for day in (5, 0, 40, 20, 310, 10):
            add_copy(session, "samudra", TEN + timedelta(days=day), f"Gandum {day}")
        read = plans(engine, session)
        period = replace(GRAIN, since=TEN, until=TEN + timedelta(days=days))
        titles = [hit.article.title for hit in search(session, period, sort="oldest").hits]
    expected = [f"Gandum {day}" for day in (0, 5, 10, 20, 40) if day < days]
    assert titles == expected
    assert ("ix_articles_published_at" in read[0]) == (days == 30)
