"""Update the table in docs/outlets.md: ``python -m outlets.docs_table``."""

import re
from collections.abc import Iterable
from pathlib import Path

from outlets.registry import Registry
from outlets.schema import Outlet

_DOCUMENT = Path(__file__).parents[1] / "docs" / "outlets.md"
_HEAD = "| Name | Title | Status | Polled |\n|---|---|---|---|\n"


def format_table(outlets: Iterable[Outlet]) -> str:
    return _HEAD + "".join(map(_row, outlets))


def update(text: str, outlets: Iterable[Outlet]) -> str:
    table = format_table(outlets)
    return re.sub(re.escape(_HEAD) + r"(?:\|.*\n)*", lambda _: table, text)


def _row(outlet: Outlet) -> str:
    sources = [kind for kind in ("feeds", "sitemaps", "pages") if getattr(outlet.discover, kind)]
    return f"| `{outlet.name}` | {outlet.title} | {outlet.status} | {', '.join(sources) or 'home page'} |\n"


if __name__ == "__main__":
    _DOCUMENT.write_text(
        update(_DOCUMENT.read_text(encoding="utf-8"), Registry.from_settings([]).all()), encoding="utf-8"
    )
