"""What our own commands share: quiet logging, the database, and errors told in a line instead of a traceback."""

import argparse
import logging
import os
import sys
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from rich.console import Console
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError as ScrapyUsageError
from scrapy.settings import BaseSettings, Settings
from scrapy.utils.conf import arglist_to_dict
from scrapy.utils.log import configure_logging
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from cli.options import check_arguments, check_level, check_overrides
from core.errors import PantauError, UsageError
from database.engine import open_database
from database.errors import database_error

FAILED, WRONG_USAGE, INTERRUPTED = 1, 2, 130

# What these say an operator must read, though the log tells errors only.
_TOLD = ("database.upgrade", "pipelines.story_linking")

# Everything of ASCII and Latin-1 that could steer a terminal, except line breaks and tabs.
_CONTROLS = {code: None for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"}


class Printer(Console):
    """Rich's console, for which a reader that has enough ("| head") is no failure."""

    def on_broken_pipe(self) -> None:
        """Leave it to the command, as with ``print``; Rich ends the program with status 1."""
        raise BrokenPipeError


class CheckedCommand(ScrapyCommand):
    """A command whose ``-s`` and ``-L`` are checked: wrong values end the program with status 2."""

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings
        before = self.settings.copy()
        super().process_options(args, opts)
        checked_settings(before, opts)


class PantauCommand(CheckedCommand):
    """A command that reads or writes our database and starts no crawl.

    Subclasses say what they do in ``execute``; ``PantauError`` (and ``UsageError``, status 2) may be raised anywhere.
    """

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}
    settings: Settings  # set by Scrapy before anything else is called
    # Whether an argument may begin with a dash, as a word of a query does.
    takes_dashes = False

    @abstractmethod
    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        """Do it; gives the exit status: 0 all well, 1 something failed."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Called by Scrapy; sets the exit status."""
        configure_logging(self.settings)
        tell_notices()
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
    def reading(self) -> Iterator[Session]:
        """A session on the database that exists, for reading only.

        Raises:
            DatabaseError: there is none, or it cannot be read.
        """
        engine = open_database(self.settings["DATABASE_URL"], read_only_ok=True)
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


def tell_notices() -> None:
    """Write to standard error what happens to a whole database, which may take long: upgrades."""
    for name in _TOLD:
        logging.getLogger(name).handlers = [_Notices()]


class _Notices(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        print(record.getMessage(), file=sys.stderr)


def checked_settings(before: BaseSettings, opts: argparse.Namespace) -> None:
    """Check what ``-s`` and ``-L`` change in the settings.

    Raises:
        scrapy.exceptions.UsageError: a value that cannot be.
    """
    try:
        check_overrides(arglist_to_dict(opts.set), before)
        check_level(opts.loglevel or "ERROR")
    except UsageError as error:
        raise ScrapyUsageError(str(error), print_help=False) from error


def _drop_output() -> None:
    """What is still buffered would fail once more when Python exits."""
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, sys.stdout.fileno())
    os.close(sink)


def harmless(text: str) -> str:
    """Text from the web without the control characters that would steer a terminal."""
    return text.translate(_CONTROLS)
