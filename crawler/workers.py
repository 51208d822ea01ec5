"""Worker processes for everything that parses: pages, feeds, sitemaps.

The event loop never waits for a parser, and a page that kills or hangs its process takes nothing else with it: the
process is replaced, the page is tried once more, then given up with its reason.
"""

import asyncio
import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from crawler.items import Reason

P = ParamSpec("P")
T = TypeVar("T")

_TRIES = 2
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
# Imported once in the server process that all workers are forked from, so that a worker starts at once.
_PRELOAD = ["crawler.extraction", "crawler.discovery", "pipelines.work"]


class WorkerFailure(Exception):  # noqa: N818 - a value with a reason that happens to be raised
    """The task could not be done; ``reason`` is WORKER_CRASHED, WORKER_HUNG or INTERNAL."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


def _settle_in() -> None:
    """Leave Ctrl-C to the parent, and die with it, even if it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Workers:
    """A pool of processes.

    Args:
        count: processes; 0 = one per core.
        timeout: seconds for one task.
        tasks: tasks after which a process is renewed.
    """

    def __init__(self, count: int, timeout: float, tasks: int) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(_PRELOAD)
        self._timeout = timeout
        self._pool = ProcessPool(
            max_workers=count or os.cpu_count() or 1,
            max_tasks=tasks,
            initializer=_settle_in,
            context=context,
        )

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of ``work(*args, **kwargs)``; everything must pickle.

        Raises:
            WorkerFailure: the process died or was late twice, or ``work`` raised.
        """
        for attempt in range(1, _TRIES + 1):
            try:
                future = self._pool.schedule(work, args=args, kwargs=kwargs, timeout=self._timeout)
                result: T = await asyncio.wrap_future(future)
            except ProcessExpired as error:
                failure = WorkerFailure(Reason.WORKER_CRASHED, f"exit status {error.exitcode}, {attempt} times")
            except (TimeoutError, FutureTimeoutError):
                failure = WorkerFailure(Reason.WORKER_HUNG, f"not done in {self._timeout:g} s, {attempt} times")
            except Exception as error:
                raise WorkerFailure(Reason.INTERNAL, f"{type(error).__name__}: {error}") from error
            else:
                return result
        raise failure

    def close(self) -> None:
        """End the processes at once; what they were at is lost, and the ledger still has it as pending."""
        self._pool.stop()  # type: ignore[no-untyped-call]  # the library left it unannotated
        self._pool.join()
