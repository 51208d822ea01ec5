from datetime import date, timedelta

import pytest

from cli.charts import print_facets, print_timeline
from cli.hits import bar_records, value_records
from search.facets import Bar, Timeline, Value

FIRST = date(2024, 9, 1)


def by_day(*hits: int, undated: int = 0) -> Timeline:
    days = [FIRST + timedelta(days=number) for number in range(len(hits))]
    bars = [Bar(day, day + timedelta(days=1), number) for day, number in zip(days, hits, strict=True)]
    return Timeline("day", bars, undated)


def test_long_stretches_without_a_hit_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_timeline(by_day(2, 0, 0, 1, 0, 0, 0, 0, 1))
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:3] for line in lines[:6]] == [
        ["2024-09-01", "2", "█" * 62],
        ["2024-09-02", "0"],
        ["2024-09-03", "0"],
        ["2024-09-04", "1", "█" * 31],
        ["…", "0", "4"],
        ["2024-09-09", "1", "█" * 31],
    ]
    assert lines[4].endswith("4 days")
    assert lines[6:] == ["by day, days in Jakarta", ""]


def test_lines_fit_a_terminal_and_end_without_blanks(capsys: pytest.CaptureFixture[str]) -> None:
    print_timeline(by_day(1_234_567, 3, 17))
    print_facets({"author": [Value("Nama yang sangat panjang sekali " * 3, 9), Value("Ani", 4)]})
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) == 80
    assert not [line for line in lines if line != line.rstrip()]


def test_a_chart_without_a_date_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    print_timeline(Timeline("day", (), 1_200))
    assert capsys.readouterr().out == "by day, days in Jakarta; 1,200 undated\n\n"


def test_only_the_first_values_are_shown_and_the_rest_counted(capsys: pytest.CaptureFixture[str]) -> None:
    print_facets({"outlet": [Value(f"nomor{number}", 20 - number) for number in range(12)], "section": []})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "outlets"
    assert len(lines) == 13
    assert lines[11:] == ["… 2 more", ""]


def test_names_from_the_web_are_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    print_facets({"author": [Value("[red]Ani\x1b[2J\u3000[/red]", 1)]})
    line = capsys.readouterr().out.splitlines()[1]
    assert line.startswith("[red]Ani[2J")
    assert "\x1b" not in line


def test_on_a_terminal_bars_have_a_colour(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")
    print_timeline(by_day(1))
    assert "\x1b[36" in capsys.readouterr().out


def test_programs_get_every_number() -> None:
    assert list(bar_records(by_day(2, undated=3))) == [{"start": "2024-09-01", "stop": "2024-09-02", "hits": 2}]
    assert list(value_records({"language": [Value("id", 4)]})) == [{"facet": "language", "value": "id", "hits": 4}]
