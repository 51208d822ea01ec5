import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cli.monitor.report import print_summary
from core.formatting import format_bytes, format_duration
from health.round_report import RoundReport
from tests.cli.monitor.rounds import BUSY, ENDED, FAILING, HOSTILE, KOMPAS, LEFT, QUIET, made

Summarise = Callable[..., list[str]]


@pytest.fixture
def summarise(capsys: pytest.CaptureFixture[str]) -> Summarise:
    def told(report: RoundReport, *, quiet: bool = False, listed: bool = False, file: Path | None = None) -> list[str]:
        print_summary(report, ENDED, quiet=quiet, listed=listed, file=file)
        return capsys.readouterr().out.splitlines()

    return told


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[RoundReport, int], list[str]]:
    """What a terminal of so many columns shows, without its colours."""

    def told(report: RoundReport, columns: int) -> list[str]:
        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("NO_COLOR", "1")
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setattr("sys.stdout", screen := Terminal())
        print_summary(report, ENDED)
        lines = screen.getvalue().replace("\x1b[1m", "").replace("\x1b[2m", "").replace("\x1b[0m", "").splitlines()
        return [line.rstrip() for line in lines]

    return told


def test_lines_stand_in_columns(summarise: Summarise) -> None:
    lines = summarise(made(KOMPAS, replace(KOMPAS, name="tvri", new=1200, copies=0, rejected={})))
    assert lines[0] == (
        "kompas     60 new     3 updated     1 copy       44 rejected     0 failed     102 requests   7.3 MB"
        "   3 min 20 s  rejected: 43 too-old, 1 listing"
    )
    assert lines[1].index("new") == lines[0].index("new")
    assert lines[1].index("requests") == lines[0].index("requests")


def test_outlets_with_nothing_new_or_without_a_turn_are_summed(summarise: Summarise) -> None:
    many = [replace(QUIET, name=f"o{number}") for number in range(180)]
    nothing = "0 new, 0 updated, 0 copies, 0 rejected, 0 failed"
    assert summarise(made(*many, LEFT, BUSY, not_due=4)) == [
        "180 outlets with nothing new: 360 requests",
        "1 outlet, the round ended before its turn: tempo",
        "1 outlet, another run is crawling it: viva",
        f"round 123: 180 of 182 outlets done, 4 not due; {nothing}; 360 requests, 7.2 MB, 21 min",
    ]


def test_the_last_line_says_what_failed(summarise: Summarise) -> None:
    raised = ("rakyatku: silent for 3 days",)
    lines = summarise(made(KOMPAS, FAILING, raised=raised, cleared=("kompas: well again",)), file=Path("r.html"))
    assert lines[-5].startswith("  rakyatku: 3 failed (2 network, 1 http-status): https://rakyatku.test/rss: HTTP 503")
    assert lines[-4:] == [
        "  raised: rakyatku: silent for 3 days",
        "  cleared: kompas: well again",
        "report: r.html",
        "1 outlet with failures, 1 flag raised: rakyatku: silent for 3 days",
    ]
    assert summarise(made(state="failed", message="disk full"))[-1] == "the round failed: disk full"
    assert summarise(made(FAILING))[-1].startswith("1 outlet with failures (what failed is tried again): rakyatku: ")


def test_a_stopped_round_says_that_the_next_goes_on(summarise: Summarise) -> None:
    lines = summarise(made(KOMPAS, state="stopped", message="30 minutes are over"))
    assert lines[-1] == "stopped before the end (30 minutes are over): the next round goes on"


def test_outlets_told_already_are_not_repeated(summarise: Summarise) -> None:
    lines = summarise(made(KOMPAS), listed=True)
    assert [line[:10] for line in lines] == ["round 123:"]


def test_quiet_tells_only_what_matters(summarise: Summarise) -> None:
    assert summarise(made(KOMPAS, QUIET, LEFT), quiet=True) == []
    assert summarise(made(KOMPAS, cleared=("a: well",)), quiet=True) == ["  cleared: a: well"]
    assert summarise(made(KOMPAS, FAILING), quiet=True) == []  # it is tried again
    lines = summarise(made(KOMPAS, FAILING, raised=("rakyatku: silent",)), quiet=True)
    assert [line[:12] for line in lines] == ["  rakyatku: ", "  raised: ra", "1 outlet wit"]


def test_hundreds_of_failures_fit_a_screen(summarise: Summarise) -> None:
    many = [replace(FAILING, name=f"o{number}") for number in range(500)]
    lines = summarise(made(*many, raised=("x: silent",) * 500), listed=True)
    assert len(lines) == 44
    assert "  and 480 more" in lines


def test_words_from_the_web_cannot_steer_the_terminal(
    summarise: Summarise, terminal: Callable[[RoundReport, int], list[str]]
) -> None:
    hostile = replace(FAILING, messages=(f"{HOSTILE}\r\nsecond\x9b1m" * 99,), rejected={"\x1b[2J": 1}, stage="stopped")
    report = made(hostile, raised=(HOSTILE,), state="failed", message=HOSTILE)
    for shown in ("\n".join(summarise(report)), "\n".join(terminal(report, 80)).replace("\x1b[31m", "")):
        assert not [sign for sign in ("\x1b", "\x9b", "\r", "\u202e", "\ud800") if sign in shown]
        assert max(map(len, shown.splitlines())) <= 300


@pytest.mark.parametrize("columns", [40, 80, 100, 200])
def test_a_terminal_gets_a_table(terminal: Callable[[RoundReport, int], list[str]], columns: int) -> None:
    lines = terminal(made(KOMPAS, QUIET, FAILING), columns)
    assert lines[0].startswith("outlet")
    assert next(line.split()[:2] for line in lines if line.startswith("kompas")) == ["kompas", "60"]
    assert ("requests" in lines[0]) == (columns > 80)
    assert any("rejected: 43 too-old, 1 listing" in line for line in lines) == (columns == 200)
    assert "1 outlet with nothing new: 2 requests" in lines


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (9_960, "10 kB"), (999_600, "1.0 MB"), (7 * 10**12, "7,000 GB")],
)
def test_sizes_are_short(number: int, words: str) -> None:
    assert format_bytes(number) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-1, "0 s"), (59.4, "59 s"), (61, "1 min 1 s"), (900, "15 min"), (90_300, "25 h 5 min")],
)
def test_durations_are_short(seconds: float, words: str) -> None:
    assert format_duration(seconds) == words
