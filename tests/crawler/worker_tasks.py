"""What the worker processes are asked to do in tests; a module of its own, since tasks are pickled by name."""

import os
import signal
import time
from pathlib import Path


def double(number: int) -> int:
    return 2 * number


def fail() -> None:
    raise ValueError("not like this")


def die() -> None:
    # Pebble 5.2 takes a worker that dies before the pool has noted its task's acknowledgement for the end of the pool.
    time.sleep(1)
    os.kill(os.getpid(), signal.SIGKILL)


def die_once(marker: Path) -> str:
    if not marker.exists():
        marker.touch()
        die()
    return "done"


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def pid() -> int:
    return os.getpid()


def double_all(numbers: list[int]) -> list[int]:
    if 13 in numbers:
        die()
    return [2 * number for number in numbers]
