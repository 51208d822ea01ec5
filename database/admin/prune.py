"""Delete old rows and files, but no article, URL, or row that the crawl relies on.

Rows are deleted some hundred per transaction, so that a crawl need not wait.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Table,
    Text,
    cast,
    delete,
    func,
    not_,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import aliased

from database.admin.backup import check_room
from database.admin.rows import beyond, key, ordered
from database.errors import translate_errors
from database.schema import (
    Base,
    Delivery,
    DeliveryFlag,
    DeliveryMatch,
    Flag,
    OutletDay,
    Round,
    Run,
    Url,
    UrlEvent,
)

_AT_ONCE = 500
# Between two transactions, so that a process that waits for SQLite's one lock gets it.
_BREATH_S = 0.02
_DECIDED = ("stored", "same-as", "rejected", "gone")
_TABLES = Base.metadata.tables
# While it is rebuilt, a SQLite file exists a second time, and a third time in its log.
_VACUUM_FACTOR = 2


@dataclass(frozen=True, slots=True)
class Ages:
    """Days to keep each kind of row or file; ``None``: for ever."""

    runs: int | None
    measures: int | None
    deliveries: int | None
    events: int | None
    raw_pages: int | None


@dataclass(frozen=True, slots=True)
class PruneResult:
    """The number deleted, or to be deleted, of one kind; bytes where known."""

    what: str
    number: int
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class _Cut:
    """Rows to delete where ``old`` is true, after the rows of ``hanging`` columns.

    ``emptied``: only this column is emptied.
    """

    what: str
    table: Table
    old: ColumnElement[bool]
    hanging: Sequence[Column[int]] = ()
    emptied: Column[object] | None = None


def prune(engine: Engine, ages: Ages, now: datetime, *, dry_run: bool) -> list[PruneResult]:
    """Delete the rows that are older; with ``dry_run`` count them."""
    done = []
    with translate_errors(engine.url):
        for cut in _cuts(ages, now):
            number = _count(engine, cut) if dry_run else _delete(engine, cut)
            done.append(PruneResult(cut.what, number))
    return done


def prune_files(data: Path, ages: Ages, now: datetime, *, dry_run: bool) -> list[PruneResult]:
    """Delete older raw pages and reports in ``DATA_DIR``; with ``dry_run`` count them.

    Raises:
        OSError: a file cannot be deleted.
    """
    kinds = (
        ("raw pages' files", ages.raw_pages, "archive/**/*.warc.gz"),
        ("files of reports", ages.runs, "reports/round-*"),
    )
    done = []
    for what, days, pattern in kinds:
        if days is not None:
            done.append(_prune_files(what, data, pattern, now - timedelta(days=days), dry_run=dry_run))
    return done


def vacuum(engine: Engine) -> None:
    """Return the space of deleted rows to the disk; blocks writers on SQLite.

    Raises:
        PantauError: the disk has no room for it.
    """
    if engine.dialect.name == "sqlite":
        file = Path(engine.url.database or "").absolute()
        check_room(file.parent, _VACUUM_FACTOR * file.stat().st_size)
        with translate_errors(engine.url), engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute("VACUUM")
        return
    with translate_errors(engine.url), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM (ANALYZE)")


def _cuts(ages: Ages, now: datetime) -> list[_Cut]:
    kinds: tuple[tuple[int | None, Callable[[datetime], Sequence[_Cut]]], ...] = (
        (ages.events, _old_events),
        (ages.runs, _old_runs),
        (ages.measures, _old_measures),
        (ages.deliveries, _old_deliveries),
    )
    return [cut for days, made in kinds if days is not None for cut in made(now - timedelta(days=days))]


def _old_events(limit: datetime) -> Sequence[_Cut]:
    """Keep who named a URL: walks and the search for gaps need it."""
    decided = select(Url.id).where(Url.id == UrlEvent.url_id, Url.state.in_(_DECIDED)).exists()
    old = (UrlEvent.at < limit) & (UrlEvent.event != "named") & decided
    return (_Cut("decisions in the histories of URLs", _TABLES["url_events"], old),)


def _old_runs(limit: datetime) -> Sequence[_Cut]:
    """Keep an outlet's last complete run and those after it: the next run needs them."""
    later = aliased(Run)
    finished_since = select(later.id).where(
        later.outlet == Run.outlet, later.id > Run.id, later.state == "finished", later.until.is_(None)
    )
    named = select(UrlEvent.id).where(UrlEvent.run_id == Run.id).exists()
    over = (Run.state != "running") & (Run.finished_at < limit) & finished_since.exists() & ~named
    ended = (Round.state != "running") & (Round.finished_at < limit)
    staying = select(Run.id).where(Run.round_id == Round.id, not_(over)).exists()
    reported = ended & (cast(Round.report, Text) != "{}") & staying
    rounds = _TABLES["rounds"]
    return (
        _Cut("runs in which no URL was named or decided", _TABLES["runs"], over),
        _Cut("rounds of the monitor", rounds, ended & ~staying),
        _Cut("reports of rounds of which there are runs", rounds, reported, emptied=rounds.c.report),
    )


def _old_measures(limit: datetime) -> Sequence[_Cut]:
    return (_Cut("outlets' days", _TABLES["outlet_days"], OutletDay.day < limit.date()),)


def _old_deliveries(limit: datetime) -> Sequence[_Cut]:
    """Keep each channel's last message of each kind, and messages of open flags."""
    later = aliased(Delivery)
    sent_since = select(later.id).where(
        later.watch == Delivery.watch,
        later.channel == Delivery.channel,
        later.kind == Delivery.kind,
        later.id > Delivery.id,
        later.state == "sent",
    )
    flags = (
        select(Flag.id)
        .join(DeliveryFlag, DeliveryFlag.flag_id == Flag.id)
        .where(DeliveryFlag.delivery_id == Delivery.id, or_(Flag.cleared_at.is_(None), Flag.cleared_at >= limit))
    )
    sent = (Delivery.state == "sent") & (Delivery.sent_at < limit)
    old = sent & sent_since.exists() & ~flags.exists()
    hanging = (_TABLES[DeliveryMatch.__tablename__].c.delivery_id, _TABLES[DeliveryFlag.__tablename__].c.delivery_id)
    return (_Cut("messages that were sent", _TABLES["deliveries"], old, hanging),)


def _count(engine: Engine, cut: _Cut) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(cut.table).where(cut.old)).scalar_one()


def _delete(engine: Engine, cut: _Cut) -> int:
    gone, after = 0, None
    while keys := _next(engine, cut, after):
        after = keys[-1]
        with engine.begin() as connection:
            gone += _take(connection, cut, keys)
        time.sleep(_BREATH_S)
    return gone


def _next(engine: Engine, cut: _Cut, after: Sequence[object] | None) -> Sequence[Sequence[object]]:
    columns = key(cut.table)
    with engine.execution_options(sqlite_begin="BEGIN").connect() as connection:
        query = select(*columns).where(cut.old).order_by(*(ordered(one, connection) for one in columns))
        if after is not None:
            query = query.where(beyond(cut.table, after, connection))
        return connection.execute(query.limit(_AT_ONCE)).all()


def _take(connection: Connection, cut: _Cut, keys: Sequence[Sequence[object]]) -> int:
    # Rows that changed since they were found may be in use again.
    these = tuple_(*key(cut.table)).in_([tuple(one) for one in keys]) & cut.old
    if cut.emptied is not None:
        return connection.execute(update(cut.table).where(these).values({cut.emptied.name: {}})).rowcount
    for column in cut.hanging:
        (number,) = key(cut.table)
        connection.execute(delete(column.table).where(column.in_(select(number).where(these))))
    return connection.execute(delete(cut.table).where(these)).rowcount


def _prune_files(what: str, data: Path, pattern: str, limit: datetime, *, dry_run: bool) -> PruneResult:
    old = [(file, file.stat()) for file in sorted(data.glob(pattern)) if file.is_file()]
    old = [(file, stat) for file, stat in old if stat.st_mtime < limit.timestamp()]
    for file, _ in () if dry_run else old:
        file.unlink(missing_ok=True)
    return PruneResult(what, len(old), sum(stat.st_size for _, stat in old))
