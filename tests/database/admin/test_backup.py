"""Backups and putting them back: whole or not there, also while others write, and nothing lost on the way."""

import os
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, insert, make_url, select, text

from core.errors import DatabaseError, PantauError
from database.admin.backup import back_up, restore_backup
from database.admin.copy import copy_database
from database.admin.pg_tools import environment
from database.engine import open_database, parse_url
from database.schema import Run
from tests.conftest import fresh_on_server
from tests.database.admin.filled import NOW, ROWS, everything, fill
from tests.database.outlet_locks import outlet_lock

pytestmark = pytest.mark.process

AT = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Engine]:
    """A SQLite database with rows in every table."""
    engine = open_database(f"sqlite:///{tmp_path / 'asal.db'}")
    fill(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of 1 MB."""
    place = tmp_path / "kecil"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip(f"no disk of its own can be mounted here: {made.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def address(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def add_run(engine: Engine, outlet: str) -> None:
    with engine.begin() as connection:
        connection.execute(insert(Run).values(outlet=outlet, started_at=NOW, state="x"))


def outlets(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(select(Run.outlet).order_by(Run.id)))


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_backup_and_back(source: Engine, tmp_path: Path) -> None:
    before = everything(source)
    made = back_up(source.url, tmp_path / "cadangan")
    assert (made.rows["articles"], made.bytes) == (ROWS, (tmp_path / "cadangan").stat().st_size)
    add_run(source, "sesudah")
    source.dispose()
    done = restore_backup(source.url, tmp_path / "cadangan", AT)
    assert done.aside == tmp_path / "asal.db.before-20261122T043000Z"
    kept = open_database(f"sqlite:///{done.aside}")
    assert outlets(kept)[-1] == "sesudah"
    kept.dispose()
    assert everything(source) == before
    add_run(source, "lagi")
    assert left_in(tmp_path) == [
        "asal.db", "asal.db-shm", "asal.db-wal", "asal.db.before-20261122T043000Z",
        "asal.db.before-20261122T043000Z.locks", "asal.db.locks", "cadangan",
    ]  # fmt: skip


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_backup_of_a_server_and_back(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    assert back_up(engine.url, tmp_path / "cadangan").bytes > 1_000
    with pytest.raises(DatabaseError, match=r"is not empty .*createdb"):
        restore_backup(engine.url, tmp_path / "cadangan", AT)
    with pytest.raises(PantauError, match="is of a PostgreSQL database"):
        restore_backup(parse_url(f"sqlite:///{tmp_path / 'x.db'}"), tmp_path / "cadangan", AT)
    for url in fresh_on_server():
        restore_backup(parse_url(url), tmp_path / "cadangan", AT)
        again = open_database(url)
        assert everything(again) == everything(engine)
        add_run(again, "lagi")
        again.dispose()


def test_a_backup_is_made_while_others_write(source: Engine, tmp_path: Path) -> None:
    writer, stop = open_database(address(source)), threading.Event()

    def write() -> None:
        while not stop.is_set():
            add_run(writer, "sibuk")

    thread = threading.Thread(target=write)
    thread.start()
    try:
        made = [back_up(source.url, tmp_path / f"cadangan{number}").rows["runs"] for number in range(3)]
    finally:
        stop.set()
        thread.join()
    assert ROWS <= made[0] <= made[1] <= made[2] <= len(outlets(source))
    writer.dispose()


def test_a_backup_is_read_by_those_who_may_read_the_database(source: Engine, tmp_path: Path) -> None:
    place, file = tmp_path / "asal.db", tmp_path / "cadangan"
    place.chmod(0o600)
    back_up(source.url, file)
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o644)
    source.dispose()
    restore_backup(source.url, file, AT)
    assert place.stat().st_mode & 0o777 == 0o600


def test_a_file_is_replaced_only_if_asked(source: Engine, tmp_path: Path) -> None:
    target = tmp_path / "cadangan"
    target.write_text("penting")
    with pytest.raises(PantauError, match="exists: name another file, or replace it with --force"):
        back_up(source.url, target)
    assert target.read_text() == "penting"
    assert back_up(source.url, target, force=True).rows["runs"] == ROWS
    with pytest.raises(PantauError, match="is the database itself"):
        back_up(source.url, tmp_path / "asal.db", force=True)
    with pytest.raises(PantauError, match="is a folder: name a file"):
        back_up(source.url, tmp_path)
    with pytest.raises(PantauError, match="there is no folder"):
        back_up(source.url, tmp_path / "tiada" / "x")


def test_a_full_disk_leaves_no_backup_behind(source: Engine, small_disk: Path) -> None:
    (small_disk / "lain").write_bytes(bytes(600_000))
    with pytest.raises(PantauError, match=r"MB free and .* MB are needed: make room"):
        back_up(source.url, small_disk / "cadangan")
    assert left_in(small_disk) == ["lain"]


def test_a_disk_that_fills_meanwhile_leaves_no_backup_behind(
    source: Engine, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (small_disk / "lain").write_bytes(bytes(600_000))
    monkeypatch.setattr("database.admin.backup.check_room", lambda _folder, _needed: None)  # there was room before
    with pytest.raises(PantauError, match=r"cannot write the backup .*full; nothing of it is left behind"):
        back_up(source.url, small_disk / "cadangan")
    assert left_in(small_disk) == ["lain"]


def test_a_copy_onto_a_full_disk_goes_on_when_there_is_room(source: Engine, small_disk: Path) -> None:
    lain = small_disk / "lain"
    lain.write_bytes(bytes(400_000))
    url = f"sqlite:///{small_disk / 'sasaran.db'}"
    with pytest.raises(DatabaseError, match="make room"):
        copy_database(source, url, lambda *_: None)
    lain.unlink()
    subprocess.run(["mount", "-o", "remount,size=30m", str(small_disk)], check=True)
    assert copy_database(source, url, lambda *_: None).same


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_server_without_its_tools_says_what_to_do(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DatabaseError, match="pg_dump is not installed: install PostgreSQL's client programs"):
        back_up(engine.url, tmp_path / "cadangan")
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6'\n")
    old.chmod(0o755)
    with pytest.raises(DatabaseError, match=r"pg_dump \(PostgreSQL\) 9.6 is older than the server"):
        back_up(engine.url, tmp_path / "cadangan")
    assert left_in(tmp_path) == ["pg_dump"]


def test_the_password_is_in_no_argument(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "lama")
    url = make_url("postgresql+psycopg://u:rahasia@h:5433/d?sslmode=require")
    told = environment(url)
    assert {name: told[name] for name in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "PGSSLMODE")} == {
        "PGHOST": "h", "PGPORT": "5433", "PGUSER": "u", "PGPASSWORD": "rahasia", "PGDATABASE": "d",
        "PGSSLMODE": "require",
    }  # fmt: skip


def test_a_damaged_backup_is_not_restored(source: Engine, tmp_path: Path) -> None:
    good, bad = tmp_path / "cadangan", tmp_path / "rusak"
    back_up(source.url, good)
    page = bytearray(good.read_bytes())
    page[8192:12288] = os.urandom(4096)
    bad.write_bytes(page)
    (tmp_path / "teks").write_text("bukan basis data")
    with closing(sqlite3.connect(tmp_path / "lain.db")) as other:
        other.execute("CREATE TABLE apa (x)")
    before = outlets(source)
    source.dispose()
    for file, words in (
        (bad, "rusak.*(damaged|malformed|not a database)"),
        (tmp_path / "teks", "is no SQLite database"),
        (tmp_path / "lain.db", "holds nothing of this program's"),
        (tmp_path / "tiada", "there is no file"),
        (tmp_path / "asal.db", "is the database itself"),
    ):
        with pytest.raises(PantauError, match=words):
            restore_backup(source.url, file, AT)
    assert outlets(source) == before


def test_a_backup_of_a_newer_program_is_not_restored(source: Engine, tmp_path: Path) -> None:
    with source.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'from-2031'"))
    back_up(source.url, tmp_path / "cadangan")
    with pytest.raises(DatabaseError, match="has schema from-2031, this program knows"):
        restore_backup(parse_url(f"sqlite:///{tmp_path / 'baru.db'}"), tmp_path / "cadangan", AT)
    assert not (tmp_path / "baru.db").exists()


def test_a_database_in_use_is_not_replaced(source: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("database.admin.backup._PATIENCE_S", 0.1)
    back_up(source.url, tmp_path / "cadangan")
    with outlet_lock(source, "bharata"), pytest.raises(DatabaseError, match=r"is in use: bharata \(process"):
        restore_backup(source.url, tmp_path / "cadangan", AT)
    with source.connect() as connection:  # as a server has
        assert connection.scalar(select(func.count()).select_from(Run)) == ROWS
        connection.rollback()
        with pytest.raises(
            DatabaseError, match=r"is open in another program \(`scrapy serve`, perhaps\): end it first"
        ):
            restore_backup(source.url, tmp_path / "cadangan", AT)
    assert not list(tmp_path.glob("*.before-*"))
    source.dispose()
    assert restore_backup(source.url, tmp_path / "cadangan", AT).aside


def test_a_damaged_database_is_replaced_and_kept(source: Engine, tmp_path: Path) -> None:
    back_up(source.url, tmp_path / "cadangan")
    source.dispose()
    place = tmp_path / "asal.db"
    place.write_bytes(b"rusak" * 1000)
    Path(f"{place}-wal").write_bytes(b"catatan")
    done = restore_backup(source.url, tmp_path / "cadangan", AT)
    assert done.aside is not None
    assert done.aside.read_bytes().startswith(b"rusak")
    assert not Path(f"{place}-wal").exists()
    assert len(outlets(source)) == ROWS


def test_a_backup_is_restored_where_there_is_nothing(source: Engine, tmp_path: Path) -> None:
    back_up(source.url, tmp_path / "cadangan")
    place = tmp_path / "baru" / "pantau.db"
    assert restore_backup(parse_url(f"sqlite:///{place}"), tmp_path / "cadangan", AT).aside is None
    again = open_database(f"sqlite:///{place}")
    assert everything(again) == everything(source)
    again.dispose()
