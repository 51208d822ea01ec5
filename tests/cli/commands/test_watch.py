import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from database.schema import Flag
from tests.alerts.lists import HOOK, to, write
from tests.alerts.news import come
from tests.alerts.servers import Inbox, never, webhook
from tests.cli.commands.running import Outcome, on_both, run

Watch = Callable[..., Outcome]
NOW = datetime.now(UTC)
OFF = "tiongkok_rusia  off  "


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    with webhook() as (port, inbox):
        monkeypatch.setenv("PORT", str(port))
        monkeypatch.setenv("HOOK", "sangat-rahasia")
        yield inbox


@pytest.fixture
def watch(
    engine: Engine,  # noqa: ARG001 - the database is there
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Watch:
    """Runs ``scrapy watch`` on an empty database, with one watchlist that tells the webhook."""
    (tmp_path / "daftar").mkdir()
    write(tmp_path / "daftar", tell=to(HOOK))
    monkeypatch.setattr("settings.WATCHLIST_PATHS", [str(tmp_path / "daftar")])
    monkeypatch.delenv("OPERATOR_CHANNEL", raising=False)
    return lambda *arguments: run(capsys, database_url, "watch", *arguments)


def arrive(engine: Engine, title: str, **values: Any) -> None:
    with Session(engine) as session:
        come(session, title, **({"published_at": NOW - timedelta(hours=1), "first_seen_at": NOW} | values))


@on_both
def test_a_run_tells_what_it_found_and_sent(watch: Watch, engine: Engine, hook: Inbox) -> None:
    assert watch("run") == (0, "gandum: begins; 0 new articles\n", "")
    arrive(engine, "Kapal")
    assert watch("run").out.splitlines() == [
        "gandum: 1 new article",
        f"sent: gandum to {HOOK}: Daftar gandum: 1 new article",
    ]
    assert watch("run", "gandum") == (0, "gandum: 0 new articles\n", "")
    assert len(hook.taken) == 1


def test_a_run_without_an_active_watchlist_says_so(watch: Watch, tmp_path: Path) -> None:
    told = "nothing was searched: none of the watchlists is active (`scrapy watch list` shows them)\n"
    assert watch("run", "tiongkok_rusia") == (0, told, "")
    (tmp_path / "daftar" / "gandum.toml").unlink()
    assert watch("run").out == watch("run", "--dry-run").out == told


@on_both
def test_flags_are_told_to_the_operator(
    watch: Watch, engine: Engine, hook: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPERATOR_CHANNEL", f"json://127.0.0.1:{os.environ['PORT']}/operator")
    with Session(engine) as session, session.begin():
        session.add(Flag(outlet="lentera", kind="silent", words="0 articles\x1b[2J", raised_at=NOW, seen_at=NOW))
    would = watch("run", "--dry-run").out.splitlines()
    assert would[1:] == [
        "       to ${OPERATOR_CHANNEL}: 1 outlet needs attention: lentera", "       - lentera: 0 articles[2J"
    ]  # fmt: skip
    assert hook.asked == 0
    told = "sent: (operator) to ${OPERATOR_CHANNEL}: 1 outlet needs attention: lentera"
    assert told in watch("run").out.splitlines()
    assert told not in watch("run").out.splitlines()
    listed = watch("list").out.splitlines()
    assert listed[listed.index("the operator") + 1].startswith(
        "       ${OPERATOR_CHANNEL}, flags at once, digest daily 07:00: last sent "
    )


def test_what_fails_is_told_last_with_status_1(watch: Watch, engine: Engine, hook: Inbox) -> None:
    hook.takes = never
    watch("run")
    arrive(engine, "Kapal")
    status, out, err = watch("run")
    assert (status, out.splitlines()[-1]) == (1, "1 message not sent yet; `scrapy watch list` shows the reasons")
    assert f"gandum.toml): {HOOK}: " in err
    status, out, err = watch("list")
    assert (status, err) == (0, "")
    assert f"{HOOK}, at once: nothing sent yet, 0 sent, 0 pending, 1 failed" in out
    assert "         1 attempt, again 20" in out
    assert "rahasia" not in out


def test_the_list_has_all_with_their_channels(watch: Watch, engine: Engine, hook: Inbox) -> None:
    before = watch("list").out
    assert "gandum  active  Daftar gandum  (" in before
    assert OFF in before
    assert "       not run yet: the next run begins\n" in before
    watch("run")
    arrive(engine, "Kapal")
    watch("run")
    after = watch("list").out
    assert "       last run 20" in after
    assert ", 1 sent, 0 pending, 0 failed\n" in after
    assert len(hook.taken) == 1


@on_both
def test_a_dry_run_prints_and_changes_nothing(watch: Watch, engine: Engine, hook: Inbox) -> None:
    watch("run")
    arrive(engine, "Kapal")
    with engine.connect() as connection:
        before = connection.execute(text("SELECT * FROM watches")).all()
    first, second = watch("run", "--dry-run"), watch("run", "--dry-run")
    assert first == second
    assert "gandum: 1 new article\n" in first.out
    assert f"       to {HOOK}: Daftar gandum: 1 new article\n       Kapal\n" in first.out
    with engine.connect() as connection:
        assert connection.execute(text("SELECT * FROM watches")).all() == before
        assert connection.execute(text("SELECT count(*) FROM deliveries")).scalar() == 0
    assert hook.asked == 0
    hook.takes = never
    watch("run")
    with engine.begin() as connection:
        connection.execute(text("UPDATE deliveries SET next_attempt_at = created_at"))
    assert "waiting since an earlier run, attempts so far: 1\n" in watch("run", "--dry-run").out


def test_since_tells_of_what_is_stored(watch: Watch, engine: Engine, hook: Inbox) -> None:
    arrive(engine, "Kapal", published_at=NOW - timedelta(days=3))
    arrive(engine, "Lama", published_at=NOW - timedelta(days=9))
    assert "begins; 1 new article\n" in watch("run", "--since", "7d").out
    assert "Kapal\n" in hook.taken[0]["message"]


def test_a_test_shows_what_matches_and_sends_it_if_asked(watch: Watch, engine: Engine, hook: Inbox) -> None:
    arrive(engine, "Kapal")
    arrive(engine, "Lama", published_at=NOW - timedelta(days=9))
    status, out, _ = watch("test", "gandum")
    assert (status, hook.asked) == (0, 0)
    assert "1 different article in the last 7 days, 1 shown\nKapal\nsamudra · " in out
    assert watch("test", "gandum", "--send").out.endswith(f"{HOOK}: sent\n")
    assert hook.taken[0]["title"] == "Test: Daftar gandum: 1 new article"
    hook.takes = never
    status, out, err = watch("test", "gandum", "--send")
    assert (status, out.splitlines()[-1]) == (1, f"{HOOK}: not sent")
    assert "503" in err


def test_a_test_without_matches_sends_something_too(watch: Watch, hook: Inbox) -> None:
    assert watch("test", "gandum", "--send").status == 0
    assert hook.taken[0]["message"] == "No article of the last 7 days matches; this message is a test."


def test_a_digest_is_printed_or_written(watch: Watch, engine: Engine, tmp_path: Path) -> None:
    arrive(engine, "Kapal", published_at=datetime(2024, 9, 14, 5, tzinfo=UTC))
    assert watch("digest", "--day", "2024-09-14", "--format", "markdown").out.startswith(
        "# Pantau, 14 Sep 2024: 1 article"
    )
    assert watch("digest", "--day", "2024-09-14", "-o", str(tmp_path / "h.html")) == (0, "", "")
    assert "<h1>Pantau, 14 Sep 2024: 1 article</h1>" in (tmp_path / "h.html").read_text(encoding="utf-8")
    assert "For the operator" in watch("digest", "--operator").out
    assert watch("digest", "-o", "-").out.startswith("<!doctype html>")
    lost = tmp_path / "tiada" / "h.html"
    assert watch("digest", "-o", str(lost)).err.startswith(f"scrapy watch: cannot write {lost}: No such file")


def test_a_wrong_watchlist_is_told_and_the_others_go_on(watch: Watch, tmp_path: Path, hook: Inbox) -> None:
    (tmp_path / "daftar" / "rusak.toml").write_text("title = 'R'\nquery = '(x'")
    for action in ("run", "list"):
        status, out, err = watch(action)
        assert status == 1
        assert "gandum" in out
        assert 'rusak.toml: query = "(x": column 1: this parenthesis is never closed' in err
    assert watch("test", "rusak").status == 1
    assert hook.asked == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "missing action: list, test NAME, run [NAME…] or digest"),
        (["lihat"], "unknown action lihat"),
        (["test"], "wrong arguments of test"),
        (["test", "gandm"], "no watchlist is called 'gandm'. Did you mean gandum?"),
        (["run", "tiada"], "no watchlist is called 'tiada'"),
        (["run", "--since", "kemarin"], "--since kemarin: allowed is a day"),
        (["digest", "--day", "kemarin"], "--day kemarin: must be a day, e.g. 2024-09-14"),
        (["list", "--since", "7d"], "--since is an option of `scrapy watch run` only"),
        (["run", "--operator"], "--operator is an option of `scrapy watch digest` only"),
        (["digest", "--dry-run"], "--dry-run is an option of `scrapy watch run` only"),
        (["digest", "--format", "pdf"], "invalid choice: 'pdf'"),
        (["run", "--sejak"], "unknown option --sejak"),
    ],
)  # fmt: skip
def test_wrong_usage_says_what_is_allowed(watch: Watch, arguments: list[str], words: str) -> None:
    status, out, err = watch(*arguments)
    assert (status, out) == (2, "")
    assert words in err
