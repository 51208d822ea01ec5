from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.models import Article
from database import articles, fingerprints
from database.articles import Terms
from database.fingerprints import PERIOD_DAYS, Candidate, neighbours, period_of
from database.schema import Band, Fingerprint

ONE, TWO, THREE = "11" * 32, "22" * 32, "33" * 32
BEGIN = datetime(1970, 1, 1, tzinfo=UTC)


def add(session: Session, text_sha256: str, period: int, *bands: int) -> int | None:
    return fingerprints.add(session, text_sha256, period, text_sha256.encode(), bands)


def store(session: Session, text_sha256: str, **fields: Any) -> int:
    values = {
        **articles.columns(Article(url=None, outlet=None, title=None, text="isi")),
        "text": "isi",
        "text_sha256": text_sha256,
        "timezone": "Asia/Jakarta",
        "first_seen_at": BEGIN,
        "origin": "crawl",
    }
    return articles.add(session, values | fields, Terms())


@pytest.mark.parametrize(
    ("at", "period"),
    [
        (BEGIN, 0),
        (BEGIN - timedelta(seconds=1), -1),
        (BEGIN + timedelta(days=PERIOD_DAYS, seconds=-1), 0),
        (BEGIN + timedelta(days=PERIOD_DAYS), 1),
        (datetime.fromisoformat("1970-03-02T06:59:59+07:00"), 0),
        (datetime.fromisoformat("1970-03-02T07:00:00+07:00"), 1),
    ],
)
def test_periods_are_whole_days_of_utc(at: datetime, period: int) -> None:
    assert period_of(at) == period


MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - as hypothesis takes them


@given(MOMENTS, st.integers(0, 400), st.floats(-1, 1))
def test_whoever_is_within_the_look_back_finds_the_other(at: datetime, look_back: int, part: float) -> None:
    other = at + part * timedelta(days=look_back)
    assert period_of(other) in neighbours(period_of(at), look_back)
    assert period_of(at) in neighbours(period_of(other), look_back)


def test_nobody_is_found_a_period_beyond_the_look_back() -> None:
    assert neighbours(10, PERIOD_DAYS) == [9, 10, 11]
    assert neighbours(10, PERIOD_DAYS + 1) == [8, 9, 10, 11, 12]
    assert neighbours(10, 0) == [10]


def test_a_fingerprint_is_kept_once_for_a_period(session: Session) -> None:
    assert add(session, ONE, 5, 1, -2, 2**31 - 1, -(2**31), 1) is not None
    assert add(session, ONE, 5, 1, -2) is None
    assert add(session, ONE, 6, 1) is not None
    assert session.scalar(select(func.count()).select_from(Fingerprint)) == 2
    assert list(session.scalars(select(Band.hash).where(Band.period == 5).order_by(Band.hash))) == [
        -(2**31),
        -2,
        1,
        2**31 - 1,
    ]


def test_texts_that_share_enough_bands_are_candidates(session: Session) -> None:
    for text_sha256, period, bands in (
        (ONE, 5, (1, 2, 3)),
        (TWO, 5, (2, 3)),
        (TWO, 6, (2, 3, 4)),
        (THREE, 5, (3, 4)),
        (THREE, 9, (1, 2)),
    ):
        add(session, text_sha256, period, *bands)
    found = fingerprints.candidates(session, ONE, [1, 2, 3], [4, 5, 6], 2)
    assert sorted(found, key=lambda one: one.period) == [
        Candidate(TWO, 5, TWO.encode()),
        Candidate(TWO, 6, TWO.encode()),
    ]
    assert fingerprints.candidates(session, ONE, [99], [5], 1) == []


def test_articles_carry_the_fingerprint_of_their_text_and_period(session: Session) -> None:
    later = BEGIN + timedelta(days=PERIOD_DAYS)
    undated, dated = store(session, ONE), store(session, ONE, published_at=later)
    store(session, TWO)
    assert [held.id for held in fingerprints.carriers(session, {(ONE, 0)})] == [undated]
    assert [held.id for held in fingerprints.carriers(session, {(ONE, 1), (TWO, 1)})] == [dated]
    assert fingerprints.carriers(session, {(THREE, 0)}) == []


def test_shingles_are_found_by_their_text(session: Session) -> None:
    add(session, ONE, 5)
    add(session, ONE, 6)
    add(session, TWO, 6)
    known = {ONE: ONE.encode(), TWO: TWO.encode()}
    assert fingerprints.shingles_of(session, [ONE, TWO, THREE]) == known
