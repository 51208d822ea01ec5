import argparse
import logging
from pathlib import Path

import pytest
from scrapy.settings import Settings
from sqlalchemy import text

from cli.console import PantauCommand, harmless
from cli.terminal import Printer
from core.errors import DatabaseError, PantauError, UsageError
from database.engine import open_database


class Sample(PantauCommand):
    """Does what the test tells it."""

    problem: BaseException | None = None

    def short_desc(self) -> str:
        return "Sample"

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        assert opts is not None
        if self.problem:
            raise self.problem
        print(args)
        return 0


def run(*args: str, problem: BaseException | None = None) -> int:
    command = Sample()
    command.settings = Settings({"LOG_ENABLED": False})
    command.problem = problem
    command.run(list(args), argparse.Namespace())
    return command.exitcode


@pytest.mark.parametrize(
    ("problem", "status"),
    [
        (PantauError("disk penuh"), 1),
        (DatabaseError("disk penuh"), 1),
        (UsageError("disk penuh"), 2),
        (KeyboardInterrupt(), 130),
    ],
)
def test_errors_become_a_line_and_a_status(
    problem: BaseException, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(problem=problem) == status
    err = capsys.readouterr().err
    assert err == ("" if status == 130 else "scrapy test_console: disk penuh\n")


def test_bugs_keep_their_traceback() -> None:
    with pytest.raises(ZeroDivisionError):
        run(problem=ZeroDivisionError())


@pytest.mark.parametrize("option", ["--tiada", "-x", "--tiada=1"])
def test_unknown_options_are_refused(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("a", option) == 2
    assert f"unknown option {option}" in capsys.readouterr().err


def test_what_follows_two_dashes_is_an_argument(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("-", "--", "-x") == 0
    assert capsys.readouterr().out == "['-', '-x']\n"


def test_a_failing_database_is_told_in_our_words(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/arsip.db"
    open_database(url).dispose()
    command = Sample()
    command.settings = Settings({"DATABASE_URL": url})
    with pytest.raises(DatabaseError, match="no such table: tiada"), command.open_for_reading() as session:
        session.execute(text("SELECT * FROM tiada"))


def test_upgrades_are_told_whatever_the_log_level(capsys: pytest.CaptureFixture[str]) -> None:
    run("a")
    logging.getLogger("database.upgrade").warning("database %s: upgraded", "arsip.db")
    assert capsys.readouterr().err == "database arsip.db: upgraded\n"


def test_a_printer_leaves_a_closed_pipe_to_the_command() -> None:
    with pytest.raises(BrokenPipeError):
        Printer().on_broken_pipe()


def test_text_from_the_web_cannot_steer_the_terminal() -> None:
    assert harmless("a\x1b[31m\x07\x9b\r\nb\tc\x00é") == "a[31m\nb\tcé"
