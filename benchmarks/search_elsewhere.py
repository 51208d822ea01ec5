"""The same searches with ``LIKE``, and with Datasette over the same file."""

import json
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.searches import PAGE, Ask, Kind
from core.errors import PantauError
from search.results import PAGE as HITS

Search = Callable[[Kind, Ask], float]
"""Gives the seconds that it took."""

_COLUMNS = "id, outlet, url, title, published_at, text"
_DEEP = f"LIMIT {HITS} OFFSET {(PAGE - 1) * HITS}"
# Datasette gives up after a second, on a facet after a fifth of one; here it may finish, with as much cache as ours.
_SETTINGS = {
    "sql_time_limit_ms": "120000",
    "facet_time_limit_ms": "120000",
    "suggest_facets": "off",
    "cache_size_kb": "65536",
}
_START_S = 60
_FACETS = [("_facet", "outlet"), ("_facet", "section"), ("_facet", "language"), ("_facet_array", "authors")]


@contextmanager
def like(path: Path) -> Iterator[Search]:
    """``LIKE '%…%'`` in SQL, as without an index of words."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA cache_size = -65536")

    def search(kind: Kind, ask: Ask) -> float:
        statement, values = _like_statement(kind, ask)
        began = time.perf_counter()
        connection.execute(statement, values).fetchall()
        return time.perf_counter() - began

    try:
        yield search
    finally:
        connection.close()


def _like_statement(kind: Kind, ask: Ask) -> tuple[str, list[str]]:
    bounds = list(_bounds(ask))
    where = " AND ".join([ask.like, *(f"{column} {sign} ?" for column, sign, _ in bounds)])
    values = [*ask.values, *(value for _, _, value in bounds)]
    order = "seed_similarity" if kind.sort == "similarity" else "published_at"
    match kind.way:
        case "count":
            return f"SELECT count(*) FROM articles WHERE {where}", values
        case "facets":
            columns = "outlet, section, authors, language, published_at"
            return f"SELECT {columns} FROM articles WHERE {where}", values
        case "page":
            return f"SELECT {_COLUMNS} FROM articles WHERE {where} ORDER BY {order} DESC LIMIT {HITS}", values
        case _:
            return f"SELECT {_COLUMNS} FROM articles WHERE {where} ORDER BY {order} DESC {_DEEP}", values


def _bounds(ask: Ask) -> Iterator[tuple[str, str, str]]:
    if ask.outlet:
        yield "outlet", "=", ask.outlet
    if ask.since:
        yield "published_at", ">=", _written(ask.since)
    if ask.until:
        yield "published_at", "<", _written(ask.until)


def _written(at: datetime) -> str:
    """As SQLAlchemy writes it into SQLite."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


class Datasette:
    """Datasette's own server on this machine; the connection is kept between searches."""

    def __init__(self, port: int, database: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port)
        self._database = database

    def table(self, kind: Kind, ask: Ask) -> float:
        """Return its page of a table (JSON): rows by number, total, and facets if asked."""
        signs = {"=": "", ">=": "__gte", "<": "__lt"}
        asked = [
            ("_search", ask.match),
            ("_searchmode", "raw"),
            ("_size", str(HITS)),
            *((f"{column}{signs[sign]}", value) for column, sign, value in _bounds(ask)),
        ]
        if kind.sort != "relevance":
            asked.append(("_sort_desc", "seed_similarity" if kind.sort == "similarity" else "published_at"))
        if kind.way == "facets":
            asked += [*_FACETS, ("_facet_date", "published_at")]
        path = f"/{self._database}/articles.json"
        if kind.way.startswith("deep"):
            for _ in range(PAGE - 1):
                following = self._get(path, asked)[1]["next"]
                asked = [*(pair for pair in asked if pair[0] != "_next"), ("_next", str(following))]
        return self._get(path, asked)[0]

    def sql(self, kind: Kind, ask: Ask) -> float:
        """A statement in SQL, best rank first as FTS5 has it."""
        bounds = "".join(f" AND articles.{column} {sign} '{value}'" for column, sign, value in _bounds(ask))
        orders = {"newest": "published_at DESC", "similarity": "seed_similarity DESC"}
        order = orders.get(kind.sort, "article_index.rank")
        columns = ", ".join(f"articles.{column}" for column in _COLUMNS.split(", "))
        limit = _DEEP if kind.way.startswith("deep") else f"LIMIT {HITS}"
        joined = "article_index JOIN articles ON articles.id = article_index.rowid"
        found = f"FROM {joined} WHERE article_index MATCH :q{bounds}"
        statement = f"SELECT {columns} {found} ORDER BY {order} {limit}"
        if kind.way == "count":
            statement = f"SELECT count(*) {found}"
        return self._get(f"/{self._database}.json", [("sql", statement), ("q", ask.match)])[0]

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()

    def _get(self, path: str, asked: list[tuple[str, str]]) -> tuple[float, Any]:
        began = time.perf_counter()
        self._connection.request("GET", f"{path}?{urlencode(asked)}")
        answer = self._connection.getresponse()
        body = answer.read()
        took = time.perf_counter() - began
        found = json.loads(body)
        if answer.status != 200 or not found.get("ok", True):  # noqa: PLR2004 - HTTP's "OK"
            raise PantauError(f"Datasette answered {answer.status} to {path}: {body[:300]!r}")
        return took, found


@contextmanager
def datasette(path: Path) -> Iterator[Datasette]:
    """Start Datasette in a process of its own, with the articles' index declared."""
    with tempfile.TemporaryDirectory() as folder:
        metadata = Path(folder) / "metadata.json"
        search = {"fts_table": "article_index", "fts_pk": "id"}
        metadata.write_text(json.dumps({"databases": {path.stem: {"tables": {"articles": search}}}}), encoding="utf-8")
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
        settings = [word for pair in _SETTINGS.items() for word in ("--setting", *pair)]
        command = ["datasette", "serve", str(path), "--metadata", str(metadata), "--port", str(port), *settings]
        with subprocess.Popen(
            [sys.executable, "-m", *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as server:
            try:
                _wait(port, server)
                client = Datasette(port, path.stem)
                yield client
                client.close()
            finally:
                server.terminate()


def _wait(port: int, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise PantauError("Datasette did not start: is it installed?")
