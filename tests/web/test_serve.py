"""``scrapy serve`` as a process: where it listens, what it refuses, how it ends."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from core.errors import PantauError, UsageError
from web.server import address_of, listen, read_token

pytestmark = pytest.mark.process

PROJECT = Path(__file__).resolve().parents[2]
TOKEN = "kunci-rahasia-0123456789"


def started(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "scrapy", "serve", *arguments],
        cwd=PROJECT,
        env={**os.environ, "PYTHONWARNINGS": "default", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@contextmanager
def serving(*arguments: str, **environment: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server at a free port: its address, as it says it itself, and its process."""
    process = started("--port", "0", *arguments, **environment)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.match(r"Pantau is at (http://\S+/) ", line)
        assert found, line + process.communicate(timeout=60)[1]
        yield found[1], process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def database(archive_file: Path, tmp_path: Path) -> str:
    file = tmp_path / "served.db"
    file.write_bytes(archive_file.read_bytes())
    return f"sqlite:///{file}"


def test_it_serves_until_it_is_interrupted(database: str) -> None:
    with serving(DATABASE_URL=database) as (address, process), httpx2.Client(trust_env=False) as browser:
        assert address.startswith("http://127.0.0.1:")
        answer = browser.get(address)
        assert answer.status_code == 200
        assert "server" not in answer.headers
        assert browser.head(address).status_code == 200
        assert browser.get(f"{address}api/v1/search?q=Tiongkok").json()["total"] > 0
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    assert (process.returncode, out, err) == (130, "", "")


def test_other_machines_get_in_with_the_token(database: str) -> None:
    with serving("--host", "0.0.0.0", DATABASE_URL=database, PANTAU_TOKEN=TOKEN) as (address, process):
        here = address.replace("0.0.0.0", "127.0.0.1")
        with httpx2.Client(trust_env=False) as browser:
            assert browser.get(here).status_code == 401
            assert browser.get(here, auth=("siapa", TOKEN)).status_code == 200
            assert browser.get(f"{here}api/v1/saved", headers={"Authorization": "Bearer salah"}).status_code == 401
        process.terminate()
        out, err = process.communicate(timeout=120)
    assert process.returncode == -signal.SIGTERM
    assert TOKEN not in out + err
    assert "Traceback" not in err


def test_without_a_database_there_is_nothing_to_serve(tmp_path: Path) -> None:
    process = started(DATABASE_URL=f"sqlite:///{tmp_path}/none.db")
    out, told = process.communicate(timeout=120)
    assert (process.returncode, out) == (1, "")
    assert told.startswith("scrapy serve: there is no database")
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_other_machines_need_a_token(host: str) -> None:
    with pytest.raises(UsageError, match="PANTAU_TOKEN"):
        listen(host, 0, guarded=False)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.2"])
def test_this_machine_needs_none(host: str) -> None:
    with listen(host, 0, guarded=False) as listening:
        assert re.fullmatch(r"http://(127\.0\.0\.\d|\[::1\]):\d+/", address_of(listening))


@pytest.mark.parametrize("host", ["nowhere.invalid", "256.1.1.1", "a" * 300])
def test_an_address_that_is_none_is_told(host: str) -> None:
    with pytest.raises(UsageError, match="no such address"):
        listen(host, 0, guarded=True)


def test_a_port_in_use_is_told() -> None:
    with listen("127.0.0.1", 0, guarded=False) as other, pytest.raises(PantauError, match="--port"):
        listen("127.0.0.1", other.getsockname()[1], guarded=False)


@pytest.mark.parametrize(
    "token", ["pendek", "ada spasi di dalamnya", "huruf-é-di-dalamnya!", "baris\nbaru-di-dalamnya"]
)
def test_a_token_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setenv("PANTAU_TOKEN", token)
    with pytest.raises(UsageError, match="16 characters") as refused:
        read_token()
    assert token not in str(refused.value)


@pytest.mark.parametrize(("token", "meant"), [(TOKEN, TOKEN), ("", None)])
def test_a_token_stands_in_the_environment(monkeypatch: pytest.MonkeyPatch, token: str, meant: str | None) -> None:
    monkeypatch.setenv("PANTAU_TOKEN", token)
    assert read_token() == meant
