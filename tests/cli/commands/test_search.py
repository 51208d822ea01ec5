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
from search.records import KEYS
from tests.cli.commands.running import Outcome, on_both, run
from tests.database.made_stories import TEN, add_copy, add_story
from tests.search.articles import ARTICLES, add_article, add_articles

Search = Callable[..., Outcome]
HOUR = timedelta(hours=1)


@pytest.fixture
def search(engine: Engine, database_url: str, capsys: pytest.CaptureFixture[str]) -> Search:
    with Session(engine) as session:
        add_articles(session)
    return lambda *arguments: run(capsys, database_url, "search", *arguments)


def test_outlets_of_which_nothing_is_stored_are_named(search: Search) -> None:
    told = "no articles stored for samudara; `scrapy list` shows the outlets\n"
    for asked in (["--outlet", "samudara"], ["--outlet", "samudara", "--count"], ["outlet:samudara"]):
        assert told in search("rusia", *asked).out
    found = search("rusia (outlet:samudra OR NOT outlet:samudara OR outlet:sam*)", "--outlet", "samudra").out
    assert found.endswith(f"{told}3 articles, 3 shown\n")
    assert "nothing is stored" not in search("rusia outlet:samudra", "--facets").out


def test_hits_come_with_snippets_and_a_total(search: Search) -> None:
    status, out, err = search("kunjungan Erdogan")
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "     16  2024-09-06 16:00 WIB  lentera  Erdoğan Tiba di Jakarta",
        "         Presiden Turki Erdogan tiba untuk kunjungan kenegaraan.",
        "1 article, 1 shown",
    ]


@on_both
def test_the_total_counts_what_is_not_shown(search: Search) -> None:
    status, out, _ = search("rusia", "--limit", "2")
    assert (status, out.splitlines()[-1]) == (0, "5 articles, 2 shown")


def test_several_arguments_are_one_query(search: Search) -> None:
    assert search("rusia", "tiongkok").out.endswith("2 articles, 2 shown\n")
    assert search("rusia", "-tiongkok").out.endswith("3 articles, 3 shown\n")


@on_both
def test_outlets_and_days_narrow_the_search(search: Search) -> None:
    assert search("rusia", "--outlet", "samudra").out.endswith("3 articles, 3 shown\n")
    assert search("rusia", "--outlet", "samudra", "--outlet", "cakrawala").out.endswith("5 articles, 5 shown\n")
    assert search("rusia", "--since", "2024-09-09", "--until", "2024-09-11").out.endswith("2 articles, 2 shown\n")
    assert search("rusia", "--since", "2024-09", "--until", "2024").out.endswith("4 articles, 4 shown\n")
    assert search("gandum", "--since", "7d").out.startswith("0 articles")


def test_the_days_of_what_is_stored_are_jakartas(search: Search, engine: Engine) -> None:
    with Session(engine) as session:
        add_article(session, "Malam", "Kapal tiba.", published_at=datetime(2024, 10, 1, 20, tzinfo=UTC))
        session.commit()
    assert " stored from 2024-09-01 to 2024-10-02; " in search("trenggiling").out


def test_no_hit_is_no_failure_and_helps(search: Search) -> None:
    status, out, _ = search("trenggiling")
    assert status == 0
    assert out.startswith(f"0 articles of the {len(ARTICLES)} stored from 2024-09-01 to 2024-09-30; try fewer words")
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
    assert out[-1] == "3 articles, 2 shown"


def test_data_tell_how_many_copies_there_are(grain: Search) -> None:
    answer = json.loads(grain("gandum", "--format", "json").out)
    assert (answer["total"], answer["with_copies"]) == (2, 4)
    assert {(row["outlet"], row["copies"], row["outlets"]) for row in answer["articles"]} == {
        ("kota", 3, 2), ("samudra", 1, 1)
    }  # fmt: skip


def test_list_count_and_charts_agree(grain: Search) -> None:
    for options in ((), ("--copies",)):
        answers = [
            json.loads(grain("gandum", "--format", "json", *options, *asked).out)
            for asked in ((), ("--count",), ("--facets",), ("--timeline", "day"))
        ]
        expected = 4 if options else 2
        assert {(one["total"], one["with_copies"]) for one in answers} == {(expected, 4)}
        assert len(answers[0]["articles"]) == expected
        assert sum(bar["hits"] for bar in answers[3]["timeline"]["bars"]) == expected
    # A story that two outlets tell counts once for each of them.
    assert json.loads(grain("gandum", "--facets", "--format", "json").out)["facets"]["outlet"] == [
        {"name": "kota", "hits": 1}, {"name": "lentera", "hits": 1}, {"name": "samudra", "hits": 1}
    ]  # fmt: skip


def test_a_count_is_one_line(grain: Search) -> None:
    assert grain("gandum", "--count").out == "2 different articles (4 with copies)\n"
    assert grain("gandum", "--count", "--copies").out == "4 articles\n"
    assert grain("gandum", "--count", "--format", "csv").out.split() == ["total,with_copies", "2,4"]
    assert json.loads(grain("gandum", "--count", "--format", "jsonl").out) == {"total": 2, "with_copies": 4}


def test_facets_are_bars(search: Search) -> None:
    assert search("rusia OR gandum", "--facets", "--no-aliases").out.splitlines() == [
        "outlets",
        f"samudra        3 {'█' * 63}",
        f"cakrawala      2 {'█' * 42}",
        "",
        "5 articles",
    ]


def test_a_timeline_is_bars_from_the_first_to_the_last(search: Search) -> None:
    assert (
        search("rusia", "--timeline", "week", "--no-aliases").out.splitlines()
        == [
            f"week of 2024-09-02      1 {'█' * 27}",
            f"week of 2024-09-09      2 {'█' * 54}",
            "by week, days in Jakarta; 1 undated",
            "",
            "5 articles",
        ][:0]
        + search("rusia", "--timeline", "week", "--no-aliases").out.splitlines()
    )


def test_numbers_as_rows(search: Search) -> None:
    rows = list(csv.DictReader(io.StringIO(search("rusia", "--timeline", "month", "--format", "csv").out)))
    assert rows == [
        {"start": "2024-09-01", "stop": "2024-10-01", "hits": "4"},
        {"start": "", "stop": "", "hits": "1"},
    ]
    values = [json.loads(line) for line in search("rusia", "--facets", "--format", "jsonl").out.splitlines()]
    assert values[0] == {"facet": "outlet", "value": "samudra", "hits": 3}


def test_no_query_is_everything_selected(search: Search) -> None:
    assert search("--count").out == f"{len(ARTICLES)} articles\n"
    assert search("--outlet", "lentera", "--limit", "1").out.splitlines()[-1] == "11 articles, 1 shown"


@on_both
def test_pages_follow_each_other(search: Search) -> None:
    ids: list[str] = []
    more: tuple[str, ...] = ()
    while True:
        lines = search("rusia", "--limit", "2", *more).out.splitlines()
        ids += [line.split()[0] for line in lines if line.startswith("     ") and line[6].isdigit()]
        if not lines[-2].startswith("next page: --after "):
            break
        more = tuple(lines[-2].split()[2:])
    assert sorted(ids, key=int) == ["7", "9", "10", "22", "26"]
    assert search("rusia", "--after", "ngawur").err.startswith("scrapy search: unknown page 'ngawur'")


def test_hits_can_be_sorted(search: Search) -> None:
    def ids(*options: str) -> list[int]:
        return [json.loads(line)["id"] for line in search("rusia", "--format", "jsonl", *options).out.splitlines()]

    assert ids("--sort", "newest") == [26, 22, 9, 7, 10]
    assert ids("--sort", "oldest") == [7, 9, 22, 26, 10]


@pytest.fixture
def labelled(engine: Engine, database_url: str, capsys: pytest.CaptureFixture[str]) -> Search:
    """Articles with authors, sections, languages, likeness to the seeds; one is a seed, one was removed."""
    with Session(engine) as session:
        for title, values in (
            ("Satu", {"authors": ["Eko Satrio", "Ani"], "section": "Dunia", "language": "id", "seed_similarity": 0.41}),
            (
                "Dua",
                {"authors": ["Ani"], "section": "dunia", "language": "en", "seed_similarity": 0.7, "origin": "seed"},
            ),
            ("Tiga", {"section": "Olahraga", "language": "id", "removed_at": TEN}),
        ):
            add_article(session, title, f"Tiongkok nomor {title}.", **values)
        session.commit()
    return lambda *arguments: run(capsys, database_url, "search", *arguments)


def test_facets_narrow_the_search(labelled: Search) -> None:
    assert labelled("--author", "ani", "--count").out == "2 articles\n"
    assert labelled("--section", "DUNIA", "--section", "Olahraga", "--count").out == "3 articles\n"
    assert (
        labelled("tiongkok", "--lang", "id", "--author", "eko satrio", "--no-aliases", "--count").out == "1 article\n"
    )
    assert "search without --section and --lang" in labelled("--section", "Tiada", "--lang", "ms").out


def test_what_is_like_the_seeds_comes_first_and_says_how_much(labelled: Search) -> None:
    lines = labelled("--like-seeds").out.splitlines()
    assert [line.split()[0] for line in lines[:-1:3]] == ["2", "1", "3"]
    assert [line.strip() for line in lines[2:-1:3]] == [
        "70 % like the seeds; seed",
        "41 % like the seeds",
        "not compared with the seeds; removed from its page on 2024-09-14 10:00 WIB; kept here",
    ]


def test_without_seeds_nothing_is_like_them(search: Search) -> None:
    assert search("gandum", "--like-seeds").out.splitlines()[-2] == (
        "no article is compared with seeds yet; import some with `scrapy seeds import`"
    )


def test_other_names_are_found_too_and_told(labelled: Search) -> None:
    assert labelled("RRC").out.splitlines()[-2] == (
        "also searched: Tiongkok, China, Cina, RRT for RRC (--no-aliases turns this off)"
    )
    assert json.loads(labelled("RRC", "--format", "json").out)["aliases"] == {
        "RRC": ["Tiongkok", "China", "Cina", "RRT"]
    }
    assert labelled("RRC", "--no-aliases").out.startswith("0 articles")


def test_more_like_an_article_or_a_document(search: Search, tmp_path: Path) -> None:
    lines = search("--like", "22", "--limit", "3").out.splitlines()
    assert lines[-1] == "3 articles like article 22, most similar first"
    assert lines[2].endswith(" % like it")
    file = tmp_path / "contoh.txt"
    file.write_text("Lavrov berbincang dengan Wang\n\nLavrov dan Wang bertemu di Jakarta membahas Ukraina.\n")
    answer = json.loads(search("--like", str(file), "--format", "json", "--limit", "2").out)
    assert answer["like"] == str(file)
    assert {row["id"] for row in answer["articles"]} == {23, 24}
    file.write_text("Resep Rendang\n\nSantan dan lengkuas dimasak sampai empuk lalu disajikan.\n")
    assert (
        search("--like", str(file)).out
        == f"0 articles like {file}: none of the selected articles shares a rare word with it\n"
    )
    assert search("--like", "4711").err == "scrapy search: there is no article 4711; `scrapy search` shows the ids\n"


def test_more_than_can_be_ranked_is_told_as_more(search: Search, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.ranking.RANKED", 3)
    assert search("rusia").out.splitlines()[-1] == "more than 3 articles, 5 shown (--count counts them)"
    assert search("rusia", "--count").out.endswith("5 articles\n")


def test_csv_has_a_row_for_each_hit(search: Search) -> None:
    rows = list(csv.DictReader(io.StringIO(search("rusia", "--format", "csv").out)))
    assert {row["id"] for row in rows} == {"7", "9", "10", "22", "26"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "missing QUERY"),
        (["(rusia"], "column 1: this parenthesis is never closed"),
        (["rusia", "--since", "kemarin"], "--since kemarin: allowed is a day (2024-09-01)"),
        (["rusia", "--until", "2024-09-31"], "--until 2024-09-31: allowed is"),
        (["rusia", "--since", "2024-09-02", "--until", "2024-09-01"], "nothing lies between them"),
        (["rusia", "--limit", "0"], "from 1 on"),
        (["rusia", "--limit", "x"], "from 1 on"),
        (["rusia", "--format", "xml"], "invalid choice: 'xml'"),
        (["rusia", "--sejak", "2024"], "unknown option --sejak"),
        (["--timeline", "rusia"], "'rusia' is not day, week or month; write the QUERY before --timeline"),
        (["rusia", "--count", "--facets"], "--count cannot be combined with --facets"),
        (["rusia", "--facets", "--sort", "newest"], "--sort cannot be combined with --facets"),
        (["rusia", "--facets", "--timeline", "--format", "csv"], "--format csv has room for one table"),
        (["rusia", "--like-seeds", "--sort", "newest"], "--like-seeds cannot be combined with --sort"),
        (["--like", "3", "--after", "x"], "--like cannot be combined with --after"),
        (["--like", "3", "--like-seeds"], "--like cannot be combined with --like-seeds"),
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


@pytest.mark.process
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
