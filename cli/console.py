"""Basis of our own commands: logging, database, errors in one line."""

import argparse
import atexit
import gc
import logging
import os
import re
import sys
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError as ScrapyUsageError
from scrapy.settings import BaseSettings, Settings
from scrapy.utils.conf import arglist_to_dict
from scrapy.utils.log import configure_logging

from cli.options import check_arguments, check_level, check_overrides
from core.errors import PantauError, UsageError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

FAILED, WRONG_USAGE, INTERRUPTED = 1, 2, 130

# Loggers whose warnings an operator must read, though only errors are logged.
_NOTICE_LOGGERS = ("database.upgrade", "pipelines.backfill")

# Everything of ASCII and Latin-1 that could steer a terminal, except line breaks and tabs.
_CONTROLS = {code: None for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"}


class CheckedCommand(ScrapyCommand):
    """A command with checked ``-s`` and ``-L``; wrong values exit with status 2."""

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings
        before = self.settings.copy()
        super().process_options(args, opts)
        check_settings(before, opts)


class PantauCommand(CheckedCommand):
    """A command that starts no crawl; ``execute`` may raise ``PantauError``.

    The exit status of a ``UsageError`` is 2.
    """

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}
    settings: Settings  # set by Scrapy before anything else is called
    # True if an argument may begin with a dash, as a word of a query does.
    takes_dashes = False

    @abstractmethod
    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        """Do the work; return the exit status: 0, or 1 on a failure."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        configure_logging(self.settings)
        print_notices()
        try:
            self.exitcode = self.execute(check_arguments(args, self._name(), dashes=self.takes_dashes), opts)
            sys.stdout.flush()
        except UsageError as error:
            self._fail(error, WRONG_USAGE)
        except PantauError as error:
            self._fail(error, FAILED)
        except BrokenPipeError:
            _drop_output()  # the reader ("| head") has enough
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            self._fail(PantauError(f"{where}{error.strerror or error}"), FAILED)
            _drop_output()
        except KeyboardInterrupt:
            self.exitcode = INTERRUPTED

    @contextmanager
    def open_for_reading(self) -> "Iterator[Session]":
        """Open a read-only session.

        Raises:
            DatabaseError: there is no database, or it cannot be read.
        """
        from sqlalchemy.exc import SQLAlchemyError
        from sqlalchemy.orm import Session

        from database.engine import open_database
        from database.errors import database_error

        engine = open_database(self.settings["DATABASE_URL"], read_only_ok=True)
        atexit.register(gc.freeze)  # no search for garbage at exit
        try:
            with Session(engine) as session:
                yield session
        except SQLAlchemyError as error:
            raise database_error(error, engine.url) from error
        finally:
            engine.dispose()

    def _fail(self, error: PantauError, status: int) -> None:
        print(f"scrapy {self._name()}: {error}", file=sys.stderr)
        self.exitcode = status

    def _name(self) -> str:
        return type(self).__module__.rpartition(".")[2]


def action_error(args: Sequence[str], actions: str) -> UsageError:
    """Return the error for wrong arguments; ``actions`` in words."""
    if not args:
        return UsageError(f"missing action: {actions}")
    if re.search(rf"\b{re.escape(args[0])}\b", actions):
        return UsageError(f"wrong arguments of {args[0]}; allowed are {actions}")
    return UsageError(f"unknown action {args[0]}; allowed are {actions}")


def print_notices() -> None:
    """Announce upgrades and relinking, which may take long, on stderr."""
    for name in _NOTICE_LOGGERS:
        logging.getLogger(name).handlers = [_Notices(logging.WARNING)]


class _Notices(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        print(record.getMessage(), file=sys.stderr)


def check_settings(before: BaseSettings, opts: argparse.Namespace) -> None:
    """Check the values of ``-s`` and ``-L``.

    Raises:
        scrapy.exceptions.UsageError: a wrong value.
    """
    try:
        check_overrides(arglist_to_dict(opts.set), before)
        check_level(opts.loglevel or "ERROR")
    except UsageError as error:
        raise ScrapyUsageError(str(error), print_help=False) from error


def may_be_terminal() -> bool:
    """Return False if Rich would see no terminal; does not import Rich."""
    forced = {"FORCE_COLOR", "TTY_COMPATIBLE"} & os.environ.keys()
    return bool(forced) or sys.stdout.isatty()


def _drop_output() -> None:
    """Discard buffered output; else it would fail again at exit."""
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, sys.stdout.fileno())
    os.close(sink)


def harmless(text: str) -> str:
    """Remove control characters that would steer a terminal."""
    return text.translate(_CONTROLS)
