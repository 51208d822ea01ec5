"""Run pg_dump and pg_restore, which alone save and restore a whole database."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import URL, create_engine, text

from core.errors import DatabaseError
from database.errors import display_url, translate_errors

# How pg_dump's custom format begins.
_MAGIC = b"PGDMP"
_DATA = re.compile(r"^\d+; \d+ \d+ TABLE DATA \S+ (\S+) ", re.MULTILINE)


def is_dump(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(len(_MAGIC)) == _MAGIC


def dump(address: URL, target: Path) -> None:
    """Write the database at ``address``, as of one moment, to a new file.

    Raises:
        DatabaseError: pg_dump is missing, too old, or fails.
    """
    program = _program("pg_dump", address)
    _run([program, "--format=custom", "--no-owner", "--no-privileges", "--no-password", f"--file={target}"], address)


def restore(address: URL, file: Path) -> None:
    """Restore a dump into an empty database, all of it or nothing.

    Raises:
        DatabaseError: pg_restore is missing, too old, or fails.
    """
    program = _program("pg_restore", address)
    whole = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-password"]
    _run([program, *whole, f"--dbname={address.database or ''}", str(file)], address)


def dumped_tables(file: Path) -> set[str]:
    """Return the tables whose rows are in a dump.

    Raises:
        DatabaseError: the file cannot be read.
    """
    command = [_find_program("pg_restore"), "--list", str(file)]
    listed = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own arguments
    if listed.returncode:
        raise DatabaseError(f"{file}: {_last_line(listed.stderr)}")
    return set(_DATA.findall(listed.stdout))


def _program(name: str, address: URL) -> str:
    program = _find_program(name)
    needed = _server_version(address)
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    number = re.search(r"\d+", version)
    if number is None or int(number[0]) < needed:
        raise DatabaseError(
            f"{version.strip() or program} is older than the server, which is PostgreSQL {needed}: "
            f"install the client programs of version {needed} or newer"
        )
    return program


def _find_program(name: str) -> str:
    program = shutil.which(name)
    if program is None:
        raise DatabaseError(
            f"{name} is not installed: install PostgreSQL's client programs (Debian: postgresql-client), "
            "or have the server's administrator save the database"
        )
    return program


def _server_version(address: URL) -> int:
    engine = create_engine(address)
    try:
        with translate_errors(address), engine.connect() as connection:
            return int(connection.scalar(text("SHOW server_version_num")) or 0) // 10_000
    finally:
        engine.dispose()


def _run(command: Sequence[str], address: URL) -> None:
    done = subprocess.run(command, env=environment(address), capture_output=True, text=True, check=False)  # noqa: S603 - our own arguments
    if done.returncode:
        name = Path(command[0]).name
        raise DatabaseError(f"database {display_url(address)}: {name} failed: {_last_line(done.stderr)}")


def environment(address: URL) -> dict[str, str]:
    """Return the environment with the address; any user could read arguments."""
    place: Mapping[str, object] = {
        "PGHOST": address.host,
        "PGPORT": address.port,
        "PGUSER": address.username,
        "PGPASSWORD": address.password,
        "PGDATABASE": address.database,
    }
    given = {name: str(value) for name, value in place.items() if value is not None}
    further = {f"PG{name.upper()}": str(value) for name, value in address.query.items()}
    return {**os.environ, **further, **given}


def _last_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return next((line for line in lines if "error" in line.lower()), lines[-1] if lines else "it does not say why")
