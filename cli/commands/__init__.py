"""The project's own commands for the scrapy program.

Scrapy imports them all before it runs one, which takes a second: Ctrl-C in it ends the program without a traceback.
"""

import os
import sys
from types import TracebackType

_INTERRUPTED = 130  # what shells make of SIGINT


_tell, _tell_unraisable = sys.excepthook, sys.unraisablehook


def _told(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        _tell(kind, error, traceback)


def _swallowed(told: "sys.UnraisableHookArgs") -> None:
    """Python forgets an interrupt that falls into a finaliser; the person who pressed Ctrl-C does not."""
    if issubclass(told.exc_type, KeyboardInterrupt):
        os._exit(_INTERRUPTED)
    _tell_unraisable(told)


sys.excepthook = _told
sys.unraisablehook = _swallowed
