"""Start commands of the program from a process that has imported everything already.

``python -m scrapy`` spends two CPU seconds on imports and on the language model before a crawl asks for its first
page, and the end-to-end tests start it some hundred times. One process of this module imports all that once and forks
a child for each command. The child has a session, an environment and output files of its own and calls what
``python -m scrapy`` calls; the process that its workers come from is forked as well. With ``fresh=True`` the child
replaces itself by a new interpreter: for tests of the start itself and of what an interpreter reads at its start.
"""

import gc
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from multiprocessing import util
from pathlib import Path
from pkgutil import walk_packages
from tempfile import TemporaryDirectory
from typing import Any, Final

PROJECT: Final = Path(__file__).resolve().parents[2]
PACKAGES: Final = ("cli", "alerts", "pipelines", "crawler", "health", "search", "database", "outlets", "core")


class Command:
    """A command that is running or has ended; its methods are those of ``subprocess.Popen``."""

    def __init__(self, status: socket.socket, arguments: Sequence[str], out: Path, err: Path) -> None:
        self.args = tuple(arguments)
        self.out, self.err = out, err
        self.returncode: int | None = None
        self._status = status
        self.pid = int(self._read_line())

    def poll(self) -> int | None:
        """Return the exit status, or ``None`` while the command is running."""
        return self._wait_until(time.monotonic())

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit status once the command has ended.

        Raises:
            subprocess.TimeoutExpired: it takes longer.
        """
        status = self._wait_until(None if timeout is None else time.monotonic() + timeout)
        if status is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return status

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Wait for the end and return standard output and standard error."""
        self.wait(timeout)
        return self.out.read_text(encoding="utf-8"), self.err.read_text(encoding="utf-8")

    def send_signal(self, number: int) -> None:
        """Send a signal to the command's main process, if it is still running."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Send SIGKILL to the command's main process."""
        self.send_signal(signal.SIGKILL)

    def _wait_until(self, deadline: float | None) -> int | None:
        if self.returncode is None:
            self._status.settimeout(None if deadline is None else max(0.0, deadline - time.monotonic()))
            try:
                self.returncode = int(self._read_line())
            except (BlockingIOError, TimeoutError):
                return None
            self._status.close()
        return self.returncode

    def _read_line(self) -> str:
        line = self._status.recv(64).decode()  # each line is one send and one recv: they are messages
        if not line:
            raise RuntimeError("the process that the commands are forked from has ended")
        return line


class Prefork:
    """The process that has everything imported, started at the first command."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket
        self._folder = TemporaryDirectory(prefix="pantau-commands-")
        self._count = 0

    def start(self, arguments: Sequence[str], environment: Mapping[str, str], *, fresh: bool = False) -> Command:
        """Start ``scrapy …``."""
        self._count += 1
        out, err = (Path(self._folder.name, f"{self._count}.{name}") for name in ("out", "err"))
        out.touch()  # it may be killed before it opens them
        err.touch()
        if self._process is None:
            self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.end_to_end.prefork", str(theirs.fileno())],
                cwd=PROJECT, env={**os.environ, "PYTHONWARNINGS": "default"}, pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
            theirs.close()
        status, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        job = {"arguments": arguments, "environment": environment, "out": str(out), "err": str(err), "fresh": fresh}
        socket.send_fds(self._control, [json.dumps(job).encode()], [theirs.fileno()])
        theirs.close()
        return Command(status, arguments, out, err)

    def close(self) -> None:
        """End the process; commands that are still running go on."""
        if self._process is not None:
            self._control.close()
            self._process.wait()
            self._process = None
        self._folder.cleanup()


def _serve(control: socket.socket) -> dict[str, Any] | None:
    """Fork a child for every job and return the job in it; return ``None`` when nobody is left to send any."""
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 1 << 20, 1)
        _reap()
        if not message:
            return None
        if os.fork() == 0:
            with socket.socket(fileno=descriptors[0]) as status:
                child = os.fork()
                if child == 0:
                    os.setsid()  # before the tests learn of it: they may kill the whole group at once
                    status.send(str(os.getpid()).encode())
                    job: dict[str, Any] = json.loads(message)
                    control.close()
                    break
                code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
                with suppress(OSError):  # the tests have ended meanwhile
                    status.send(str(code).encode())
            os._exit(0)
        os.close(descriptors[0])
    return job


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _become(job: Mapping[str, Any]) -> None:
    """Take over the job's environment and files."""
    for number, name in ((1, "out"), (2, "err")):
        descriptor = os.open(job[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(job["environment"])
    if job["fresh"]:
        os.execv(sys.executable, [sys.executable, "-m", "scrapy", *job["arguments"]])
    scrapy = find_spec("scrapy.__main__")
    assert scrapy
    assert scrapy.origin
    # A worker imports its parent's main module, unless that is some package's __main__.
    sys.modules["__main__"].__spec__ = scrapy
    sys.argv = [scrapy.origin, *job["arguments"]]
    spawn = util.spawnv_passfds

    def spawn_or_fork(path: bytes, args: list[str], descriptors: Sequence[int]) -> int:
        if "multiprocessing.forkserver" not in args[-1]:
            pid: int = spawn(path, args, descriptors)
            return pid
        if pid := os.fork():
            return pid
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            first = 3
            for number in sorted(descriptors):
                os.closerange(first, number)
                first = number + 1
            os.closerange(first, os.sysconf("SC_OPEN_MAX"))
            exec(args[-1], {})
        finally:
            os._exit(0)

    setattr(util, "spawnv_passfds", spawn_or_fork)  # noqa: B010 - not assignable for a type checker


def main() -> None:
    """Import everything, then fork a child for each command until the tests have ended."""
    for module in ("scrapy.cmdline", "scrapy.crawler", "alembic.command"):
        import_module(module)
    for package in map(import_module, PACKAGES):
        for info in walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations." not in info.name:
                import_module(info.name)
    assert "twisted.internet.reactor" not in sys.modules, "Scrapy chooses the reactor in each command"
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=int(sys.argv[1])) as control:
        job = _serve(control)
    if job is None:
        return
    _become(job)
    import_module("scrapy.cmdline").execute()


if __name__ == "__main__":
    main()
