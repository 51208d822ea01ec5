"""The project's own commands for the scrapy program.

Scrapy imports them all before it runs one, which takes a second: Ctrl-C in it ends the program without a traceback.
"""

import sys
from types import TracebackType


def _told(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)


sys.excepthook = _told
