import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from database.engine import open_database
from database.records import KEYS
from tests.crawler.commands.running import Outcome, run
from tests.database.made_stories import TEN, add_copy, add_story
from tests.database.search.articles import ARTICLES, add_article, add_articles

Search = Callable[..., Outcome]
HOUR = timedelta(hours=1)


@pytest.fixture
def search(engine: Engine, database_url: str, capsys: pytest.CaptureFixture[str]) -> Search:
    with Session(engine) as session:
        add_articles(session)
    return lambda *arguments: run(capsys, database_url, "search", *arguments)


def test_hits_come_with_snippets_and_a_total(search: Search) -> None:
    status, out, err = search("kunjungan Erdogan")
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "     16  2024-09-06 16:00 WIB  lentera  Erdoğan Tiba di Jakarta",
        "         Presiden Turki Erdogan tiba untuk kunjungan kenegaraan.",
        "1 article, 1 shown",
    ]


def test_the_total_counts_what_is_not_shown(search: Search) -> None:
    status, out, _ = search("rusia", "--limit", "2")
    assert (status, out.splitlines()[-2]) == (0, "5 articles, 2 shown")


def test_several_arguments_are_one_query(search: Search) -> None:
    assert search("rusia", "tiongkok").out.endswith("2 articles, 2 shown\n")
    assert search("rusia", "-tiongkok").out.endswith("3 articles, 3 shown\n")


def test_outlets_and_days_narrow_the_search(search: Search) -> None:
    assert search("rusia", "--outlet", "samudra").out.endswith("3 articles, 3 shown\n")
    assert search("rusia", "--outlet", "samudra", "--outlet", "cakrawala").out.endswith("5 articles, 5 shown\n")
    assert search("rusia", "--since", "2024-09-09", "--until", "2024-09-11").out.endswith("2 articles, 2 shown\n")
    assert search("rusia", "--since", "2024-09", "--until", "2024").out.endswith("4 articles, 4 shown\n")
    assert search("rusia", "--since", "7d").out.startswith("0 articles")


def test_no_hit_is_no_failure_and_helps(search: Search) -> None:
    status, out, _ = search("trenggiling")
    assert status == 0
    assert out.startswith(f"0 articles of the {len(ARTICLES)} stored from 2024-08-31 to 2024-09-30; try fewer words")
    assert "without --outlet" in search("rusia", "--outlet", "tiada").out


def test_json_lines_hold_the_record_rank_and_snippet(search: Search) -> None:
    rows = [json.loads(line) for line in search("gandum", "--format", "jsonl").out.splitlines()]
    assert [list(row) for row in rows] == [[*KEYS, "rank", "snippet", "copies", "outlets"]]
    assert (rows[0]["id"], rows[0]["published_at"]) == (9, "2024-09-09T09:00:00+07:00")


def test_json_holds_the_total(search: Search) -> None:
    answer = json.loads(search("rusia", "--format", "json", "--limit", "1").out)
    assert (answer["total"], len(answer["articles"])) == (5, 1)


@pytest.fixture
def grain(engine: Engine, database_url: str, capsys: pytest.CaptureFixture[str]) -> Search:
    """Three copies at two outlets, and an article of its own."""
    with Session(engine) as session:
        ids = [
            add_copy(session, outlet, TEN + number * HOUR) for number, outlet in enumerate(["kota", "lentera", "kota"])
        ]
        add_story(session, ids)
        add_copy(session, "samudra", TEN, "Lain", text="Gandum.")
        session.commit()
    return lambda *arguments: run(capsys, database_url, "search", *arguments)


def test_copies_are_one_hit_that_tells_of_them(grain: Search) -> None:
    assert grain("pelabuhan").out.splitlines() == [
        "      3  2024-09-14 12:00 WIB  kota  Rusia Kirim Gandum",
        "         Gandum dari Rusia tiba di pelabuhan. Menteri pertanian menyambutnya.",
        "         3 copies in 2 outlets; first: kota, 2024-09-14 10:00 WIB",
        "1 different article, 1 shown (3 with copies: --copies lists them)",
    ]


def test_all_copies_are_listed_when_asked_for(grain: Search) -> None:
    out = grain("pelabuhan", "--copies", "--limit", "2").out.splitlines()
    assert [line.split()[0] for line in out[:-2:3]] == ["3", "2"]
    assert out[-2] == "3 articles, 2 shown"


def test_data_tell_how_many_copies_there_are(grain: Search) -> None:
    answer = json.loads(grain("gandum", "--format", "json").out)
    assert (answer["total"], answer["with_copies"]) == (2, 4)
    assert {(row["outlet"], row["copies"], row["outlets"]) for row in answer["articles"]} == {
        ("kota", 3, 2), ("samudra", 1, 1)
    }  # fmt: skip


def test_csv_has_a_row_for_each_hit(search: Search) -> None:
    rows = list(csv.DictReader(io.StringIO(search("rusia", "--format", "csv").out)))
    assert {row["id"] for row in rows} == {"7", "9", "10", "22", "26"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "a QUERY is needed"),
        (["(rusia"], "column 1: this parenthesis is never closed"),
        (["rusia", "--since", "kemarin"], "--since kemarin: allowed is a day (2024-09-01)"),
        (["rusia", "--until", "2024-09-31"], "--until 2024-09-31: allowed is"),
        (["rusia", "--since", "2024-09-02", "--until", "2024-09-01"], "nothing lies between them"),
        (["rusia", "--limit", "0"], "from 1 on"),
        (["rusia", "--limit", "x"], "from 1 on"),
        (["rusia", "--format", "xml"], "invalid choice: 'xml'"),
        (["rusia", "--sejak", "2024"], "unknown option --sejak"),
    ],
)
def test_wrong_usage_says_what_is_allowed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    status, out, err = run(capsys, f"sqlite:///{tmp_path}/tiada.db", "search", *arguments)
    assert (status, out) == (2, "")
    assert words in err


def test_without_a_database_one_line_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, f"sqlite:///{tmp_path}/tiada.db", "search", "rusia")
    assert (status, out, len(err.splitlines())) == (1, "", 1)
    assert "there is no database" in err


def test_titles_cannot_steer_the_terminal(
    engine: Engine, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with Session(engine) as session:
        add_article(session, "Judul \x1b[31mmerah\x9b2J", "Teks\x07 merah.", published_at=datetime.now(UTC))
        session.commit()
    out = run(capsys, database_url, "search", "merah").out
    assert "Judul [31mmerah2J" in out
    assert not {"\x1b", "\x9b", "\x07"} & set(out)


def test_on_a_terminal_matches_are_highlighted(search: Search, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    out = search("erdogan").out
    assert "\x1b[1;33mErdoğan" in out
    assert "\x1b[1;33mErdogan" in out


def test_a_reader_that_stops_gets_no_traceback(tmp_path: Path) -> None:
    database_url = f"sqlite:///{tmp_path}/arsip.db"
    engine = open_database(database_url)
    with Session(engine) as session:
        for number in range(300):
            add_article(session, f"Banjir {number}", "Banjir merendam kota. " * 40)
        session.commit()
    engine.dispose()
    with subprocess.Popen(
        [sys.executable, "-m", "scrapy", "search", "banjir", "--limit", "300", "--format", "jsonl"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | {"DATABASE_URL": database_url},
    ) as program:  # fmt: skip
        assert program.stdout
        assert program.stderr
        program.stdout.readline()
        program.stdout.close()
        assert program.stderr.read() == b""
    assert program.returncode == 0
