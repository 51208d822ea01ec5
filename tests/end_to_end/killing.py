"""Kill a command in the middle of its work, by what it has asked the site for rather than by the clock."""

import os
import signal
from collections.abc import Callable, Sequence

from tests.end_to_end.prefork import Command
from tests.site import Site
from tests.waiting import wait_until


def kill_after_requests(
    site: Site, start: Callable[..., Command], requests: int, outlets: Sequence[str], *arguments: str
) -> bool:
    """Start a command and kill all of its processes once it has sent so many requests to these outlets.

    Returns:
        False if the command had ended before.
    """
    site.forget_requests()
    command = start(*arguments)

    def reached() -> bool:
        return sum(len(site.requests(name)) for name in outlets) >= requests or command.poll() is not None

    wait_until(reached, f"{requests} requests")
    killed = command.poll() is None
    if killed:
        os.killpg(command.pid, signal.SIGKILL)
    command.wait()
    return killed
