from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cli.article import format_history
from core.models import Candidate, Reason, Rejection
from core.scheduling.boundary import Boundary
from database import ledger
from pipelines.new_article import store
from tests.cli.commands.running import Outcome, on_both, run
from tests.pipelines.incoming import NAMED_AT, NOW, Arrival, article, job, stamp

PAGE = Arrival("harian", "/berita/1-panen-bawang", article(published=stamp(4)))
TWIN = Arrival("harian", "/foto/2-panen-bawang", article())
LIST = Arrival("harian", "/berita/3-indeks-tani", Rejection(Reason.LISTING, "52 links"))
OLD, BROKEN = "https://harian.test/berita/4-lama", "https://harian.test/berita/5-rusak"

Explain = Callable[..., Outcome]


@pytest.fixture
def explain(engine: Engine, database_url: str, capsys: pytest.CaptureFixture[str]) -> Explain:
    with Session(engine) as session, session.begin():
        fill(session)
    return lambda *arguments: run(capsys, database_url, "explain", *arguments)


def fill(session: Session) -> None:
    since = Boundary(datetime(2024, 9, 1, tzinfo=UTC))
    run_id = ledger.start_run(session, "harian", since, NAMED_AT)
    feed = ledger.source(session, "harian", "https://harian.test/feed", "feed")
    named = [Candidate(each.url, title="Judul umpan") for each in (PAGE, TWIN, LIST)]
    named += [Candidate(OLD, published=stamp(1)), Candidate(BROKEN, title="Judul rusak")]
    ledger.admit(session, run_id, feed.id, ledger.SourceAnswer(named), Boundary(stamp(2).at), NAMED_AT)
    for each in (PAGE, TWIN, LIST):
        found = ledger.history(session, each.url)
        assert found is not None
        store(session, job(each, found.url_id), NOW)
    broken = ledger.history(session, BROKEN)
    assert broken is not None
    ledger.fail(session, broken.url_id, run_id, Reason.HTTP_STATUS, "HTTP 503", NOW)


@on_both
def test_a_source_tells_how_polling_it_went(explain: Explain, engine: Engine) -> None:
    url = "https://harian.test/feed"
    with Session(engine) as session, session.begin():
        feed = ledger.source(session, "harian", url, "feed")
        ledger.record_source_failure(session, feed.id, "HTTP 503", 503, NOW)
    status, out, _ = explain(url)
    assert status == 0
    assert out.splitlines() == [
        url,
        "  source    feed of harian",
        "  answered  never",
        "  failed    1 times since then, last 2024-09-14 06:00:00: HTTP 503",
    ]


def test_a_stored_url_tells_its_whole_way(explain: Explain) -> None:
    status, out, err = explain(PAGE.url)
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        PAGE.url,
        "  outlet    harian",
        "  state     stored, 2024-09-14 06:00:00",
        "  article   1: Petani menanam",
        "  rechecked 2024-09-14 06:00:00",
        "  next recheck due in the next run",
        f"  also at   {TWIN.url}",
        "  dated     2024-09-14 04:00:00",
        "history",
        "  2024-09-14 05:00:00  first seen",
        "  2024-09-14 05:00:00  named by https://harian.test/feed in run 1",
        "  2024-09-14 06:00:00  stored",
    ]


def test_another_spelling_is_the_same_url(explain: Explain) -> None:
    assert explain("http://HARIAN.test/berita/1-panen-bawang/?utm_source=x#atas") == explain(PAGE.url)


def test_a_twin_names_what_it_is_the_same_as(explain: Explain) -> None:
    lines = explain(TWIN.url).out.splitlines()
    assert "  state     the same article as another URL (same-text), 2024-09-14 06:00:00" in lines
    assert f"  same as   {PAGE.url}" in lines
    assert "  article   1: Petani menanam" in lines


def test_a_rejection_tells_reason_and_detail(explain: Explain) -> None:
    out = explain(LIST.url).out
    assert "  state     rejected (listing: 52 links), 2024-09-14 06:00:00" in out
    assert "  title     Judul umpan (as its source says)" in out


def test_what_was_too_old_was_never_fetched(explain: Explain) -> None:
    lines = explain(OLD).out.splitlines()
    assert any(line.startswith("  state     rejected (too-old") for line in lines)
    assert "  dated     2024-09-14 01:00:00" in lines


def test_a_failure_tells_when_it_is_tried_again(explain: Explain) -> None:
    out = explain(BROKEN).out
    assert "  state     failed (http-status: HTTP 503)" in out
    assert f"  attempts  1 of {ledger.MAX_ATTEMPTS}; due: the next run tries again" in out


def test_a_wait_is_told_in_minutes_or_hours(session: Session) -> None:
    fill(session)
    found = ledger.history(session, BROKEN)
    assert found is not None
    assert found.next_attempt_at is not None
    for before, told in ((timedelta(minutes=9), "in 9 min"), (timedelta(hours=5, minutes=3), "in 5 h")):
        assert any(told in line for line in format_history(found, found.next_attempt_at - before))


def told(session: Session, now: datetime) -> list[str]:
    found = ledger.history(session, PAGE.url)
    assert found is not None
    return list(format_history(found, now))


def test_looks_at_a_stored_article_are_told(session: Session) -> None:
    fill(session)
    found = ledger.history(session, PAGE.url)
    assert found is not None
    hour, day = timedelta(hours=1), timedelta(days=1)
    assert "  next recheck from 2024-09-14 10:00:00 on (in 3 h)" in told(session, NOW + hour / 2)
    ledger.record_recheck_missing(session, found.url_id, None, 404, NOW)
    ledger.fail_recheck(session, found.url_id, None, Reason.NETWORK, "time-out", NOW + hour)
    trouble = ["  missing   since 2024-09-14 06:00:00", "  failed    the last recheck"]
    assert [line for line in told(session, NOW + hour) if line in trouble] == trouble
    assert "  2024-09-14 07:00:00  look failed (network: time-out)" in told(session, NOW + hour)
    ledger.record_recheck_missing(session, found.url_id, None, 404, NOW + day)
    assert "  removed   from its page, 2024-09-15 06:00:00; kept here" in told(session, NOW + day)
    assert any("  its page is removed, the article is kept (HTTP 404" in line for line in told(session, NOW + day))
    ledger.record_recheck_unchanged(session, found.url_id, None, NOW + 8 * day)
    after = told(session, NOW + 8 * day)
    assert not any(line.startswith("  removed") for line in after)
    assert "  2024-09-22 06:00:00  its page is back" in after
    assert "  next recheck only if a source reports a change" in after


def test_a_url_that_nobody_named_is_told_so(explain: Explain) -> None:
    status, out, err = explain("https://harian.test/berita/99-tiada")
    assert (status, out) == (1, "")
    assert "is unknown" in err


@pytest.mark.parametrize("arguments", [(), ("a", "b")])
def test_one_url_is_needed(explain: Explain, arguments: tuple[str, ...]) -> None:
    assert explain(*arguments).status == 2
