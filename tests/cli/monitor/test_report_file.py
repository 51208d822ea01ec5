import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cli.monitor.report import page, write_report
from health.round_report import from_json, to_json
from tests.cli.monitor.rounds import BEGAN, BUSY, ENDED, FAILING, HOSTILE, KOMPAS, LEFT, QUIET, made

ROUND = made(KOMPAS, QUIET, FAILING, LEFT, BUSY, not_due=4, raised=("rakyatku: silent",), cleared=("kompas: well",))


def test_a_round_comes_back_from_json_as_it_was() -> None:
    assert from_json(json.loads(json.dumps(to_json(ROUND)))) == ROUND


def test_instants_are_written_with_their_offset() -> None:
    assert to_json(ROUND)["started_at"] == "2024-09-14T22:00:00+00:00"
    assert to_json(ROUND)["outlets"][0]["newest_at"] == "2024-09-14T21:55:00+00:00"


def test_what_another_version_wrote_can_be_read() -> None:
    values = {
        "id": 1,
        "started_at": "2024-09-14T22:00:00+00:00",
        "later": 1,
        "outlets": [{"name": "viva", "later": []}],
    }
    report = from_json(values)
    assert (report.id, report.started_at, report.finished_at, report.state) == (1, BEGAN, None, "finished")
    assert [(one.name, one.title, one.stage, one.new) for one in report.outlets] == [("viva", "viva", "finished", 0)]
    assert from_json({"id": 1, "started_at": "2024-09-14T22:00:00+00:00"}).outlets == ()


def test_both_files_are_written_and_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    path = write_report(ROUND, folder, ENDED)
    assert path == write_report(ROUND, folder, ENDED) == folder / "round-000123.html"
    assert sorted(one.name for one in folder.iterdir()) == ["round-000123.html", "round-000123.json"]
    assert json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["outlets"][0]["new"] == 60


def test_what_cannot_be_written_leaves_the_old_files_and_no_half_ones(tmp_path: Path) -> None:
    path = write_report(ROUND, tmp_path, ENDED)
    before = path.read_bytes()
    (tmp_path / "round-000123.json").unlink()
    (tmp_path / "round-000123.json").mkdir()
    with pytest.raises(OSError, match="round-000123"):
        write_report(replace(ROUND, not_due=0), tmp_path, ENDED)
    assert path.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 2


def test_nothing_in_a_page_is_run_or_fetched() -> None:
    hostile = replace(FAILING, title=HOSTILE, flags=(HOSTILE,), rejected={HOSTILE: 1})
    html = page(made(hostile, raised=(HOSTILE,), cleared=(HOSTILE,), message=HOSTILE, state="failed"), ENDED)
    assert "&lt;script&gt;alert(1)" in html
    assert not re.search(r"<script|src=|href=|url\(|@import|\x1b|\u202e|\ud800", html)
    assert "default-src 'none'" in html


def test_what_needs_a_look_stands_before_the_table() -> None:
    html = page(ROUND, ENDED)
    look, table = html.index("What needs a look first"), html.index("<table>")
    assert html.index("1 flag raised") < table
    assert look < html.index("3 failed (2 network, 1 http-status): https://rakyatku.test/rss: HTTP 503") < table
    assert look < html.index("about 12 articles may have been missed") < table
    assert "Somebody should look." in html
    assert "1 outlet, the round ended before its turn: tempo" in html
    assert "1 outlet, another run is crawling it: viva" in html


def test_a_page_has_every_number_of_an_outlet() -> None:
    row = page(ROUND, ENDED).split("<tr>")[2]
    cells = re.sub(r"<[^>]+>", " ", row).split()
    assert " ".join(cells) == (
        "kompas Kompas.com no flag 250 60 3 1 44 43 too-old, 1 listing 0 102 7.3 MB 3 min 20 s 15 Sep 2024, 04.55 WIB"
    )


def test_a_good_round_says_so_in_its_page() -> None:
    html = page(made(KOMPAS), ENDED)
    assert "Nothing failed, and no flag was raised." in html
    assert "What needs a look first" not in html
    assert "No flag was raised; what failed is tried again." in page(made(FAILING), ENDED)


def test_a_page_may_show_a_round_that_is_not_over() -> None:
    html = page(made(replace(KOMPAS, stage="running", finished_at=None), finished_at=None, state="running"), ENDED)
    assert "As it stood after 21 min." in html
    assert "The round is still running" in html


def test_a_round_without_outlets_has_a_page() -> None:
    html = page(made(finished_at=BEGAN + timedelta(seconds=1), not_due=29), ENDED)
    assert "0 outlets had something to do, 29 had not." in html
    assert "<table>" not in html
