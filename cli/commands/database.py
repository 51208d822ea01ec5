"""``scrapy database``: where it is, backups, whether it is whole, moving it, and what may go in time."""

import argparse
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cli.console import PantauCommand
from core.errors import UsageError

if TYPE_CHECKING:
    from database.admin.prune import Ages

_ACTIONS = "info, backup FILE, check [FILE], restore FILE, copy URL or prune"
# What each action takes; another's option would silently do nothing.
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
    """Keeps a database: copies of it, its health, its room."""

    def syntax(self) -> str:
        """How it is called."""
        return (
            "info | backup FILE [--force] | check [FILE] [--quick | --full] | restore FILE | copy URL [--anew] | "
            "prune [--runs-days N] [--measures-days N] [--deliveries-days N] [--events-days N] [--raw-days N] "
            "[--dry-run] [--vacuum]"
        )

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Back up, check, restore, move or prune the database"

    def long_desc(self) -> str:
        """What the actions are."""
        return (
            "`info` says where the database of DATABASE_URL is and what it holds. `backup` makes one file of it, also "
            "while it is in use, and reads it again (PostgreSQL: with pg_dump). `check` asks whether a database or a "
            "backup is whole, and tells each problem in a line. `restore` puts a backup in the database's place; what "
            "was there before is kept beside it. `copy` copies everything into another, empty database of either "
            "kind and compares the two; called again after an interruption it goes on. Put a password into PGPASSWORD "
            "or ~/.pgpass, not into URL, which others can see. `prune` deletes old runs, reports, measures and "
            "messages, and if asked histories and raw pages; never an article."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our options beside Scrapy's."""
        super().add_options(parser)
        add = parser.add_argument
        add("--force", action="store_true", help="backup: replace FILE if it exists")
        add("--quick", action="store_true", help="check: leave out whether a file's indexes hold what its tables do")
        add("--full", action="store_true", help="check: read every text, not a sample; holds writers up for a while")
        add("--anew", action="store_true", help="copy: throw away what an unfinished copy brought there")
        for name, what, kept in (
            ("runs", "runs, rounds and their reports", f"default: {_RUNS_DAYS}"),
            ("measures", "what was measured of outlets by day", f"default: {_MEASURES_DAYS}"),
            ("deliveries", "messages that were sent", f"default: {_RUNS_DAYS}"),
            ("events", "decisions in URLs' histories", "default: kept"),
            ("raw", "raw pages in DATA_DIR/archive", "default: kept"),
        ):
            add(f"--{name}-days", metavar="N", type=int, help=f"prune: {what} older than this ({kept})")
        add("--dry-run", action="store_true", help="prune: print what would go, delete nothing")
        add("--vacuum", action="store_true", help="prune: give the room back to the disk; holds writers up")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        """Do it; 1 when something is wrong with the database."""
        _check(args, opts)
        # Scrapy imports every command for any; what only this one needs would cost each search a tenth of a second.
        from cli import database

        url, now = self.settings["DATABASE_URL"], datetime.now(UTC)
        match args:
            case ["info"]:
                status = database.tell_standing(url)
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
                raise UsageError(f"say what: scrapy database {_ACTIONS}")
        return status


def _ages(opts: argparse.Namespace) -> "Ages":
    from database.admin.prune import Ages

    for option, least in _LEAST_DAYS.items():
        value = getattr(opts, option)
        if value is not None and value < least:
            raise UsageError(f"--{option.replace('_', '-')} {value}: at least {least} are needed")
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
                raise UsageError(f"--{option.replace('_', '-')} is for scrapy database {other}")
    if opts.quick and opts.full:
        raise UsageError("--quick and --full contradict each other")
