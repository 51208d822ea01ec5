"""The project's own commands for the scrapy program.

Scrapy imports all of them before it runs one: each imports what its options need, the rest when it runs.
That still takes half a second, in which Ctrl-C ends the program without a traceback.
"""

import gc
import os
import sys
from types import TracebackType

_INTERRUPTED = 130  # as shells report SIGINT

_default_hook, _default_unraisable_hook = sys.excepthook, sys.unraisablehook


def _hide_interrupt(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        _default_hook(kind, error, traceback)


def _exit_on_interrupt(unraisable: "sys.UnraisableHookArgs") -> None:
    """End the program; Python would only print an interrupt in a finaliser."""
    if issubclass(unraisable.exc_type, KeyboardInterrupt):
        os._exit(_INTERRUPTED)
    _default_unraisable_hook(unraisable)


# Imported modules stay until the end; the garbage collector need not search them.
gc.freeze()

sys.excepthook = _hide_interrupt
sys.unraisablehook = _exit_on_interrupt
