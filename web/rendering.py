"""Pages from templates. All values are escaped, as they come from the web."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from core import formatting
from core.formatting import Dated, format_count
from core.periods import HOME
from core.text.diff import Piece, cut_unchanged
from core.urls import is_web_url
from health.round_report import format_outlet_duration
from outlets.schema import Outlet
from search.snippet import Span
from search.stories import format_lag
from web.charts import bar
from web.state import state_of

_TEMPLATES = Path(__file__).parent / "templates"
_UNKNOWN = "unknown outlet"
# For screen readers, which do not show colours and lines.
_CHANGES = {
    "added": Markup('<ins><span class="unseen">[added: </span>{}<span class="unseen">]</span></ins>{}'),
    "removed": Markup('<del><span class="unseen">[removed: </span>{}<span class="unseen">]</span></del>{}'),
}


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    outlets = state_of(request).outlets
    return HTMLResponse(render(template, request.url.path, outlets, **values), status)


def render(template: str, path: str, outlets: dict[str, Outlet] | None = None, /, **values: Any) -> str:
    """Render a template for the page at ``path``; needs no database."""
    known = {"path": path, "outlet_title": partial(outlet_title, outlets or {})}
    return _ENVIRONMENT.get_template(template).render(known | values)


def moment(at: datetime | None, timezone: str = HOME.key) -> Markup:
    """Format a moment, e.g. "14 Sep 2024, 12.45 WIB", as a time element."""
    if at is None:
        return Markup("unknown")
    local = at.astimezone(ZoneInfo(timezone))
    return _time(local.isoformat(timespec="minutes"), formatting.long_time(local, timezone))


def published(article: Dated) -> Markup:
    """Format a publication in its zone; only the day if no time is known."""
    if article.published_at is None:
        return Markup("undated")
    if article.published_precision != "day":
        return moment(article.published_at, article.timezone)
    local = article.published_at.astimezone(ZoneInfo(article.timezone))
    return _time(local.date().isoformat(), formatting.long_published(article))


def number(value: int) -> str:
    return f"{value:,}"


def marked(text: str, spans: Iterable[Span]) -> Markup:
    """Mark spans, which are in order and do not overlap."""
    parts, end = [], 0
    for start, stop in spans:
        parts += [escape(text[end:start]), Markup("<mark>{}</mark>").format(text[start:stop])]
        end = stop
    return Markup("").join([*parts, escape(text[end:])])


def changed(pieces: Iterable[Piece], *, whole: bool = False) -> Markup:
    """Mark additions and removals; unless ``whole``, distant unchanged text is cut."""
    return Markup("").join(map(_piece, pieces if whole else cut_unchanged(pieces)))


def web_address(url: str | None) -> str | None:
    return url if url and is_web_url(url) else None


def segment(name: str) -> str:
    return quote(name, safe="")


def outlet_title(outlets: dict[str, Outlet], name: str | None) -> str:
    if name is None:
        return _UNKNOWN
    return outlets[name].title if name in outlets else name


def _piece(piece: Piece) -> Markup:
    if piece.kind == "same":
        return escape(piece.text)
    words = piece.text.rstrip()
    return _CHANGES[piece.kind].format(words, piece.text[len(words) :])


def _time(machine: str, shown: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(machine, shown)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters = (moment, published, number, marked, changed, web_address, segment, format_outlet_duration)
    environment.filters |= {function.__name__: function for function in filters}
    environment.filters |= {
        "day": formatting.long_date,
        "lasting": formatting.format_duration,
        "likeness": formatting.format_similarity,
        "reasons": formatting.format_reasons,
        "size": formatting.format_bytes,
    }
    environment.globals |= {"bar": bar, "counted": format_count, "lag": format_lag}
    return environment


_ENVIRONMENT = _environment()
