import csv
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from search.records import KEYS
from tests.cli.commands.running import Outcome, on_both, run
from tests.database.made_stories import TEN, add_copy, add_story
from tests.search.articles import ARTICLES, add_article, add_articles

Export = Callable[..., Outcome]


@pytest.fixture
def export(engine: Engine, database_url: str, capsys: pytest.CaptureFixture[str]) -> Export:
    with Session(engine) as session:
        add_articles(session)
    return lambda *arguments: run(capsys, database_url, "export", *arguments)


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_everything_is_written_and_counted(export: Export, tmp_path: Path) -> None:
    path = tmp_path / "semua.jsonl"
    assert export("-o", str(path)) == (0, "", f"{len(ARTICLES)} articles written to {path}\n")
    rows = lines(path)
    assert [row["id"] for row in rows] == list(range(1, len(ARTICLES) + 1))
    assert {tuple(row) for row in rows} == {KEYS}


def test_the_suffix_tells_the_format(export: Export, tmp_path: Path) -> None:
    path = tmp_path / "semua.CSV"
    assert export("-o", str(path)).status == 0
    assert path.read_bytes().startswith(b"\xef\xbb\xbfid,url,")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        assert len(list(csv.DictReader(stream))) == len(ARTICLES)


@on_both
def test_an_export_can_be_narrowed(export: Export, tmp_path: Path) -> None:
    path = tmp_path / "rusia.jsonl"
    options = ("--query", "rusia OR gandum", "--outlet", "samudra", "--since", "2024-09-08", "--until", "2024-09-30")
    assert export("-o", str(path), *options).err.endswith(f"1 article written to {path}\n")
    assert [row["id"] for row in lines(path)] == [9]


@on_both
def test_copies_are_all_exported_with_their_story(
    engine: Engine, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with Session(engine) as session:
        ids = [add_copy(session, outlet, TEN) for outlet in ("lentera", "kota", "samudra")]
        story_id = add_story(session, ids[:2], {ids[0]: 0.75})
    out = run(capsys, database_url, "export", "-o", "-").out
    rows = [json.loads(line) for line in out.splitlines()]
    assert [(row["outlet"], row["story_id"], row["first_in_story"], row["similarity"]) for row in rows] == [
        ("lentera", story_id, False, 0.75), ("kota", story_id, True, 1.0), ("samudra", None, None, None)
    ]  # fmt: skip


def test_standard_output_holds_records_only(export: Export) -> None:
    status, out, err = export("-o", "-", "--query", "gandum")
    assert (status, err) == (0, "1 article written to standard output\n")
    assert [json.loads(line)["id"] for line in out.splitlines()] == [9]


def test_what_is_like_the_seeds_can_be_exported(
    engine: Engine, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with Session(engine) as session:
        for number, similarity in enumerate((0.41, 0.3, None, 0.72)):
            add_article(session, f"Judul {number}", f"Teks {number}.", seed_similarity=similarity)
        session.commit()
    out = run(capsys, database_url, "export", "-o", "-", "--query", "similarity:>0.3").out
    assert [json.loads(line)["seed_similarity"] for line in out.splitlines()] == [0.41, 0.72]


def test_parquet_is_told_by_its_suffix(export: Export, tmp_path: Path) -> None:
    path = tmp_path / "semua.parquet"
    assert export("-o", str(path)).status == 0
    assert pq.read_table(path).num_rows == len(ARTICLES)


def test_texts_are_written_to_a_folder(export: Export, tmp_path: Path) -> None:
    folder = tmp_path / "korpus"
    options = ("--format", "text", "--outlet", "lentera", "--since", "2024-09-06", "--until", "2024-09-07")
    assert export("-o", str(folder), *options) == (0, "", f"2 articles written to {folder}\n")
    assert sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*.*")) == [
        "lentera/2024-09-06-16.txt", "lentera/2024-09-07-17.txt", "manifest.csv",
    ]  # fmt: skip
    assert export("-o", str(tmp_path), "--format", "text").err == (
        f"scrapy export: cannot write {tmp_path}: it holds files of other origin; name a new or an empty folder\n"
    )


def test_a_terminal_shows_how_far_it_is(export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    path = tmp_path / "semua.jsonl"
    err = export("-o", str(path)).err
    assert f"{len(ARTICLES)}/{len(ARTICLES)}" in err
    assert err.endswith(f"{len(ARTICLES)} articles written to {path}\n")
    assert len(lines(path)) == len(ARTICLES)


def test_an_older_file_survives_a_wrong_query(export: Export, tmp_path: Path) -> None:
    path = tmp_path / "lama.jsonl"
    path.write_text("lama")
    assert export("-o", str(path), "--query", "(rusia").status == 2
    assert path.read_text() == "lama"


def test_wrong_usage_says_what_to_do(export: Export) -> None:
    for arguments, status, words in (
        ([], 2, "missing -o FILE"),
        (["semua.jsonl"], 2, "unexpected argument"),
        (["-o", "semua.xlsx"], 2, "--format jsonl, csv, parquet or text"),
        (["-o", "a.csv", "--since", "nanti"], 2, "--since nanti: allowed is"),
        (["-o", "a.csv", "-x"], 2, "unknown option -x"),
        (["-o", "-", "--format", "text"], 2, "name it with -o FOLDER"),
        (["-o", "/tiada/di/sini.csv"], 1, "cannot write /tiada/di/sini.csv: No such file or directory"),
    ):
        outcome = export(*arguments)
        assert (outcome.status, outcome.out) == (status, "")
        assert words in outcome.err
