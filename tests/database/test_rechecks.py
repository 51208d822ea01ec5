"""When stored articles are looked at again, and what the answers mean."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.models import Candidate, Confidence, Reason, Timestamp
from core.scheduling.boundary import Boundary
from core.scheduling.rechecks import A_DAY, AGES, LAST_RECHECK, MOST_PROMPTS, YOUNG, age_starts_at, next_recheck
from database import ledger
from database.schema import Recheck, StoredArticle, UrlEvent

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
WIB = timezone(timedelta(hours=7))
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
RUN = None

moments = some.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=some.just(UTC))  # noqa: DTZ001 - UTC is added
spans = some.timedeltas(timedelta(0), timedelta(days=10))


@dataclass(frozen=True)
class Known:
    """An article that was published and stored at ``NOW``, or at other times if so said."""

    session: Session
    article_id: int
    url_id: int
    url: str

    @property
    def row(self) -> Recheck:
        return self.session.get_one(Recheck, self.article_id, populate_existing=True)

    @property
    def removed_at(self) -> datetime | None:
        return self.session.scalar(select(StoredArticle.removed_at).where(StoredArticle.id == self.article_id))

    def events(self) -> list[str]:
        found = ledger.history(self.session, self.url)
        assert found
        assert found.state == "stored"
        return [one.event for one in found.events if one.event not in {"named", "stored"}]

    def named(
        self,
        at: datetime,
        *,
        modified: datetime | None = None,
        published: datetime | None = None,
        confidence: Confidence = "high",
    ) -> int:
        """A feed names it with these dates; how many articles that makes due."""
        stamp = Timestamp(published, "", "feed:pubDate", confidence=confidence) if published else None
        said = [Candidate(self.url, None, stamp, modified)]
        feed = ledger.source(self.session, "harian", "https://harian.test/feed", "feed")
        return ledger.admit(self.session, RUN, feed.id, ledger.SourceAnswer(said), Boundary(), at).rechecks_due

    def due(self, at: datetime) -> bool:
        return self.url_id in [look.url_id for look in ledger.due_rechecks(self.session, "harian", at)]

    def look(self, at: datetime) -> bool:
        """If it is due, looks at it and finds nothing new."""
        due = self.due(at)
        if due:
            ledger.record_recheck_unchanged(self.session, self.url_id, RUN, at)
        return due


def store(
    session: Session,
    number: int = 1,
    published: datetime | None = NOW,
    precision: str = "second",
    at: datetime = NOW,
    *,
    planned: bool = True,
) -> Known:
    url = f"https://harian.test/berita/{number}-panen"
    feed = ledger.source(session, "harian", "https://harian.test/feed", "feed")
    [pending] = ledger.admit(session, RUN, feed.id, ledger.SourceAnswer([Candidate(url)]), Boundary(), at).admitted
    article = StoredArticle(
        outlet="harian",
        url=url,
        text="x",
        text_sha256=str(number),
        timezone="Asia/Jakarta",
        published_at=published,
        published_precision=precision,
        first_seen_at=at,
        fetched_at=at,
        origin="crawl",
    )
    session.add(article)
    session.flush()
    stamp = Timestamp(published, "", "meta", precision) if published else None  # type: ignore[arg-type]  # one of the three
    ledger.decide(session, pending.url_id, RUN, ledger.UrlOutcome("stored", article_id=article.id, published=stamp), at)
    if planned:
        born_at = age_starts_at(published, precision, at)
        ledger.plan_recheck(
            session,
            article.id,
            pending.url_id,
            "harian",
            born_at,
            at,
            ledger.PageValidators('"1"', "Sat, 21 Nov 2026 12:00:00 GMT"),
        )
    return Known(session, article.id, pending.url_id, url)


# --- the schedule -----------------------------------------------------------------------------------------------------


@given(born_at=moments, after=spans)
def test_a_look_is_never_planned_in_the_past(born_at: datetime, after: timedelta) -> None:
    at = next_recheck(born_at, born_at + after)
    assert at is None or at > born_at + after


@given(born_at=moments, after=spans)
def test_looks_thin_out_and_end(born_at: datetime, after: timedelta) -> None:
    looks = [born_at + after]
    while at := next_recheck(born_at, looks[-1]):
        looks.append(at)
    assert len(looks) <= 1 + len(AGES)
    assert all(later - born_at >= 2 * (earlier - born_at) for earlier, later in pairwise(looks[1:]))


@pytest.mark.parametrize(
    ("published", "precision", "expected"),
    [
        (None, None, NOW),
        (NOW - 2 * HOUR, "minute", NOW - 2 * HOUR),
        (NOW + 7 * HOUR, "second", NOW),  # a wrong zone
        (datetime(2026, 11, 21, tzinfo=WIB), "day", NOW),  # today, nobody knows when
        (datetime(2026, 9, 1, tzinfo=WIB), "day", datetime(2026, 9, 2, tzinfo=WIB)),
    ],
)
def test_age_counts_from_the_publication(published: datetime | None, precision: str | None, expected: datetime) -> None:
    assert age_starts_at(published, precision, NOW) == expected


def test_an_article_is_looked_at_four_times(session: Session) -> None:
    known = store(session)
    looks = [hours for hours in range(24 * 9) if known.look(NOW + hours * HOUR)]
    assert looks == [1, 6, 24, 72]
    assert session.scalar(select(func.count()).select_from(Recheck)) == 0


def test_a_daily_run_looks_twice(session: Session) -> None:
    known = store(session, published=NOW - 20 * HOUR)
    assert [day for day in range(9) if known.look(NOW + day * DAY)] == [1, 3]


def test_looks_carry_what_the_request_needs(session: Session) -> None:
    known = store(session, published=NOW - 30 * MINUTE)
    [look] = ledger.due_rechecks(session, "harian", NOW + HOUR)
    assert (look.article_id, look.url_id, look.url) == (known.article_id, known.url_id, known.url)
    assert (look.etag, look.last_modified) == ('"1"', "Sat, 21 Nov 2026 12:00:00 GMT")
    assert look.candidate.published is not None
    assert look.candidate.published.at == NOW - 30 * MINUTE
    assert ledger.due_rechecks(session, "suara", NOW + HOUR) == []


def test_the_newest_articles_come_first(session: Session) -> None:
    ages = {number: store(session, number, NOW - age) for number, age in ((1, 5 * HOUR), (2, HOUR), (3, 9 * HOUR))}
    looks = [look.url_id for look in ledger.due_rechecks(session, "harian", NOW + 30 * HOUR)]
    assert looks == [ages[2].url_id, ages[1].url_id, ages[3].url_id]


@pytest.mark.parametrize(("age", "due_at"), [(4 * DAY, None), (30 * HOUR, NOW + 42 * HOUR)])
def test_what_is_stored_late_begins_late(session: Session, age: timedelta, due_at: datetime | None) -> None:
    assert store(session, published=NOW - age).row.due_at == due_at


def test_what_is_old_when_it_is_stored_is_never_looked_at(session: Session) -> None:
    store(session, published=NOW - YOUNG - HOUR)
    assert session.scalar(select(func.count()).select_from(Recheck)) == 0


def test_young_articles_of_an_older_program_are_taken_up(session: Session) -> None:
    young = store(session, 1, NOW - 2 * HOUR, planned=False)
    old = store(session, 2, NOW - 8 * DAY, planned=False)
    assert ledger.due_rechecks(session, "harian", NOW) == []
    assert (young.row.due_at, young.row.looked_at, young.row.etag) == (NOW + 4 * HOUR, NOW, None)
    assert session.get(Recheck, old.article_id) is None


def test_two_runs_that_begin_take_up_an_article_once(session: Session) -> None:
    known = store(session, planned=False)
    for hours in (0, 1):
        ledger.due_rechecks(session, "harian", NOW + hours * HOUR)
    assert known.row.due_at == NOW + HOUR


@pytest.mark.parametrize("seed", range(6))
def test_looks_end_whatever_is_answered(session: Session, seed: int) -> None:
    known, at, looks, answers = store(session), NOW, 0, random.Random(seed)
    while (row := session.get(Recheck, known.article_id, populate_existing=True)) and row.due_at:
        assert row.due_at > at
        at, looks = row.due_at, looks + 1
        match answers.randrange(5):
            case 0:
                ledger.record_recheck_unchanged(session, known.url_id, RUN, at)
            case 1:
                ledger.record_recheck(
                    session,
                    known.url_id,
                    RUN,
                    at,
                    ledger.PageValidators(None, None),
                    change=answers.choice([None, "other"]),
                )
            case 2:
                ledger.record_recheck_rejected(session, known.url_id, RUN, Reason.LISTING, None, at)
            case 3:
                ledger.fail_recheck(session, known.url_id, RUN, Reason.NETWORK, None, at)
            case _:
                ledger.record_recheck_missing(session, known.url_id, RUN, 404, at)
    assert looks < 25
    assert not known.due(NOW + 60 * DAY)
    assert session.get(Recheck, known.article_id, populate_existing=True) is None


# --- answers ----------------------------------------------------------------------------------------------------------


def test_an_unchanged_page_leaves_no_event(session: Session) -> None:
    known = store(session)
    assert known.look(NOW + HOUR)
    assert known.events() == []
    assert (known.row.looked_at, known.row.due_at, known.row.prompted) == (NOW + HOUR, NOW + 6 * HOUR, 0)


def test_a_page_that_came_brings_its_validators(session: Session) -> None:
    known = store(session)
    ledger.record_recheck(
        session,
        known.url_id,
        RUN,
        NOW + HOUR,
        ledger.PageValidators('"2"', None),
        change="revision 2: headline changed",
    )
    assert (known.row.etag, known.row.last_modified) == ('"2"', None)
    assert known.events() == ["revised"]


def test_failures_pause_and_then_wait_for_the_schedule(session: Session) -> None:
    known = store(session)
    at = NOW + HOUR
    due = []
    for _ in range(5):
        ledger.fail_recheck(session, known.url_id, RUN, Reason.NETWORK, "timed out", at)
        assert known.row.looked_at == NOW
        if known.row.due_at is None:
            break
        at = known.row.due_at
        due.append((at - NOW) / HOUR)
    assert due == [2, 8, 32, 72]
    assert known.events() == ["look failed"] * 5


def test_an_answer_ends_the_failures(session: Session) -> None:
    known = store(session)
    ledger.fail_recheck(session, known.url_id, RUN, Reason.HTTP_STATUS, "HTTP 503", NOW + HOUR)
    assert known.look(NOW + 2 * HOUR)
    assert (known.row.failures, known.row.due_at) == (0, NOW + 6 * HOUR)


def test_a_server_that_asks_to_wait_is_heeded(session: Session) -> None:
    known = store(session)
    ledger.fail_recheck(
        session, known.url_id, RUN, Reason.HTTP_STATUS, "HTTP 503", NOW + HOUR, retry_after=timedelta(hours=5)
    )
    assert known.row.due_at == NOW + 6 * HOUR


def test_answers_for_unknown_articles_are_nothing(session: Session) -> None:
    known = store(session)
    session.execute(delete(Recheck))
    assert ledger.record_recheck_unchanged(session, known.url_id, RUN, NOW) is False
    assert ledger.record_recheck_missing(session, known.url_id, RUN, 404, NOW) is False
    ledger.fail_recheck(session, known.url_id, RUN, Reason.NETWORK, None, NOW)
    ledger.record_recheck_rejected(session, known.url_id, RUN, Reason.LISTING, None, NOW)
    assert session.scalar(select(func.count()).select_from(Recheck)) == 0


# --- pages that are gone ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("statuses", [(404, 404), (410, 404)])
def test_missing_twice_a_day_apart_is_removed(session: Session, statuses: tuple[int, int]) -> None:
    known = store(session)
    assert ledger.record_recheck_missing(session, known.url_id, RUN, statuses[0], NOW + HOUR) is False
    assert (known.removed_at, known.row.missing_since, known.row.due_at) == (None, NOW + HOUR, NOW + HOUR + A_DAY)
    assert ledger.record_recheck_missing(session, known.url_id, RUN, statuses[1], NOW + 25 * HOUR) is True
    assert known.removed_at == NOW + 25 * HOUR
    assert known.events() == ["missing", "removed"]
    detail = session.scalars(select(UrlEvent.detail).where(UrlEvent.event == "removed")).one()
    assert detail == f"HTTP {statuses[1]}, also on 2026-11-21 13:00 UTC"


def test_missing_twice_within_a_day_is_not_removed(session: Session) -> None:
    known = store(session)
    for hours in (1, 3, 20):
        assert ledger.record_recheck_missing(session, known.url_id, RUN, 404, NOW + hours * HOUR) is False
    assert (known.removed_at, known.row.due_at) == (None, NOW + HOUR + A_DAY)
    assert known.events() == ["missing"]


def test_a_daily_run_removes_on_the_second_day(session: Session) -> None:
    known = store(session)
    ledger.record_recheck_missing(session, known.url_id, RUN, 404, NOW + HOUR)
    assert known.due(NOW + 25 * HOUR - 7 * MINUTE)
    assert ledger.record_recheck_missing(session, known.url_id, RUN, 404, NOW + 25 * HOUR - 5 * MINUTE) is True


def test_a_page_that_is_back_in_between_begins_anew(session: Session) -> None:
    known = store(session)
    ledger.record_recheck_missing(session, known.url_id, RUN, 404, NOW + HOUR)
    assert ledger.record_recheck_unchanged(session, known.url_id, RUN, NOW + 10 * HOUR) is False
    assert (known.row.missing_since, known.row.due_at, known.row.prompted) == (None, NOW + DAY, 0)
    assert ledger.record_recheck_missing(session, known.url_id, RUN, 404, NOW + 30 * HOUR) is False
    assert (known.removed_at, known.row.missing_since) == (None, NOW + 30 * HOUR)


def test_a_removed_article_that_answers_is_restored(session: Session) -> None:
    known = removed(session)
    assert ledger.record_recheck_unchanged(session, known.url_id, RUN, NOW + 8 * DAY) is True
    assert known.removed_at is None
    assert known.events() == ["missing", "removed", "restored"]


def test_a_removed_article_is_looked_at_once_more_and_then_let_be(session: Session) -> None:
    known = removed(session)
    assert not known.due(NOW + 6 * DAY)
    later = NOW + 25 * HOUR + LAST_RECHECK
    assert known.due(later)
    assert ledger.record_recheck_missing(session, known.url_id, RUN, 404, later) is False
    assert session.get(Recheck, known.article_id, populate_existing=True) is None
    assert known.removed_at == NOW + 25 * HOUR
    assert not known.due(later + DAY)


def test_a_login_page_does_not_bring_a_removed_article_back(session: Session) -> None:
    known = removed(session)
    ledger.record_recheck_rejected(session, known.url_id, RUN, Reason.ERROR_PAGE, "login", NOW + 3 * DAY)
    assert known.removed_at is not None
    assert known.row.due_at == NOW + 25 * HOUR + LAST_RECHECK


def test_a_missing_page_of_a_site_that_is_out_is_asked_for_daily(session: Session) -> None:
    known = store(session)
    at = NOW + HOUR
    ledger.record_recheck_missing(session, known.url_id, RUN, 404, at)
    for _ in range(5):
        assert known.row.due_at is not None
        at = known.row.due_at
        ledger.fail_recheck(session, known.url_id, RUN, Reason.NETWORK, None, at)
    assert known.row.due_at == at + A_DAY


def removed(session: Session) -> Known:
    known = store(session)
    for hours in (1, 25):
        ledger.record_recheck_missing(session, known.url_id, RUN, 404, NOW + hours * HOUR)
    return known


# --- prompts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("says", ["modified", "published"])
def test_a_moved_date_brings_the_look_forward(session: Session, says: str) -> None:
    known = store(session)
    assert known.look(NOW + HOUR)
    moved = NOW + 3 * HOUR - MINUTE
    named = {"modified": partial(known.named, modified=moved), "published": partial(known.named, published=moved)}
    assert named[says](NOW + 3 * HOUR) == 1
    assert known.due(NOW + 3 * HOUR)


def test_a_deduced_date_prompts_nothing(session: Session) -> None:
    known = store(session)
    known.look(NOW + HOUR)
    assert known.named(NOW + 4 * HOUR, published=NOW + 2 * HOUR, confidence="low") == 0


def test_each_move_prompts_once(session: Session) -> None:
    known = store(session)
    known.look(NOW + HOUR)
    for at in (3, 4):
        known.named(NOW + at * HOUR, published=NOW + 3 * HOUR)
        assert known.look(NOW + at * HOUR) == (at == 3)


@pytest.mark.parametrize(
    ("modified", "prompts"),
    [
        (NOW - HOUR, False),  # before what is known
        (NOW + 30 * MINUTE, False),  # the last look saw it
        (datetime(2026, 11, 21, 20, 0, tzinfo=WIB), True),  # within the minute of that look, perhaps after it
        (datetime(2026, 11, 22, tzinfo=WIB), True),  # a day
        (datetime(2026, 11, 21, tzinfo=WIB), False),
    ],
)
def test_only_a_change_after_the_last_look_prompts(session: Session, modified: datetime, *, prompts: bool) -> None:
    known = store(session)
    known.look(NOW + HOUR)
    known.named(NOW + 5 * HOUR, modified=modified)
    assert known.due(NOW + 5 * HOUR) == prompts


def test_a_date_without_a_time_prompts_when_the_day_moves(session: Session) -> None:
    known = store(session)
    looks = []
    for hours in range(1, 60):
        at = NOW + hours * HOUR
        known.named(at, modified=at.astimezone(WIB).replace(hour=0))
        looks += [hours] if known.look(at) else []
    assert looks == [1, 5, 6, 24, 29, 53]  # at midnight in Jakarta, and as scheduled


def test_a_prompted_look_waits_an_hour_after_the_last(session: Session) -> None:
    known = store(session)
    known.look(NOW + HOUR)
    assert known.named(NOW + 70 * MINUTE, modified=NOW + 65 * MINUTE) == 0
    assert not known.due(NOW + 90 * MINUTE)
    assert known.due(NOW + 2 * HOUR)


def test_a_source_that_moves_its_dates_for_nothing_costs_three_looks(session: Session) -> None:
    known = store(session)
    looks = []
    for minutes in range(60, 80 * 60, 20):
        at = NOW + minutes * MINUTE
        known.named(at, modified=at)
        looks += [minutes / 60] if known.look(at) else []
    assert looks == [1, 2, 3, 4, 6, 24, 72]
    assert known.row.prompted == MOST_PROMPTS


def test_a_real_change_makes_a_source_heard_again(session: Session) -> None:
    known = store(session)
    for hours in range(1, 9):
        known.named(NOW + hours * HOUR, modified=NOW + hours * HOUR)
        known.look(NOW + hours * HOUR)
    assert known.row.prompted == MOST_PROMPTS
    ledger.record_recheck(
        session,
        known.url_id,
        RUN,
        NOW + DAY,
        ledger.PageValidators(None, None),
        change="revision 2: 1 word added, 0 removed",
    )
    assert known.named(NOW + 30 * HOUR, modified=NOW + 30 * HOUR) == 1


def test_what_is_kept_counts_as_in_vain(session: Session) -> None:
    known = store(session)
    known.look(NOW + HOUR)
    known.named(NOW + 3 * HOUR, modified=NOW + 3 * HOUR)
    ledger.record_recheck_rejected(
        session, known.url_id, RUN, Reason.CUT_SHORT, "it shows 40 of 210 words", NOW + 3 * HOUR
    )
    assert known.row.prompted == 1


def test_prompts_end_with_youth(session: Session) -> None:
    known = store(session)
    for days in (0, 1, 3):
        known.look(NOW + days * DAY + HOUR)
    assert known.named(NOW + 6 * DAY, modified=NOW + 6 * DAY) == 1
    ledger.record_recheck_unchanged(session, known.url_id, RUN, NOW + 6 * DAY)
    assert known.named(NOW + 8 * DAY, modified=NOW + 8 * DAY) == 0


def test_a_removed_article_is_prompted_once_a_day(session: Session) -> None:
    known = removed(session)  # at 25 hours
    looks = []
    for hours in range(26, 100):
        at = NOW + hours * HOUR
        known.named(at, modified=at)
        if known.due(at):
            ledger.record_recheck_missing(session, known.url_id, RUN, 404, at)
            looks.append(hours)
    assert looks == [49, 73, 97]


def test_a_page_that_does_not_answer_is_not_prompted(session: Session) -> None:
    known = store(session)
    ledger.fail_recheck(session, known.url_id, RUN, Reason.NETWORK, None, NOW + HOUR)
    known.named(NOW + 90 * MINUTE, modified=NOW + 80 * MINUTE)
    assert known.row.due_at == NOW + 2 * HOUR


def test_a_further_address_prompts_the_article(session: Session) -> None:
    known = store(session)
    known.look(NOW + HOUR)
    ledger.alias(session, known.url_id, "harian", "https://harian.test/arsip/1", RUN, NOW, known.article_id)
    feed = ledger.source(session, "harian", "https://harian.test/feed", "feed")
    for at in (3, 5):
        said = [Candidate("https://harian.test/arsip/1", None, None, NOW + 3 * HOUR)]
        assert ledger.admit(
            session, RUN, feed.id, ledger.SourceAnswer(said), Boundary(), NOW + at * HOUR
        ).rechecks_due == (at == 3)
        known.look(NOW + at * HOUR)
