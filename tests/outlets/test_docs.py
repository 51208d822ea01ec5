"""docs/outlets.md says what the schema says."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from core.errors import DeclarationError
from outlets.declaration import read_declaration
from outlets.docs_table import update
from outlets.registry import Registry
from outlets.schema import ArticleRules, Discover, Examples, Outlet, Politeness, Poll

TEXT = (Path(__file__).parents[2] / "docs" / "outlets.md").read_text(encoding="utf-8")
SHORTEST = re.search(r"```toml\n(title .*?)```", TEXT, re.DOTALL)


def rows(start: str) -> list[str]:
    """The first cells of the table behind ``start``."""
    table = TEXT.partition(start)[2].partition("|---")[2].partition("\n\n")[0]
    return re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)


@pytest.mark.parametrize(
    ("start", "model"),
    [
        ("At the top, before", Outlet),
        ("`[discover]`: what", Discover),
        ("`[article]`: how", ArticleRules),
        ("`[politeness]`:", Politeness),
        ("`[poll]`: how", Poll),
        ("`[examples]`: addresses", Examples),
    ],
)
def test_every_key_is_documented_in_order(start: str, model: type[BaseModel]) -> None:
    tables = {"name", "discover", "article", "politeness", "poll", "examples"}
    assert rows(start) == [key for key in model.model_fields if key not in tables]


def test_every_status_is_documented() -> None:
    assert rows("## Status") == ["active", "unverified", "blocked", "dormant"]


def test_shortest_declaration_is_accepted(tmp_path: Path) -> None:
    assert SHORTEST
    (tmp_path / "contoh.toml").write_text(SHORTEST[1], encoding="utf-8")
    assert read_declaration(tmp_path / "contoh.toml").discover.declared is False


@pytest.mark.parametrize(
    "text",
    [
        'title = "Warta"\nsite https://contoh.example/',
        'site = "https://contoh.example/"\ndomains = ["contoh.example"]',
        '[discover]\nfeeds = ["https://contoh.example/rss", "rss"]',
        '[discover]\nfeed = ["https://contoh.example/rss"]',
        '[article]\ngroups = ["seed"]',
        'timezone = "WIB"',
        '[poll]\nshortest = "10"',
        '[poll]\nshortest = "2h"\nlongest = "90m"',
        '[examples]\nother = ["https://warta.example/"]',
    ],
)
def test_documented_messages_are_the_real_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    assert SHORTEST
    monkeypatch.chdir(tmp_path)
    whole = text if text.startswith(("title", "site")) else SHORTEST[1] + text
    Path("contoh.toml").write_text(whole, encoding="utf-8")
    with pytest.raises(DeclarationError) as caught:
        read_declaration(tmp_path / "contoh.toml")
    assert f"\n{caught.value}\n" in TEXT


def test_table_is_that_of_the_shipped_outlets() -> None:
    outlets = Registry.from_settings([]).all()
    assert TEXT.count("\n| `") > len(outlets)
    assert "\n| `kompas` | Kompas.com | unverified | sitemaps, pages |\n" in TEXT
    assert update(TEXT, outlets) == TEXT, "run: python -m outlets.docs_table"


def test_only_the_table_is_replaced() -> None:
    outlets = Registry.from_settings([]).all()
    head = "| Name | Title | Status | Polled |\n|---|---|---|---|\n"
    text = f"Sebelum\n\n{head}| `lama` | Lama | active | feeds |\n\nSesudah\n"
    lines = update(text, outlets[:2]).splitlines()
    assert [lines[0], *lines[4:]] == [
        "Sebelum",
        "| `antara` | ANTARA News | unverified | feeds, pages |",
        "| `antara_daerah` | ANTARA regional offices | unverified | feeds |",
        "",
        "Sesudah",
    ]
