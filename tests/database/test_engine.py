import os
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from core.errors import DatabaseError
from database.engine import open_database, parse_url, reading
from database.errors import database_error


def test_folder_of_the_file_is_made(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path}/deep/er/pantau.db").dispose()
    assert (tmp_path / "deep" / "er" / "pantau.db").is_file()


def test_pragmas_hold_on_every_connection(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/pantau.db")
    with engine.connect() as first, reading(engine).connect() as second:
        for connection in (first, second):
            names = ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
            values = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]
            assert values == ["wal", 1, 2, 30_000]
    engine.dispose()


def test_writers_queue_instead_of_failing(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO sources (outlet, url, kind, failures) VALUES ('a', 'u', 'feed', 0)"))

    def read_then_write() -> None:
        with engine.begin() as connection:
            lock = "" if engine.dialect.name == "sqlite" else " FOR UPDATE"
            failures = connection.scalar(text(f"SELECT failures FROM sources{lock}"))
            time.sleep(0.05)
            connection.execute(text("UPDATE sources SET failures = :n"), {"n": failures + 1})

    threads = [threading.Thread(target=read_then_write) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT failures FROM sources")) == 5


def test_readers_do_not_wait_for_writers(engine: Engine) -> None:
    with engine.begin() as writer, reading(engine).connect() as reader:
        writer.execute(text("INSERT INTO sources (outlet, url, kind, failures) VALUES ('a', 'u', 'feed', 0)"))
        assert reader.scalar(text("SELECT count(*) FROM sources")) == 0


def test_ddl_is_undone_with_its_transaction(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE made (n integer)"))
        connection.rollback()
        with pytest.raises(Exception, match="made"):
            connection.execute(text("SELECT * FROM made"))


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("nonsense", "no database URL"),
        ("mysql://host/name", "mysql is not supported"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
    ],
)
def test_wrong_urls_are_told(url: str, says: str) -> None:
    with pytest.raises(DatabaseError, match=says):
        open_database(url)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2", "postgresql+psycopg"])
def test_every_postgresql_url_means_psycopg(scheme: str) -> None:
    assert parse_url(f"{scheme}://u:p@h/d").drivername == "postgresql+psycopg"


def test_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("Ini bukan basis data, melainkan catatan belanja. " * 50)
    with pytest.raises(DatabaseError, match="this file is no SQLite database"):
        open_database(f"sqlite:///{tmp_path}/x.db")


def test_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="cannot be opened"):
        open_database(f"sqlite:///{tmp_path}")


def test_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(DatabaseError, match="data"):
        open_database(f"sqlite:///{tmp_path}/data/pantau.db")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_folder_that_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(DatabaseError, match="may"):
        open_database(f"sqlite:///{tmp_path}/pantau.db")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_can_be_read(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/pantau.db"
    open_database(url).dispose()
    tmp_path.chmod(0o500)
    with open_database(url, read_only_ok=True).connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM articles")) == 0


def test_a_file_in_the_way_is_told_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(DatabaseError, match=r"data/pantau\.db: .*/data .*\(check DATABASE_URL and the folder\)"):
        open_database(f"sqlite:///{tmp_path}/data/pantau.db")


def test_readers_make_no_database(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match=r"no database at .* yet"):
        open_database(f"sqlite:///{tmp_path}/pantau.db", read_only_ok=True)
    assert not list(tmp_path.iterdir())


def test_empty_file_is_not_filled_by_readers(tmp_path: Path) -> None:
    (tmp_path / "pantau.db").touch()
    with pytest.raises(DatabaseError, match="is empty"):
        open_database(f"sqlite:///{tmp_path}/pantau.db", read_only_ok=True)


def test_server_down_is_told() -> None:
    with pytest.raises(DatabaseError, match="no server answers there") as caught:
        open_database("postgresql://user:geheim@127.0.0.1:1/x")
    assert "geheim" not in str(caught.value)


def test_missing_server_database_is_told(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        pytest.skip("a server's matter")
    url = engine.url.set(database="nowhere_to_be_found").render_as_string(hide_password=False)
    with pytest.raises(DatabaseError, match="create it first"):
        open_database(url)


def test_full_disk_is_told(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/pantau.db")
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")  # as good as a full disk: SQLITE_FULL
        insert = text("INSERT INTO sources (outlet, url, kind, failures) VALUES ('a', :url, 'feed', 0)")
        with pytest.raises(OperationalError) as caught:
            connection.execute(insert, [{"url": f"{n}" * 500} for n in range(9999)])
    engine.dispose()
    assert "the disk is full: make room" in str(database_error(caught.value, engine.url))


def test_wal_survives_a_vacuumed_copy(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/pantau.db")
    engine.dispose()
    with closing(sqlite3.connect(tmp_path / "pantau.db")) as old:
        old.execute("VACUUM INTO ?", (f"{tmp_path}/copy.db",))
    again = open_database(f"sqlite:///{tmp_path}/copy.db")
    with again.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    again.dispose()
