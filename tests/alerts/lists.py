"""Watchlists for tests, written as files."""

from pathlib import Path
from textwrap import dedent

from alerts.watchlists import Watchlist, read_watchlist
from search.query import parse_query

HOOK = "json://127.0.0.1:${PORT}/${HOOK}"
MAIL = "${SURAT}"


def write(folder: Path, name: str = "gandum", *, query: str = "gandum", tell: str = "", extra: str = "") -> Path:
    """A watchlist's file; ``tell`` is its [[tell]] tables."""
    path = folder / f"{name}.toml"
    path.write_text(f'title = "Daftar {name}"\nquery = {query!r}\n{dedent(extra)}\n{dedent(tell)}', encoding="utf-8")
    return path


def watchlist(
    folder: Path, name: str = "gandum", *, query: str = "gandum", tell: str = "", extra: str = ""
) -> Watchlist:
    """The same, read."""
    return read_watchlist(write(folder, name, query=query, tell=tell, extra=extra), parse_query)


def to(channel: str, when: str = "at once", *, digest: bool = False) -> str:
    """A [[tell]] table."""
    return f'[[tell]]\nto = "{channel}"\nwhen = "{when}"\n' + ("digest = true\n" if digest else "")
