"""``scrapy serve``: the dashboard and the HTTP API."""

import argparse
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from cli.console import PantauCommand
from core.errors import UsageError

if TYPE_CHECKING:
    from web.state import WebState

_HOST, _PORT, _MAX_PORT = "127.0.0.1", 8000, 65_535


class Command(PantauCommand):
    """Serves the dashboard until Ctrl-C."""

    # Errors of a server that runs unattended go to standard error.
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": True}

    def syntax(self) -> str:
        return "[--host ADDRESS] [--port N]"

    def short_desc(self) -> str:
        return "Serve the dashboard and the HTTP API"

    def long_desc(self) -> str:
        return (
            "Shows the archive in a browser, and answers programs under /api/v1, until Ctrl-C. It listens to this "
            "machine only. For others, put a token of 16 characters or more into the environment variable "
            "PANTAU_TOKEN, and name an --host; browsers and feed readers present it as the password, with any user "
            "name, programs as a bearer token. It travels as it is: put a server that speaks TLS before this one."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--host", metavar="ADDRESS", default=_HOST, help=f"where to listen (default: {_HOST})")
        parser.add_argument(
            "--port", metavar="N", type=_port, default=_PORT, help=f"0 takes any free port (default: {_PORT})"
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        if args:
            raise UsageError(f"unexpected argument {args[0]!r}; see `scrapy serve -h`")
        from web.server import address_of, listen, read_token, serve

        token = read_token()
        with self._state(token) as state, listen(opts.host, opts.port, guarded=token is not None) as listening:
            guard = "with the token as the password, " if token else ""
            address = address_of(listening)
            serve(state, listening, lambda: print(f"Pantau is at {address} ({guard}Ctrl-C ends it)", flush=True))
        return 0

    @contextmanager
    def _state(self, token: str | None) -> "Iterator[WebState]":
        from database.engine import open_database
        from outlets.registry import Registry
        from search.aliases import load_aliases
        from web.limits import Limits
        from web.state import WebState

        outlets = {outlet.name: outlet for outlet in Registry.from_settings(self.settings["OUTLET_PATHS"]).all()}
        engine = open_database(self.settings["DATABASE_URL"], read_only_ok=True)
        try:
            yield WebState(
                engine,
                now=lambda: datetime.now(UTC),
                outlets=outlets,
                aliases=load_aliases(self.settings["ALIAS_PATHS"]),
                watchlists=_folders(self.settings["WATCHLIST_PATHS"]),
                token=token,
                limits=Limits(self.settings.getfloat("QUERY_SECONDS")),
            )
        finally:
            engine.dispose()


def _port(value: str) -> int:
    if not value.isdecimal() or int(value) > _MAX_PORT:
        raise argparse.ArgumentTypeError(f"must be a whole number up to {_MAX_PORT}")
    return int(value)


def _folders(paths: Sequence[str] | str) -> tuple[Path, ...]:
    parts = paths.split(os.pathsep) if isinstance(paths, str) else paths
    return tuple(Path(part).expanduser() for part in parts if part)
