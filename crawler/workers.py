"""Worker processes for parsing: the event loop never waits for a parser.

A process that dies or hangs is replaced, and its page tried once more.
"""

import asyncio
import ctypes
import gc
import logging
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import TimeoutError as FutureTimeoutError
from multiprocessing import forkserver, resource_tracker
from typing import Generic, ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from core.models import Reason

P = ParamSpec("P")
T = TypeVar("T")
Item = TypeVar("Item")
Result = TypeVar("Result")

logger = logging.getLogger(__name__)

# Modules that the tasks of a crawl need, imported once by the process that workers are forked from.
PRELOAD = ("pipelines.worker_preload", "crawler.discovery")
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


class WorkerFailure(Exception):  # noqa: N818 - a value with a reason that happens to be raised
    """A task that failed; ``reason`` is WORKER_CRASHED, WORKER_HUNG or INTERNAL."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


def _initialize() -> None:
    """Leave Ctrl-C to the parent, and die with it, even if it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def start_server(preload: Sequence[str] = ()) -> None:
    """Start the process that workers are forked from, unless it runs already.

    It inherits a signal mask against Ctrl-C, which a terminal sends to every process. The resource tracker comes
    first: starting it later would lift the mask.
    """
    multiprocessing.set_forkserver_preload(list(preload))
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Workers:
    """A pool of processes.

    Args:
        count: 0 = one per core.
        timeout: seconds for one task.
        tasks: after which a process is renewed.
    """

    def __init__(self, count: int, timeout: float, tasks: int) -> None:
        start_server()
        self.count = count or os.cpu_count() or 1
        self._timeout = timeout
        self._pool = ProcessPool(
            max_workers=self.count,
            max_tasks=tasks,
            initializer=_initialize,
            context=multiprocessing.get_context("forkserver"),
        )

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return the result of ``work(*args, **kwargs)``; everything must pickle.

        Raises:
            WorkerFailure: the process died or timed out twice, or ``work`` raised.
        """
        try:
            return await self.attempt(work, *args, **kwargs)
        except WorkerFailure as failure:
            if failure.reason is Reason.INTERNAL:
                raise
            return await self.attempt(work, *args, **kwargs)

    async def attempt(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            future = self._pool.schedule(work, args=args, kwargs=kwargs, timeout=self._timeout)
            result: T = await asyncio.wrap_future(future)
        except ProcessExpired as error:
            logger.info("worker replaced: its process ended with status %s", error.exitcode)
            raise WorkerFailure(Reason.WORKER_CRASHED, f"its process ended with status {error.exitcode}") from error
        except (TimeoutError, FutureTimeoutError) as error:
            logger.info("worker replaced: a task was not done in %g s", self._timeout)
            raise WorkerFailure(Reason.WORKER_HUNG, f"not done in {self._timeout:g} s") from error
        except Exception as error:
            raise WorkerFailure(Reason.INTERNAL, f"{type(error).__name__}: {error}") from error
        return result

    def close(self) -> None:
        """End the processes at once; their pages stay pending."""
        self._pool.stop()  # type: ignore[no-untyped-call]  # the library left it unannotated
        self._pool.join()


class TaskGroups(Generic[Item, Result]):
    """Sends items to the workers in groups of at most ``most``.

    A message to a process costs the event loop as much as fetching half a page. The items of a failed group are tried
    once more alone. ``work`` returns the results in order, and must pickle.
    """

    def __init__(self, workers: Workers, work: Callable[[list[Item]], list[Result]], most: int) -> None:
        self._workers = workers
        self._work = work
        self._most = most
        self._waiting: deque[tuple[Item, asyncio.Future[Result]]] = deque()
        self._groups: set[asyncio.Task[None]] = set()

    async def run(self, item: Item) -> Result:
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        self._send()
        return await answer

    def _send(self) -> None:
        # One group more than there are processes: the next is there when one becomes free.
        while self._waiting and len(self._groups) <= self._workers.count:
            group = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
            task = asyncio.ensure_future(self._do(group))
            self._groups.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._groups.discard(task)
        self._send()

    async def _do(self, group: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            results = await self._workers.attempt(self._work, [item for item, _ in group])
        except WorkerFailure:
            await asyncio.gather(*(self._do_alone(*member) for member in group))
            return
        for (_, answer), result in zip(group, results, strict=True):
            _answer(answer, result)

    async def _do_alone(self, item: Item, answer: "asyncio.Future[Result]") -> None:
        try:
            [result] = await self._workers.attempt(self._work, [item])
        except WorkerFailure as failure:
            _answer(answer, failure)
        else:
            _answer(answer, result)


def _answer(answer: "asyncio.Future[Result]", result: Result | WorkerFailure) -> None:
    if answer.done():  # cancelled: the run is being forced to its end
        return
    if isinstance(result, WorkerFailure):
        answer.set_exception(result)
    else:
        answer.set_result(result)


def tune_garbage_collector() -> None:
    """Exempt the loaded objects from garbage collection, and collect less often.

    Looking for cycles took a sixth of a crawl's time and a tenth of a worker's. Every worker would also copy the
    memory pages that the collector touches.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
