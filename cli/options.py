"""What a command line may say to every command: checked before anything starts."""

import logging
from collections.abc import Mapping, Sequence

from scrapy.settings import BaseSettings

from core.errors import UsageError


def check_overrides(given: Mapping[str, str], settings: BaseSettings) -> None:
    """Check the values of ``-s NAME=VALUE`` against the settings that they replace.

    A number replaces a number, and nothing below zero a number from zero on; else Scrapy would fail in mid-start.

    Raises:
        UsageError: a value that cannot be.
    """
    for name, value in given.items():
        if name == "LOG_LEVEL":
            check_level(value)
        else:
            _check(name, value, settings.get(name))


def check_level(value: str) -> None:
    """Check the name of a log level.

    Raises:
        UsageError: there is none of that name.
    """
    if value.upper() not in logging.getLevelNamesMapping():
        raise UsageError(f"log level {value} is unknown; allowed are DEBUG, INFO, WARNING, ERROR and CRITICAL")


def check_arguments(args: Sequence[str], command: str, *, dashes: bool = False) -> list[str]:
    """The arguments without "--"; Scrapy hands on as arguments what it does not know as options.

    With ``dashes``, one dash may begin an argument, as it does a word of a query.

    Raises:
        UsageError: an unknown option.
    """
    for arg in args:
        if arg == "--":
            break
        if arg.startswith("--") or (arg.startswith("-") and len(arg) > 1 and not dashes):
            raise UsageError(f"unknown option {arg}; `scrapy {command} -h` lists those there are")
    return [arg for arg in args if arg != "--"]


def _check(name: str, value: str, default: object) -> None:
    if isinstance(default, bool):
        if value.lower() not in {"0", "1", "true", "false"}:
            raise UsageError(f"-s {name}={value}: True or False is needed")
    elif isinstance(default, int | float):
        try:
            number = type(default)(value)
        except ValueError:
            whole = "whole " if isinstance(default, int) else ""
            raise UsageError(f"-s {name}={value}: a {whole}number is needed, e.g. {default}") from None
        if not (number >= 0 or default < 0):  # not a number is neither
            raise UsageError(f"-s {name}={value}: a number from 0 on is needed")
