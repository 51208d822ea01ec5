import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from database.engine import open_database
from tests.cli.commands.running import Outcome, on_both, run
from tests.database.made_stories import TEN, add_copy, add_story

Stories = Callable[..., Outcome]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MIDNIGHT = TEN - 10 * HOUR


@pytest.fixture
def stories(engine: Engine, database_url: str, capsys: pytest.CaptureFixture[str]) -> Stories:
    """Grain at four outlets, a flood at two, a story within one outlet."""
    with Session(engine) as session:
        told = (
            ("antara", TEN), ("kota", TEN + HOUR / 5), ("lentera", TEN + 4 * HOUR / 3), ("kota", TEN + 2 * HOUR),
        )  # fmt: skip
        grain = [add_copy(session, outlet, at) for outlet, at in told]
        grain.append(add_copy(session, "samudra", MIDNIGHT + DAY, published_precision="day"))
        grain.append(add_copy(session, "samudra", None))
        add_story(session, grain, {grain[2]: 2 / 3})
        flood = [add_copy(session, outlet, TEN + 60 * DAY, "Banjir", text="Banjir.") for outlet in ("kota", "antara")]
        add_story(session, flood)
        add_story(session, [add_copy(session, "kota", TEN, "Cuaca", text="Cerah.") for _ in range(2)])
    return lambda *arguments: run(capsys, database_url, "stories", *arguments)


def ids(outcome: Outcome) -> list[int]:
    return [story["story_id"] for story in json.loads(outcome.out)["stories"]]


def test_stories_name_the_first_and_who_followed_when(stories: Stories) -> None:
    status, out, err = stories()
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "      1  2024-09-14 10:00 WIB  4 outlets, 6 articles  Rusia Kirim Gandum",
        "         antara 0, kota +12 min (×2), lentera +1 h 20 min, samudra +1 d (×2)",
        "      8  2024-11-13 10:00 WIB  2 outlets, 2 articles  Banjir",
        "         antara 0, kota +0 min",
        "2 stories, 2 shown",
    ]


@on_both
def test_options_narrow_the_stories(stories: Stories) -> None:
    data = ("--format", "json")
    assert ids(stories(*data)) == [1, 2]
    assert ids(stories("--min-outlets", "1", *data)) == [1, 2, 3]
    assert ids(stories("--min-outlets", "3", *data)) == [1]
    assert ids(stories("--since", "2024-10", *data)) == [2]
    assert ids(stories("--until", "2024-10", *data)) == [1]
    assert ids(stories("--query", "banjir", *data)) == [2]
    assert ids(stories("--outlet", "lentera", *data)) == [1]
    assert ids(stories("--outlet", "lentera", "--outlet", "kota", *data)) == [1, 2]


def test_the_total_counts_what_is_not_shown(stories: Stories) -> None:
    assert stories("--limit", "1").out.endswith("2 stories, 1 shown\n")
    answer = json.loads(stories("--limit", "1", "--format", "json").out)
    assert (answer["total"], len(answer["stories"])) == (2, 1)


@on_both
def test_json_holds_every_article_of_a_story(stories: Stories) -> None:
    (line, _) = stories("--format", "jsonl").out.splitlines()
    story = json.loads(line)
    assert {key: story[key] for key in ("story_id", "outlets", "copies")} == {"story_id": 1, "outlets": 4, "copies": 6}
    assert [(row["outlet"], row["lag"], row["similarity"]) for row in story["articles"]] == [
        ("antara", 0, 1.0),
        ("kota", 720, 1.0),
        ("lentera", 4800, 0.6667),
        ("kota", 7200, 1.0),
        ("samudra", None, 1.0),
        ("samudra", None, 1.0),
    ]
    assert story["articles"][0] == {
        "id": 1, "url": "https://antara.example/rusia-kirim-gandum", "outlet": "antara", "title": "Rusia Kirim Gandum",
        "published_at": "2024-09-14T10:00:00+07:00", "lag": 0, "similarity": 1.0,
    }  # fmt: skip


def test_csv_has_a_row_for_each_article(stories: Stories) -> None:
    rows = list(csv.DictReader(io.StringIO(stories("--format", "csv").out)))
    assert [(row["story_id"], row["id"], row["lag"]) for row in rows[:3]] == [
        ("1", "1", "0"), ("1", "2", "720"), ("1", "3", "4800")
    ]  # fmt: skip
    assert len(rows) == 8


def test_on_a_terminal_eighty_columns_are_enough(stories: Stories, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", "80")
    lines = stories().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[1].split() == ["1", "2024-09-14", "10:00", "WIB", "4", "outlets", "Rusia", "Kirim", "Gandum"]


def test_no_story_is_no_failure_and_helps(stories: Stories, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = stories("--query", "trenggiling", "--outlet", "kota")
    assert (status, out) == (0, "0 stories of the 3 stored; none matches --query and --outlet and --min-outlets 2\n")
    other = f"sqlite:///{tmp_path}/kosong.db"
    open_database(other).dispose()
    assert run(capsys, other, "stories").out.startswith("0 stories: no text is stored twice yet")


def test_articles_of_an_older_version_are_told_to_wait_for_the_next_crawl(stories: Stories, engine: Engine) -> None:
    with Session(engine) as session:
        add_copy(session, "kota", TEN, "Pasar", text="Pasar.", scheme=0)
        session.commit()
    assert stories().out.endswith(
        "2 stories, 2 shown\n1 article of an older version not compared yet: the next crawl compares them\n"
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["gandum"], "unexpected argument 'gandum'; give words by --query"),
        (["--min-outlets", "0"], "from 1 on"),
        (["--limit", "x"], "from 1 on"),
        (["--since", "kemarin"], "--since kemarin: allowed is"),
        (["--query", "(rusia"], "this parenthesis is never closed"),
        (["--format", "xml"], "invalid choice: 'xml'"),
        (["--sejak", "2024"], "unknown option --sejak"),
    ],
)
def test_wrong_usage_says_what_is_allowed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    status, out, err = run(capsys, f"sqlite:///{tmp_path}/tiada.db", "stories", *arguments)
    assert (status, out) == (2, "")
    assert words in err
