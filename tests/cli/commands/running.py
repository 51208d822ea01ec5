"""Running one of our commands in this process, as the scrapy program does it."""

from importlib import import_module
from typing import NamedTuple

import pytest
from scrapy.cmdline import ScrapyArgumentParser
from scrapy.settings import Settings

from cli.console import PantauCommand

# Runs a test on both databases. Use it where a command builds its own query; tests of search/, database/ and pipelines/
# run every other query on both.
on_both = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


class Outcome(NamedTuple):
    status: int
    out: str
    err: str


def run(capsys: pytest.CaptureFixture[str], database_url: str, name: str, *arguments: str) -> Outcome:
    """Runs ``scrapy NAME ARGUMENTS`` on this database; gives exit status and output."""
    command: PantauCommand = import_module(f"cli.commands.{name}").Command()
    settings = Settings()
    settings.setmodule("settings")
    settings.setdict(command.default_settings, priority="command")
    settings.set("DATABASE_URL", database_url, priority="cmdline")
    command.settings = settings
    capsys.readouterr()
    try:
        _run(command, list(arguments))
    except SystemExit as ended:
        command.exitcode = int(ended.code or 0)
    return Outcome(command.exitcode, *capsys.readouterr())


def _run(command: PantauCommand, arguments: list[str]) -> None:
    parser = ScrapyArgumentParser(usage=command.syntax(), description=command.long_desc(), conflict_handler="resolve")
    command.add_options(parser)
    options, rest = parser.parse_known_args(arguments)
    command.process_options(rest, options)
    command.run(rest, options)
