import multiprocessing
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, insert, inspect, text
from sqlalchemy.orm import Session

import database.upgrade
from core.errors import DatabaseError
from database.engine import open_database
from database.schema import Base, Run, StoredArticle

NOW = datetime(2026, 11, 21, tzinfo=UTC)
NEXT = """
from alembic import op
import sqlalchemy as sa
revision = "9999"
down_revision = "{head}"
def upgrade():
    {body}
"""


def revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def later_program(monkeypatch: pytest.MonkeyPatch, folder: Path, head: str, body: str) -> None:
    """The program of tomorrow: one more migration."""
    scripts = folder / "migrations"
    (scripts / "versions").mkdir(parents=True)
    for file in database.upgrade.MIGRATIONS.rglob("*.py"):
        (scripts / file.relative_to(database.upgrade.MIGRATIONS)).write_bytes(file.read_bytes())
    (scripts / "versions" / "9999_next.py").write_text(NEXT.format(head=head, body=body))
    monkeypatch.setattr(database.upgrade, "MIGRATIONS", scripts)


def test_the_file_names_give_the_revisions_that_alembic_knows(engine: Engine) -> None:
    scripts = ScriptDirectory.from_config(database.upgrade.alembic_config())
    assert database.upgrade.newest_revision() == scripts.get_current_head()
    for script in scripts.walk_revisions():
        assert Path(script.path).name.startswith(f"{script.revision}_")
    known = revision(engine)
    with engine.connect() as connection:
        assert database.upgrade.current_revision(connection) == known


@pytest.mark.process
def test_an_upgraded_database_is_opened_without_alembic(database_url: str, engine: Engine) -> None:
    opening = f"from database.engine import open_database; open_database({database_url!r})"
    code = f"import sys; {opening}; sys.exit('alembic' in sys.modules)"
    assert engine
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_models_and_migrations_agree(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": database.upgrade.include_object}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_reopening_changes_nothing(engine: Engine, database_url: str) -> None:
    again = open_database(database_url)
    assert revision(again) == revision(engine)
    again.dispose()


def test_full_text_index_follows_the_terms(engine: Engine) -> None:
    hits = text(
        "SELECT count(*) FROM article_index WHERE article_index MATCH 'rapat'"
        if engine.dialect.name == "sqlite"
        else "SELECT count(*) FROM article_terms WHERE search @@ to_tsquery('simple', 'rapat')"
    )
    article = {"text": "x", "text_sha256": "x", "timezone": "Asia/Jakarta", "first_seen_at": NOW, "origin": "crawl"}
    with engine.begin() as connection:
        connection.execute(insert(StoredArticle).values(id=1, **article))
        connection.execute(text("INSERT INTO article_terms (article_id, title, body) VALUES (1, 'rapat', 'warga')"))
        assert connection.scalar(hits) == 1
        connection.execute(text("UPDATE article_terms SET title = 'panen'"))
        assert connection.scalar(hits) == 0
        connection.execute(text("UPDATE article_terms SET body = 'rapat'"))
        connection.execute(text("DELETE FROM article_terms"))
        assert connection.scalar(hits) == 0


def test_newer_schema_is_refused(engine: Engine, database_url: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'from-2031'"))
    with pytest.raises(DatabaseError, match=r"schema from-2031, this program knows 0.*update the program"):
        open_database(database_url)


def test_tables_of_others_are_refused(engine: Engine, database_url: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    with pytest.raises(DatabaseError, match="tables of another program"):
        open_database(database_url)


def test_older_schema_upgrades(
    engine: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    head = revision(engine)
    with Session(engine) as session:
        session.add(Run(outlet="bharata", started_at=NOW, state="x"))
        session.commit()
    later_program(monkeypatch, tmp_path, str(head), 'op.add_column("runs", sa.Column("extra", sa.Text()))')
    upgraded = open_database(database_url)
    assert revision(upgraded) == "9999"
    assert "extra" in {column["name"] for column in inspect(upgraded).get_columns("runs")}
    assert f"from schema {head} to 9999" in caplog.text
    upgraded.dispose()
    copies = list(tmp_path.glob("pantau.db.backup-*"))
    if engine.dialect.name == "sqlite":
        assert str(copies[0]) in caplog.text
        with closing(sqlite3.connect(copies[0])) as copy:
            assert copy.execute("SELECT outlet FROM runs").fetchall() == [("bharata",)]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_database_is_not_upgraded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database_url = f"sqlite:///{tmp_path / 'medium' / 'arsip.db'}"
    engine = open_database(database_url)
    head = revision(engine)
    engine.dispose()
    later_program(monkeypatch, tmp_path, str(head), 'op.add_column("runs", sa.Column("extra", sa.Text()))')
    (tmp_path / "medium").chmod(0o555)
    with pytest.raises(DatabaseError, match=f"has schema {head}, and may not be written to upgrade it to 9999"):
        open_database(database_url, read_only_ok=True)


def test_failed_upgrade_changes_nothing(
    engine: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = revision(engine)
    body = 'op.add_column("runs", sa.Column("extra", sa.Text())); op.execute("SELECT * FROM nowhere")'
    later_program(monkeypatch, tmp_path, str(head), body)
    with pytest.raises(DatabaseError, match="nowhere"):
        open_database(database_url)
    assert revision(engine) == head
    assert "extra" not in {column["name"] for column in inspect(engine).get_columns("runs")}


def test_table_remade_keeps_what_refers_to_it(
    engine: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert = "INSERT INTO sources (id, outlet, url, kind, failures, parent_id) VALUES "
    with engine.begin() as connection:
        connection.execute(text(insert + "(1, 'a', 'u', 'sitemap', 0, NULL), (2, 'a', 'v', 'sitemap', 0, 1)"))
    body = 'b = op.batch_alter_table("sources"); b.__enter__().alter_column("kind", type_=sa.String(30))'
    body += "; b.__exit__(None, None, None)"
    later_program(monkeypatch, tmp_path, str(revision(engine)), body)
    upgraded = open_database(database_url)
    with upgraded.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM sources")) == 2
    upgraded.dispose()


def _open(url: str, results: "multiprocessing.Queue[str]") -> None:
    try:
        open_database(url).dispose()
        results.put("opened")
    except DatabaseError as error:
        results.put(str(error))


@pytest.mark.process
def test_processes_opening_at_once_create_once(database_url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    results = spawn.Queue()
    openers = [spawn.Process(target=_open, args=(database_url, results)) for _ in range(3)]
    for opener in openers:
        opener.start()
    assert [results.get(timeout=180) for _ in openers] == ["opened"] * 3
    for opener in openers:
        opener.join()
