"""A later stage never imports an earlier one; the shared words import nobody."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
# Each may import what stands at its own place or behind it in its list, and the shared words.
SHARED = ("core.models", "core.errors", "core.urls", "outlets.urls", "core.dates", "outlets")
FORBIDDEN = {
    "core/models.py": ("crawler", "pipelines", "database"),
    "core/errors.py": ("crawler", "pipelines", "database"),
    "crawler/dates": ("crawler.discovery", "crawler.extraction", "crawler.spiders", "pipelines", "database"),
    "crawler/discovery": ("crawler.extraction", "crawler.spiders", "crawler.commands", "pipelines", "database"),
    "crawler/extraction": ("crawler.discovery", "crawler.spiders", "crawler.commands", "pipelines", "database"),
    "crawler/seeds": ("crawler.discovery", "crawler.spiders", "crawler.commands", "pipelines", "database"),
    "crawler/outlets": ("crawler.discovery", "crawler.extraction", "crawler.spiders", "pipelines", "database"),
    "pipelines/normalise.py": ("crawler.discovery", "crawler.spiders", "crawler.extraction", "crawler.commands"),
    "pipelines/deduplicate.py": ("crawler.discovery", "crawler.spiders", "crawler.extraction", "crawler.commands"),
    "pipelines/storing.py": ("crawler.discovery", "crawler.spiders", "crawler.extraction", "crawler.commands"),
    "pipelines/revising.py": ("crawler.discovery", "crawler.spiders", "crawler.extraction", "crawler.commands"),
    "database": (
        "crawler.extraction",
        "crawler.spiders",
        "crawler.commands",
        "crawler.run",
        "pipelines",
        "alerts",
        "web",
    ),
    "pipelines": ("crawler.discovery", "crawler.spiders", "crawler.commands", "alerts", "web"),
    "alerts": ("crawler.extraction", "crawler.discovery", "crawler.spiders", "crawler.commands", "pipelines", "web"),
    "web": ("crawler.extraction", "crawler.discovery", "crawler.spiders", "crawler.commands", "pipelines"),
}  # fmt: skip


@pytest.mark.parametrize("place", FORBIDDEN)
def test_imports_go_one_way(place: str) -> None:
    path = PROJECT / place
    files = [path] if path.is_file() else sorted(path.rglob("*.py"))
    own = place.removesuffix(".py").replace("/", ".")
    wrong = [
        f"{file.relative_to(PROJECT)} imports {name}"
        for file in files
        for name in imported(file)
        if name.startswith(tuple(f"{one}." for one in FORBIDDEN[place]) + FORBIDDEN[place])
        and not name.startswith((own, *(() if place in {"core/models.py", "core/errors.py"} else SHARED)))
    ]
    assert files
    assert not wrong


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_no_module_grows_beyond_a_reader_s_patience() -> None:
    limit = 330
    packages = ("crawler", "pipelines", "database", "alerts", "web", "settings")
    long = {
        str(file.relative_to(PROJECT)): lines
        for package in packages
        for file in (PROJECT / package).rglob("*.py")
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > limit
    }
    assert not long
