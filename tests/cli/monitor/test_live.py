import io
import re
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from rich.console import Console

from cli.monitor.live import LiveView, PlainView, SilentView, View, open_view
from cli.monitor.report import print_summary
from health.round_report import RoundReport
from tests.cli.monitor.rounds import BEGAN, BUSY, FAILING, HOSTILE, KOMPAS, LEFT, QUIET, made

RUNNING = replace(KOMPAS, name="tvri", stage="running", finished_at=None, new=7, rejected={}, copies=0, waiting=30)
WAITING = replace(LEFT, stage="waiting")


class Screen:
    """A terminal, and what it shows last."""

    def __init__(self, columns: int = 80, lines: int = 24) -> None:
        self.written, self.now = io.StringIO(), BEGAN
        console = Console(
            file=self.written, force_terminal=True, width=columns, height=lines, color_system=None,
            legacy_windows=False, _environ={},
        )  # fmt: skip
        self.view = LiveView(console, BEGAN + timedelta(minutes=30), self.clock)

    def clock(self) -> datetime:
        return self.now

    def show(self, *reports: RoundReport) -> list[str]:
        with self.view as view:
            for report in reports:
                self.now += timedelta(seconds=4)
                view.update(report)
            drawn = self.written.getvalue()
        return [line.rstrip() for line in re.split(r"\x1b\[2K", drawn)[-1].splitlines()]


def running(number: int) -> list[str]:
    return [f"o{place:03}" for place in range(number)]


def test_a_round_is_shown_with_totals_and_bars() -> None:
    report = made(KOMPAS, RUNNING, QUIET, WAITING, state="running", finished_at=None)
    lines = Screen().show(report)
    assert lines[0] == "\x1b[?25lround 123: 2 of 4 outlets done, 1 running, 1 waiting · 29 min 56 s left"
    assert lines[1] == "67 new · 206 requests, 0.0/s · 15 MB"
    assert re.fullmatch(r"tvri   ━+ +10/40 7 new", lines[2])
    assert re.fullmatch(r"kompas done, 3 min 20 s +108/108 +60 new", lines[3])
    assert re.fullmatch(r"antara done, 4 s +0/0 +0 new", lines[4])
    assert lines[5] == "and 1 more wait"


def test_requests_per_second_are_those_of_the_last_seconds() -> None:
    slow = [made(replace(RUNNING, requests=100)), made(replace(RUNNING, requests=108))]
    fast = [made(replace(RUNNING, requests=108 + 40 * step)) for step in range(1, 5)]
    assert "requests, 2.0/s" in Screen().show(*slow)[1]
    assert "requests, 10.0/s" in Screen().show(*slow, *fast)[1]


@pytest.mark.parametrize("lines", [5, 10, 24, 60])
@pytest.mark.parametrize("columns", [20, 80])
def test_hundreds_of_outlets_fit_the_terminal(lines: int, columns: int) -> None:
    outlets = [replace(RUNNING, name=name) for name in running(40)]
    outlets += [replace(KOMPAS, name=f"d{n}", finished_at=BEGAN + timedelta(minutes=n)) for n in range(9)]
    outlets += [replace(WAITING, name=f"w{place}") for place in range(180)]
    shown = Screen(columns, lines).show(made(*outlets), made(*outlets))
    assert len(shown) < lines
    assert max(map(len, shown)) <= columns
    assert shown[-1] == "and 180 more wait"
    hidden = 40 - sum(line.startswith("o") for line in shown)
    assert (f"and {hidden} more are running"[: columns - 1] in [line[: columns - 1] for line in shown]) == (lines < 60)
    assert any(line.startswith("d8") for line in shown) == (lines > 5)


def test_the_last_one_done_stands_first() -> None:
    again = replace(RUNNING, finished_at=KOMPAS.finished_at)
    shown = Screen().show(made(QUIET, KOMPAS, again), made(QUIET, KOMPAS, again))
    assert [line.split()[0] for line in shown[2:]] == ["tvri", "kompas", "antara"]


def test_the_terminal_is_left_as_it_was_whatever_happens() -> None:
    screen = Screen()
    with suppress(KeyboardInterrupt), screen.view as view:
        view.update(made(KOMPAS, RUNNING))
        raise KeyboardInterrupt
    drawn = screen.written.getvalue()
    assert drawn.rindex("\x1b[?25h") > drawn.rindex("\x1b[?25l")
    assert drawn.endswith("\x1b[1A\x1b[2K" * 4)


def test_what_is_printed_meanwhile_stands_above_the_view(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    screen = Screen()
    monkeypatch.setattr("sys.stdout", screen.written)
    with screen.view as view:
        view.update(made(RUNNING))
        print_summary(made(KOMPAS), BEGAN)
        drawn = screen.written.getvalue()
    assert drawn.index("round 123: 1 of 1 outlet done") < drawn.rindex("round 123: 0 of 1 outlets done")


def test_words_from_the_web_cannot_steer_the_view() -> None:
    hostile = replace(RUNNING, name=HOSTILE, title=HOSTILE, rejected={HOSTILE: 1}, messages=(HOSTILE,))
    shown = "\n".join(Screen().show(made(hostile), made(hostile)))
    assert not [sign for sign in ("\x1b", "\u202e", "\ud800") if sign in shown]


def test_an_outlet_that_is_crawled_again_has_another_line(capsys: pytest.CaptureFixture[str]) -> None:
    with PlainView() as view:
        for report in (made(KOMPAS), made(replace(KOMPAS, run_id=99)), made(KOMPAS, id=124), made(KOMPAS, id=124)):
            view.update(report)
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_without_a_terminal_each_outlet_has_a_line_when_it_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    with PlainView() as view:
        for report in (made(KOMPAS, RUNNING, LEFT, BUSY), made(KOMPAS, replace(RUNNING, stage="stopped"), LEFT, BUSY)):
            view.update(report)
            view.update(report)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [["kompas", "60"], ["tvri", "7"]]
    assert lines[0].index("updated") == lines[1].index("updated")
    assert lines[1].endswith("stopped: the next round goes on with it")


def test_nothing_is_shown_where_nothing_is_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    with open_view(quiet=True) as view:
        view.update(made(KOMPAS, FAILING))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("quiet", "terminal", "kind"),
    [(True, "xterm", SilentView), (False, "xterm", LiveView), (False, "dumb", PlainView), (False, None, PlainView)],
)
def test_the_view_is_what_the_output_can_show(
    monkeypatch: pytest.MonkeyPatch, *, quiet: bool, terminal: str | None, kind: type[View]
) -> None:
    class Output(io.StringIO):
        def isatty(self) -> bool:
            return terminal is not None

    monkeypatch.setattr("sys.stdout", Output())
    monkeypatch.setenv("TERM", terminal or "xterm")
    view = open_view(quiet=quiet)
    assert type(view) is kind
    assert view.listed == (kind is PlainView)
