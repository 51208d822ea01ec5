from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from database.engine import open_database
from database.schema import Round, Run
from tests.cli.commands.running import Outcome, on_both, run
from tests.conftest import fresh_on_server
from tests.database.outlet_locks import outlet_lock
from tests.pipelines.incoming import Arrival, arrive, article, stamp

Database = Callable[..., Outcome]


@pytest.fixture
def database(
    engine: Engine,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Database:
    """Runs ``scrapy database`` on a database with two articles."""
    with Session(engine) as session:
        for outlet, hour in (("samudra", 3), ("lentera", 5)):
            arrive(session, Arrival(outlet, "/satu", article(published=stamp(hour))))
        session.commit()
    engine.dispose()
    monkeypatch.setattr("settings.DATA_DIR", str(tmp_path))
    return lambda *arguments: run(capsys, database_url, "database", *arguments)


@on_both
def test_info_tells_where_it_is_and_what_it_holds(database: Database, engine: Engine) -> None:
    now = datetime(2026, 11, 21, 20, 15, tzinfo=UTC)
    with Session(engine) as session:
        session.add(Round(started_at=now, state="running", report={}, totals={}))
        session.add(Run(outlet="samudra", started_at=now, state="running"))
        session.commit()
    with outlet_lock(engine, "samudra"):
        status, out, err = database("info")
    assert (status, err) == (0, "")
    assert "articles 2, urls 2, stories 1, revisions 0" in out
    assert "newest article: 2024-09-14 12:00 WIB\n" in out
    assert "not ended: a round of the monitor, begun 2026-11-22 03:15 WIB\n" in out
    assert "not ended: samudra, begun 2026-11-22 03:15 WIB\n" in out
    if engine.dialect.name == "sqlite":
        assert "pantau.db: SQLite 3." in out
        assert " free on its disk\n" in out
        assert "at work: samudra (process " in out
    else:
        assert ": PostgreSQL 1" in out
        assert "at work: a run on " in out


def test_info_tells_no_password(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert database("info").status == 0
    told = run(capsys, "postgresql://saya:rahasia@127.0.0.1:1/tiada", "database", "info")
    assert told.status == 1
    assert "rahasia" not in told.err
    assert "127.0.0.1:1/tiada" in told.err


@on_both
def test_a_backup_is_made_checked_and_restored(database: Database, engine: Engine, tmp_path: Path) -> None:
    file = str(tmp_path / "cadangan")
    status, out, _ = database("backup", file)
    assert (status, out.startswith(f"{file}: ")) == (0, True)
    assert database("backup", file)[::2] == (
        1, f"scrapy database: {file} exists: name another file, or replace it with --force\n",
    )  # fmt: skip
    assert database("backup", file, "--force").status == 0
    if engine.dialect.name == "sqlite":
        assert "MB, 2 articles, 2 URLs; it was read again and is whole\n" in out
        assert database("check", file, "--full")[:2] == (0, f"{file} is whole\n")
        status, out, err = database("restore", file)
        assert (status, err) == (0, "")
        assert f"pantau.db now holds what {file} does (schema 0" in out
        assert "what was there before is " in out
        assert "articles 2" in database("info").out
    else:
        assert out.endswith(" MB, it lists all tables\n")
        assert database("check", file).out.startswith(f"{file} lists all tables")
        assert "is not empty" in database("restore", file).err


@on_both
def test_check_tells_each_problem_in_a_line(database: Database, engine: Engine) -> None:
    status, out, err = database("check")
    assert (status, err) == (0, "")
    assert " is whole (read of texts: 2,000; of bands: the newest 2 periods'; --full reads all)\n" in out
    assert database("check", "--full").status == database("check", "--quick").status == 0
    with engine.begin() as connection:
        connection.execute(text("UPDATE articles SET text = 'Lain.'"))
    engine.dispose()
    status, out, err = database("check")
    assert status == 1
    assert out == (
        "articles have another text than their checksum says: 2, e.g. article 1 "
        "(restore a backup: these texts were changed by something else)\n"
    )
    assert "something is wrong, see above" in err


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_backup_that_is_damaged_fails_the_check(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "cadangan"
    database("backup", str(file))
    pages = bytearray(file.read_bytes())
    pages[8192:12288] = bytes(4096)
    file.write_bytes(pages)
    status, out, err = database("check", str(file))
    assert status == 1
    assert "restore a backup" in out
    assert "something is wrong, see above" in err


@on_both
def test_a_copy_ends_with_a_table(database: Database, engine: Engine, tmp_path: Path) -> None:
    for target in _targets(engine, tmp_path):
        status, out, err = database("copy", target)
        assert status == 0, err
        assert "articles: 2\n" in err
        assert out.splitlines()[0].split() == ["table", "rows", "rows", "there", "checksum"]
        assert [line.split()[1:3] for line in out.splitlines() if line.startswith("articles ")] == [["2", "2"]]
        assert "DIFFERENT" not in out
        assert out.splitlines()[-1].endswith(": name it in DATABASE_URL from now on")
        assert database("copy", target).err.splitlines()[-1].endswith("name an empty one, nothing was written")
        copied = open_database(target)
        copied.dispose()


def _targets(engine: Engine, folder: Path) -> Iterator[str]:
    """Of the other kind."""
    if engine.dialect.name == "sqlite":
        yield from fresh_on_server()
    else:
        yield f"sqlite:///{folder / 'sasaran.db'}"


@on_both
def test_pruning_is_told_and_tried_first(database: Database, engine: Engine) -> None:
    old = datetime.now(UTC) - timedelta(days=100)
    with Session(engine) as session:
        session.add_all(Run(outlet="a", started_at=old, finished_at=old, state="finished") for _ in range(3))
        session.commit()
    first = "runs in which no URL was named or decided: "
    assert database("prune", "--dry-run").out.startswith(f"{first}0 would go\n")
    assert database("prune", "--dry-run", "--runs-days", "90").out.startswith(f"{first}2 would go\n")
    assert database("prune", "--runs-days", "90", "--vacuum").out.startswith(f"{first}2 deleted\n")
    assert database("prune", "--runs-days", "90", "--raw-days", "0").out.startswith(f"{first}0 deleted\n")
    assert "articles 2" in database("info").out


def test_there_must_be_a_database(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'tiada.db'}"
    for arguments in (["info"], ["backup", str(tmp_path / "x")], ["check"], ["prune", "--dry-run"]):
        told = run(capsys, url, "database", *arguments)
        assert (told.status, told.out) == (1, "")
        assert "there is no database at" in told.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "missing action: info, backup FILE, check [FILE], restore FILE, copy URL or prune"),
        (["buang"], "unknown action buang"),
        (["backup"], "wrong arguments of backup"),
        (["copy"], "wrong arguments of copy"),
        (["check", "/tiada/x"], "there is no file /tiada/x"),
        (["check", "--force"], "--force is an option of `scrapy database backup` only"),
        (["backup", "x", "--anew"], "--anew is an option of `scrapy database copy` only"),
        (["info", "--full"], "--full is an option of `scrapy database check` only"),
        (["check", "--raw-days", "0"], "--raw-days is an option of `scrapy database prune` only"),
        (["check", "--quick", "--full"], "--quick cannot be combined with --full"),
        (["prune", "--runs-days", "29"], "--runs-days 29: must be at least 30"),
        (["prune", "--raw-days", "-1"], "--raw-days -1: must be at least 0"),
        (["prune", "--events-days", "x"], "invalid int value"),
        (["prune", "--articles"], "unknown option --articles"),
    ],
)  # fmt: skip
def test_wrong_usage_says_what_is_allowed(database: Database, arguments: list[str], words: str) -> None:
    status, out, err = database(*arguments)
    assert (status, out) == (2, "")
    assert words in err
