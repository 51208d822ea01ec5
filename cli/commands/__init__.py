"""The project's own commands for the scrapy program.

Scrapy imports every module here before it runs one. So each imports only what its options need, and the rest when it
runs. That still takes half a second, in which Ctrl-C ends the program without a traceback.
"""

import gc
import os
import sys
from types import TracebackType

_INTERRUPTED = 130  # what shells make of SIGINT

_default_hook, _default_unraisable_hook = sys.excepthook, sys.unraisablehook


def _hide_interrupt(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        _default_hook(kind, error, traceback)


def _exit_on_interrupt(unraisable: "sys.UnraisableHookArgs") -> None:
    """End the program on an interrupt inside a finaliser, which Python would only print."""
    if issubclass(unraisable.exc_type, KeyboardInterrupt):
        os._exit(_INTERRUPTED)
    _default_unraisable_hook(unraisable)


# What Scrapy has imported stays until the end: the garbage collector need not go through it, neither now nor at exit.
gc.freeze()

sys.excepthook = _hide_interrupt
sys.unraisablehook = _exit_on_interrupt
