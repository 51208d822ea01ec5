from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.scheduling.boundary import Boundary
from database import ledger
from database.schema import Flag, Gap, Source
from tests.cli.commands.running import Outcome, on_both, run
from tests.database.made_stories import add_copy

Outlets = Callable[..., Outcome]
NOW = datetime.now(UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DECLARED = """
title = "Kabar {name}"
site = "https://{name}.example/"
domains = ["{name}.example"]
groups = [{groups}]
status = "{status}"
[discover]
feeds = ["https://{name}.example/rss", "https://{name}.example/rss2"]
pages = ["https://{name}.example/indeks?page={{page}}"]
"""


def declare(folder: Path, name: str, groups: str = '"uji"', status: str = "active") -> None:
    text = DECLARED.format(name=name, groups=groups, status=status)
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The declarations of two outlets in a group of their own."""
    folder = tmp_path / "outlets"
    folder.mkdir()
    declare(folder, "pesisir")
    declare(folder, "suluh", '"uji", "daerah_uji"', "dormant")
    monkeypatch.setattr("settings.OUTLET_PATHS", [str(folder)])
    return folder


@pytest.fixture
def outlets(folder: Path, capsys: pytest.CaptureFixture[str]) -> Outlets:
    """Runs ``scrapy outlets`` without any database."""
    return lambda *arguments: run(capsys, f"sqlite:///{folder}/tiada/pantau.db", "outlets", *arguments)


@pytest.fixture
def health(
    engine: Engine,  # noqa: ARG001 - the database is there
    database_url: str,
    folder: Path,  # noqa: ARG001
    capsys: pytest.CaptureFixture[str],
) -> Outlets:
    """Runs ``scrapy outlets health``."""
    return lambda *arguments: run(capsys, database_url, "outlets", "health", *arguments)


@pytest.fixture
def trouble(engine: Engine) -> None:
    """One outlet that fell silent, with a gap that another source closed in part."""
    with Session(engine) as session:
        for days in range(2, 12):
            for number in range(4):
                add_copy(session, "pesisir", NOW - days * DAY, f"Berita {days} {number}")
        run_id = ledger.start_run(session, "pesisir", Boundary(), NOW - HOUR)
        ledger.finish_run(
            session,
            run_id,
            ledger.RunEnd("finished", {}, "rss: HTTP 503\x1b[31m", requests=12, received=812),
            NOW - HOUR + DAY / 1440,
        )
        feed = ledger.source(session, "pesisir", "https://pesisir.example/rss", "feed").id
        page = ledger.source(session, "pesisir", "https://pesisir.example/indeks?page=1", "listing").id
        ledger.source(session, "pesisir", "https://pesisir.example/lama", "feed")
        session.get_one(Source, page).checked_at = NOW - HOUR
        session.get_one(Source, page).due_at = NOW + DAY
        session.get_one(Source, page).interval_s = 7200
        failing = session.get_one(Source, feed)
        failing.checked_at, failing.failures, failing.problem = None, 3, "HTTP 503\x1b[31m"
        session.query(Source).filter(Source.url.like("%/lama")).one().retired_at = NOW
        session.add(
            Flag(
                outlet="pesisir",
                kind="silent",
                words="0 articles for 2 days",
                raised_at=NOW - HOUR,
                seen_at=NOW,
                facts={},
            )
        )
        session.add(
            Gap(
                outlet="pesisir",
                source_id=feed,
                found_at=NOW - DAY,
                since=NOW - 2 * DAY,
                until=NOW - DAY,
                estimate=12,
                recovered=8,
            )
        )
        session.commit()


def test_the_list_shows_what_is_declared(outlets: Outlets) -> None:
    lines = outlets("list", "--group", "uji").out.splitlines()
    assert lines == [
        "pesisir  active   Kabar pesisir  uji              2 feeds, 1 listing page",
        "suluh    dormant  Kabar suluh    uji, daerah_uji  2 feeds, 1 listing page",
    ]
    assert outlets("--group", "uji", "--status", "dormant").out.splitlines() == [
        "suluh  dormant  Kabar suluh  uji, daerah_uji  2 feeds, 1 listing page"
    ]
    assert any(line.startswith("antara ") for line in outlets().out.splitlines())


def test_a_wrong_declaration_is_told_and_the_others_go_on(outlets: Outlets, folder: Path) -> None:
    (folder / "rusak.toml").write_text("title = 3")
    status, out, err = outlets("list")
    assert status == 1
    assert "pesisir" in out
    assert "rusak.toml" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["lihat"], "unknown action lihat; allowed are list, health [NAME…] or check NAME"),
        (["check"], "wrong arguments of check"),
        (["health", "tiada"], "tiada"),
        (["list", "--group", "tiada"], "no group is called 'tiada'"),
        (["list", "--group", "uji", "--status", "blocked"], "no outlet matches"),
    ],
)
def test_what_cannot_be_is_refused(outlets: Outlets, arguments: list[str], words: str) -> None:
    status, out, err = outlets(*arguments)
    assert (status, out) == (2, "")
    assert words in err


@on_both
def test_health_begins_with_outlets_in_trouble(health: Outlets, trouble: None, engine: Engine) -> None:  # noqa: ARG001
    with Session(engine) as session:
        add_copy(session, "antara", NOW)
        session.commit()
    lines = health().out.splitlines()
    assert lines[0].split()[:6] == ["pesisir", "silent", "usual", "4", "a", "day"]
    assert lines[0].endswith("about 4 articles may have been missed")
    assert lines[1] == "  0 articles for 2 days"
    assert lines[2].split()[:3] == ["antara", "never", "crawled"]
    assert lines[-1].endswith(" outlets, 1 needs attention (`scrapy outlets health NAME` shows details)")
    assert [line.split()[0] for line in health("--group", "uji").out.splitlines()[:-1]] == [
        "pesisir",
        "0",
        "suluh",
    ]


def test_the_health_of_an_outlet_is_told_with_its_sources(health: Outlets, trouble: None) -> None:  # noqa: ARG001
    status, out, err = health("pesisir")
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "pesisir  Kabar pesisir  active  silent"
    assert lines[1].endswith("WIB: 0 articles for 2 days")
    assert lines[2].startswith("  articles  usual 4 a day; newest article ")
    assert lines[3].endswith(", finished after 1 min: 12 requests, 812 B; rss: HTTP 503[31m")
    lost = "sources lost about 12 articles in 30 days, 8 of them came from other sources, 4 did not; 1 gap open"
    assert lines[4] == f"  missed    {lost}"
    assert lines[5].endswith("/rss: 1 gap, 1 open, about 12 articles, 8 recovered")
    assert lines[6] == "  sources   2 sources"
    assert lines[7].endswith("/rss: due now, 3 failures in a row, it never answered: HTTP 503[31m")
    assert ": every 2 h, due " in lines[8]
    assert len(lines) == 9


def test_the_health_of_an_outlet_never_crawled_is_told(health: Outlets) -> None:
    assert health("suluh").out.splitlines() == [
        "suluh  Kabar suluh  dormant  never crawled",
        "  articles  usual not known yet; newest article never",
        "  last run  none yet",
        "  sources   none polled yet; declared: 2 feeds, 1 listing page",
    ]
