"""What is installed on a server: units, crontab, container file and the scripts that they start."""

import getpass
import json
import os
import re
import shlex
import shutil
import subprocess
import time
import tomllib
from argparse import ArgumentParser
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml  # type: ignore[import-untyped]
from scrapy.settings import Settings

from health.flags import FlagKind
from tests.alerts.servers import webhook
from tests.conftest import MadeDatabases

pytestmark = pytest.mark.process

PROJECT = Path(__file__).resolve().parents[1]
DEPLOY = PROJECT / "deploy"
INSTALLED = "/opt/pantau"
UNITS = sorted(DEPLOY.glob("systemd/*.service"))
TIMERS = sorted(DEPLOY.glob("systemd/*.timer"))
PACKAGES = (
    "alerts", "cli", "core", "crawler", "database", "health",
    "outlets", "pantau", "pipelines", "search", "settings", "web",
)  # fmt: skip
# The program itself, at either of the two names that it has on a server.
PROGRAMS = ("/.venv/bin/scrapy", "/deploy/bin/pantau")
EXPOSURE = 15  # tenths, of 100: what `systemd-analyze security` makes of a unit; most services of a Debian have 96


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root directory as docs/operations.md leaves it, as far as systemd looks: with the units and what they start."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here (Debian: apt-get install systemd)")
    root = tmp_path_factory.mktemp("root")
    shutil.copytree(DEPLOY / "systemd", root / "etc/systemd/system")
    shutil.copytree(DEPLOY / "bin", root / "opt/pantau/deploy/bin")
    program = root / "opt/pantau/.venv/bin/scrapy"
    program.parent.mkdir(parents=True)
    shutil.copy("/bin/true", program)
    targets = root / "usr/lib/systemd/system"
    targets.mkdir(parents=True)
    for target in Path("/usr/lib/systemd/system").glob("*.target"):
        shutil.copyfile(target, targets / target.name)
    return root


def analyze(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *arguments[:1], f"--root={root}", *arguments[1:]],
        capture_output=True, text=True, check=False, env=os.environ | {"SYSTEMD_COLORS": "0"},
    )  # fmt: skip


def test_systemd_finds_nothing_wrong_with_the_units(root: Path) -> None:
    units = [str(root / "etc/systemd/system" / unit.name) for unit in (*UNITS, *TIMERS)]
    found = analyze(root, "verify", *units)
    assert (found.stdout + found.stderr, found.returncode) == ("", 0)


def test_systemd_would_find_what_is_wrong(root: Path, tmp_path: Path) -> None:
    spoilt = tmp_path / "root"
    shutil.copytree(root, spoilt)
    unit = spoilt / "etc/systemd/system/pantau-serve.service"
    unit.write_text(unit.read_text().replace("RestartSec", "RestSec"))
    assert "Unknown key 'RestSec'" in analyze(spoilt, "verify", str(unit)).stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_service_is_hardly_exposed(unit: Path, root: Path) -> None:
    found = analyze(root, "security", "--offline=true", f"--threshold={EXPOSURE}", "--no-pager", unit.name)
    assert "Overall exposure level" in found.stdout
    assert found.returncode == 0, found.stdout + found.stderr


def test_the_confinement_holds_for_every_unit() -> None:
    assert UNITS
    assert all(unit.name.startswith("pantau-") for unit in UNITS)
    # A drop-in wins over the unit: what both say would not hold.
    confined = keys(DEPLOY / "systemd/pantau-.service.d/confined.conf")
    assert {unit.name: keys(unit) & confined for unit in UNITS} == {unit.name: set() for unit in UNITS}


def keys(unit: Path) -> set[str]:
    return set(re.findall(r"^([A-Z]\w+)=", unit.read_text(encoding="utf-8"), re.MULTILINE))


def values(unit: Path, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("timer", TIMERS, ids=lambda timer: timer.stem)
def test_a_timer_has_its_service(timer: Path) -> None:
    service = timer.with_suffix(".service")
    assert values(service, "Type") == ["oneshot"]  # whatever else would be started again when it ends
    assert "[Install]" not in service.read_text(encoding="utf-8")
    assert values(timer, "WantedBy") == ["timers.target"]


def test_whoever_fails_is_told_of_by_a_unit_that_is_there() -> None:
    told = {name for unit in UNITS for name in values(unit, "OnFailure")}
    assert told == {"pantau-tell@%n.service"}
    assert (DEPLOY / "systemd/pantau-tell@.service").exists()


def cron_lines() -> list[str]:
    lines = (DEPLOY / "cron/pantau").read_text(encoding="utf-8").splitlines()
    return [line.lstrip("#") for line in lines if re.match(r"#?[0-9*]", line)]


def started() -> list[list[str]]:
    """Every command line that a unit or cron starts."""
    by_cron = [line.split(None, 6)[6].removesuffix(" >/dev/null") for line in cron_lines()]
    by_systemd = [line for unit in UNITS for line in values(unit, "ExecStart")]
    return [shlex.split(line) for line in (*by_systemd, *by_cron)]


def test_what_is_started_is_there() -> None:
    paths = {line[0] for line in started()}
    assert all(path.startswith(f"{INSTALLED}/") for path in paths)
    scripts = [PROJECT / path.removeprefix(f"{INSTALLED}/") for path in paths if "/deploy/" in path]
    assert scripts
    assert all(os.access(script, os.X_OK) for script in scripts)


def test_the_program_takes_what_it_is_started_with() -> None:
    lines = [line[1:] for line in started() if line[0].endswith(PROGRAMS)]
    lines += [service["command"] for service in compose()["services"].values() if "command" in service]
    lines += [json.loads(words) for words in re.findall(r"^CMD (\[.*)$", containerfile(), re.MULTILINE)]
    commands = [line for line in lines if not (DEPLOY / f"bin/pantau-{line[0]}").exists()]
    assert {line[0] for line in commands} == {"monitor", "serve"}
    for line in commands:
        assert parser(line[0]).parse_args(line[1:])


def parser(command: str) -> ArgumentParser:
    made = import_module(f"cli.commands.{command}").Command()
    made.settings = Settings()
    parser = ArgumentParser(exit_on_error=False)
    made.add_options(parser)
    return parser


def test_crontab_lines_have_their_fields() -> None:
    highest = (59, 23, 31, 12, 7)
    assert len(cron_lines()) == 4
    for line in cron_lines():
        *times, user, command = line.split(None, 6)
        for time_, most in zip(times, highest, strict=True):
            field = re.fullmatch(r"\*(?:/([1-9]\d*))?|(\d+)", time_)
            assert field, line
            assert all(int(number) <= most for number in field.groups() if number)
        assert user == "pantau"
        assert "%" not in command  # cron would take it for the end of the line


def compose() -> Any:
    return yaml.safe_load((DEPLOY / "container/compose.yaml").read_text(encoding="utf-8"))


def containerfile() -> str:
    return (DEPLOY / "container/Containerfile").read_text(encoding="utf-8")


def copied() -> list[str]:
    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", containerfile(), re.MULTILINE)
    return [source for line in lines for source in line.split()]


def test_the_image_holds_the_whole_program() -> None:
    pyproject = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    first_party = set(pyproject["tool"]["ruff"]["lint"]["isort"]["known-first-party"]) - {"tests"}
    assert first_party == set(PACKAGES)
    assert {*PACKAGES, "requirements.lock", "scrapy.cfg", "deploy/bin"} <= set(copied())
    assert all((PROJECT / source).exists() for source in copied())


def test_the_build_gets_what_it_copies_and_nothing_else() -> None:
    lines = (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    patterns = [line for line in lines if not line.startswith("#")]
    assert patterns[0] == "*"
    assert {line[1:] for line in patterns if line.startswith("!")} == set(copied())


def test_the_container_runs_without_rights_or_a_shell() -> None:
    last = containerfile().split("\nFROM ")[-1]
    assert re.search(r"^USER pantau$", last, re.MULTILINE)
    assert last.index("USER pantau") < last.index("ENTRYPOINT")
    for instruction in ("ENTRYPOINT", "CMD"):
        assert re.search(rf'^{instruction} \["', last, re.MULTILINE)
    bases = re.findall(r"^FROM \S+/python:(\d+)\.(\d+)-slim", containerfile(), re.MULTILINE)
    assert len(bases) == 2
    assert all((int(major), int(minor)) >= (3, 11) for major, minor in bases)


def test_the_composed_services_share_one_database() -> None:
    services = compose()["services"]
    urls = {services[name]["environment"]["DATABASE_URL"] for name in ("monitor", "serve")}
    assert len(urls) == 1
    assert urls.pop().endswith("@database/pantau")
    assert (DEPLOY / "container" / services["monitor"]["build"]["context"]).resolve() == PROJECT
    # What others see must be asked for a token, and be reachable from this machine alone.
    assert services["serve"]["ports"] == ["127.0.0.1:8000:8000"]
    assert services["serve"]["environment"]["PANTAU_TOKEN"].startswith("${PANTAU_TOKEN:?")


def test_the_example_has_every_variable() -> None:
    example = (DEPLOY / "pantau.env.example").read_text(encoding="utf-8")
    settings = (PROJECT / "settings/__init__.py").read_text(encoding="utf-8")
    named = set(re.findall(r'environ\.get\("([A-Z_]+)"', settings))
    scripts = "".join(script.read_text(encoding="utf-8") for script in DEPLOY.glob("bin/*-*"))
    named |= set(re.findall(r"\$\{([A-Z_]+):", scripts)) | {"PANTAU_TOKEN"}
    assert named == set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))


def test_the_example_means_the_same_to_the_shell_and_to_systemd() -> None:
    example = (DEPLOY / "pantau.env.example").read_text(encoding="utf-8")
    assigned = [line for line in example.splitlines() if re.match(r"#?[A-Z]", line)]
    assert assigned
    assert all(re.fullmatch(r"#?[A-Z_]+='[^'\\]*'", line) for line in assigned)


def run(*command: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [DEPLOY / "bin" / command[0], *command[1:]],
        env={**inherited, **environment}, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


@pytest.fixture
def server(tmp_path: Path, made_databases: MadeDatabases) -> dict[str, str]:
    """The environment of somebody who may run the program on a server that has a database."""
    (tmp_path / "data").mkdir()
    url = made_databases.file(tmp_path / "data/pantau.db")
    file = tmp_path / "pantau.env"
    lines = {"DATA_DIR": f"{tmp_path}/data", "DATABASE_URL": url, "BACKUP_KEEP": "2"}
    file.write_text("".join(f"{name}='{value}'\n" for name, value in lines.items()), encoding="utf-8")
    return {"PANTAU_ENV": str(file), "PANTAU_USER": getpass.getuser()}


def test_the_newest_backups_are_kept(server: dict[str, str], tmp_path: Path) -> None:
    backups = tmp_path / "data/backups"
    backups.mkdir()
    others = [backups / name for name in ("pantau-mine.backup", "pantau-20240101T000000Z.backup.old")]
    old = [backups / f"pantau-2024090{day}T023000Z.backup" for day in (1, 2, 3)]
    for path in (*others, *old):
        path.touch()

    result = run("pantau", "backup", environment=server)

    assert (result.stderr, result.returncode) == ("", 0)
    left = set(backups.iterdir())
    assert {*others, old[2]} < left
    [made] = left - {*others, old[2]}
    # Whoever may read the database may read its backup, and nobody else.
    assert made.stat().st_mode == (tmp_path / "data/pantau.db").stat().st_mode
    assert made.read_bytes().startswith(b"SQLite format 3")


def test_a_backup_that_fails_costs_no_older_one(server: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "data/pantau.db").unlink()
    backups = tmp_path / "data/backups"
    backups.mkdir()
    old = [backups / f"pantau-2024090{day}T023000Z.backup" for day in (1, 2, 3)]
    for path in old:
        path.touch()

    result = run("pantau", "backup", environment=server)

    assert result.returncode == 1
    assert "there is no database" in result.stderr
    assert set(backups.iterdir()) == set(old)


def test_who_may_not_read_the_settings_is_told_so(tmp_path: Path) -> None:
    missing = tmp_path / "none.env"
    result = run("pantau", "list", environment={"PANTAU_ENV": str(missing), "PANTAU_USER": getpass.getuser()})
    assert result.returncode == 2
    assert f"{missing} cannot be read" in result.stderr


@pytest.mark.parametrize(("age_h", "status"), [(25, 0), (27, 1), (None, 1)])
def test_the_watchdog_barks_when_no_round_left_a_report(age_h: int | None, status: int, tmp_path: Path) -> None:
    if age_h is not None:
        report = tmp_path / "reports/round-000001.json"
        report.parent.mkdir()
        report.touch()
        os.utime(report, (time.time() - age_h * 3600,) * 2)
    result = run("pantau-watchdog", environment={"DATA_DIR": str(tmp_path)})
    assert result.returncode == status
    assert ("no round of the monitor" in result.stderr) == (status == 1)


def test_the_operator_is_told_of_a_unit_that_failed() -> None:
    with webhook() as (port, inbox):
        channel = {"OPERATOR_CHANNEL": f"json://127.0.0.1:{port}"}
        result = run("pantau-tell", "pantau-backup.service", environment=channel)
    assert result.returncode == 0, result.stderr
    [message] = inbox.taken
    assert "pantau-backup.service failed" in message["title"]
    assert "journalctl -u pantau-backup.service" in message["message"]


def test_without_a_channel_the_journal_says_so() -> None:
    result = run("pantau-tell", "pantau-backup.service", environment={})
    assert result.returncode == 1
    assert "OPERATOR_CHANNEL is not set" in result.stderr


def operations() -> str:
    return (PROJECT / "docs/operations.md").read_text(encoding="utf-8")


def test_every_flag_is_explained() -> None:
    section = operations().split("## What each flag means")[1].split("\n## ")[0]
    explained = {name for line in section.splitlines() if line.startswith("| `") for name in line.split("|")[1].split()}
    assert {name.strip("`,") for name in explained} == set(get_args(FlagKind))


def test_what_the_document_names_is_there() -> None:
    units = {unit.name for unit in (*UNITS, *TIMERS)}
    by_timers = {timer.with_suffix(".service").name for timer in TIMERS}
    assert not units - by_timers - set(re.findall(r"pantau-[a-z]+@?\.(?:service|timer)", operations()))
    named = set(re.findall(r"(?:/opt/pantau/|`|-f )(deploy/[\w./-]+)", operations()))
    assert named
    assert not {path for path in named if not (PROJECT / path).exists()}


def test_the_commands_in_the_document_exist() -> None:
    called = set(re.findall(r"(?:sudo pantau|scrapy) ([a-z]+)", operations()))
    commands = {path.stem for path in (PROJECT / "cli/commands").glob("*.py")}
    scripts = {path.name.removeprefix("pantau-") for path in DEPLOY.glob("bin/pantau-*")}
    assert called
    assert not called - commands - scripts
