"""What the documents say is true of the code."""

import re
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted((PROJECT / "docs").glob("*.md"))
PACKAGES = "alerts|benchmarks|cli|core|crawler|database|deploy|health|outlets|pipelines|search|settings|tests|web"


def test_every_environment_variable_is_in_the_readme() -> None:
    settings = (PROJECT / "settings" / "__init__.py").read_text(encoding="utf-8")
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    names = set(re.findall(r'environ\.get\("([A-Z_]+)"', settings))
    assert names
    assert not {name for name in names if f"`{name}`" not in readme}


def test_every_document_that_the_readme_names_exists() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"\]\(([^)#]+)\)", readme)
    assert named
    assert not [name for name in named if "://" not in name and not (PROJECT / name).exists()]


def test_the_locks_hold_every_dependency() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8").lower()
    names = [re.split(r"[\[>=<~ ]", one)[0].lower() for one in project["dependencies"]]
    assert not [name for name in names if f"\n{name}==" not in f"\n{lock}"]


def test_no_registry_stands_in_a_lock() -> None:
    for lock in PROJECT.glob("requirements*.lock"):
        assert "://" not in lock.read_text(encoding="utf-8")


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", *(f"docs/{path.name}" for path in DOCUMENTS)])
def test_every_path_that_a_document_names_exists(document: str) -> None:
    text = (PROJECT / document).read_text(encoding="utf-8")
    named = set(re.findall(rf"`((?:{PACKAGES})/[a-z_0-9./-]*\w)`", text))  # NAME stands for any
    assert not [
        name for name in sorted(named) if not (PROJECT / name).exists() and not (PROJECT / f"{name}.py").exists()
    ]
