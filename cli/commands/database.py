"""``scrapy database``: back up, check, restore, move or prune the database."""

import argparse
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cli.console import PantauCommand, action_error
from core.errors import UsageError

if TYPE_CHECKING:
    from database.admin.prune import Ages

_ACTIONS = "info, backup FILE, check [FILE], restore FILE, copy URL or prune"
# Options of each action; others are refused instead of ignored.
_OPTIONS: Mapping[str, Sequence[str]] = {
    "backup": ("force",),
    "check": ("quick", "full"),
    "copy": ("anew",),
    "prune": ("runs_days", "measures_days", "deliveries_days", "events_days", "raw_days", "dry_run", "vacuum"),
}
_RUNS_DAYS, _MEASURES_DAYS = 365, 800
# The crawl looks 30 days back at most, and health learns from the last 8 weeks.
_LEAST_DAYS = {"runs_days": 30, "measures_days": 60, "deliveries_days": 30, "events_days": 30, "raw_days": 0}


class Command(PantauCommand):
    """Administers a database: copies, integrity, size."""

    def syntax(self) -> str:
        return (
            "info | backup FILE [--force] | check [FILE] [--quick | --full] | restore FILE | copy URL [--anew] | "
            "prune [--runs-days N] [--measures-days N] [--deliveries-days N] [--events-days N] [--raw-days N] "
            "[--dry-run] [--vacuum]"
        )

    def short_desc(self) -> str:
        return "Back up, check, restore, move or prune the database"

    def long_desc(self) -> str:
        return (
            "`info` shows where the database of DATABASE_URL is and what it holds. `backup` makes one file of it, also "
            "while it is in use, and reads it again (PostgreSQL: with pg_dump). `check` checks the integrity of a "
            "database or backup, and prints each problem in a line. `restore` puts a backup in the database's place; "
            "the old one is kept beside it. `copy` copies everything into another, empty database of either "
            "kind and compares the two; called again after an interruption it goes on. Put a password into PGPASSWORD "
            "or ~/.pgpass, not into URL, which others can see. `prune` deletes old runs, reports, measures and "
            "messages, and if asked histories and raw pages; never an article."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add("--force", action="store_true", help="backup: replace FILE if it exists")
        add("--quick", action="store_true", help="check: do not compare a file's indexes with its tables")
        add("--full", action="store_true", help="check: read every text, not a sample; writers wait meanwhile")
        add("--anew", action="store_true", help="copy: delete what an unfinished copy wrote there")
        for name, rows, kept in (
            ("runs", "runs, rounds and their reports", f"default: {_RUNS_DAYS}"),
            ("measures", "daily measures of outlets", f"default: {_MEASURES_DAYS}"),
            ("deliveries", "sent messages", f"default: {_RUNS_DAYS}"),
            ("events", "decisions in URLs' histories", "default: kept"),
            ("raw", "raw pages in DATA_DIR/archive", "default: kept"),
        ):
            add(f"--{name}-days", metavar="N", type=int, help=f"prune: {rows} older than this ({kept})")
        add("--dry-run", action="store_true", help="prune: print what would be deleted, delete nothing")
        add("--vacuum", action="store_true", help="prune: free the room on the disk; writers wait meanwhile")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        _check(args, opts)
        from cli import database

        url, now = self.settings["DATABASE_URL"], datetime.now(UTC)
        match args:
            case ["info"]:
                status = database.print_info(url)
            case ["backup", file]:
                status = database.back_up_to(url, Path(file), force=opts.force)
            case ["check"]:
                status = database.check_database(url, quick=opts.quick, full=opts.full)
            case ["check", file]:
                status = database.check_backup_file(Path(file), quick=opts.quick, full=opts.full)
            case ["restore", file]:
                status = database.restore_from(url, Path(file), now)
            case ["copy", target]:
                status = database.copy_to(url, target, anew=opts.anew)
            case ["prune"]:
                data, ages = Path(self.settings["DATA_DIR"]), _ages(opts)
                status = database.prune_database(url, data, ages, now, dry_run=opts.dry_run, vacuumed=opts.vacuum)
            case _:
                raise action_error(args, _ACTIONS)
        return status


def _ages(opts: argparse.Namespace) -> "Ages":
    from database.admin.prune import Ages

    for option, least in _LEAST_DAYS.items():
        value = getattr(opts, option)
        if value is not None and value < least:
            raise UsageError(f"--{option.replace('_', '-')} {value}: must be at least {least}")
    return Ages(
        runs=opts.runs_days or _RUNS_DAYS,
        measures=opts.measures_days or _MEASURES_DAYS,
        deliveries=opts.deliveries_days or _RUNS_DAYS,
        events=opts.events_days,
        raw_pages=opts.raw_days,
    )


def _check(args: Sequence[str], opts: argparse.Namespace) -> None:
    action = args[0] if args else ""
    for other, options in _OPTIONS.items():
        for option in options:
            given = getattr(opts, option)
            if other != action and given is not None and given is not False:
                raise UsageError(f"--{option.replace('_', '-')} is an option of `scrapy database {other}` only")
    if opts.quick and opts.full:
        raise UsageError("--quick cannot be combined with --full")
