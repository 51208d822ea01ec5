"""Escape text from the web for messages: it must not steer mail, chat or browser."""

import re
from collections.abc import Sequence
from html import escape
from typing import Literal
from urllib.parse import quote

from core.formatting import one_line
from core.urls import is_web_url
from search.snippet import Span

# Form of a channel: plain text, Markdown, a fragment of HTML, or a whole HTML page (mails).
Form = Literal["text", "markdown", "html", "page"]

_LONGEST_URL = 2000
# Signs with a meaning in Markdown and in the dialects of chats, within a line or only at its beginning.
_MARKS = re.compile(r"([\\`*_\[\]<>~|#])")
_AT_BEGINNING = re.compile(r"^(\s*)(?:([-+=!])|(\d+)([.)]))")
# Notifies all members of a chat.
_CALL = re.compile(r"@(?=everyone|here|channel|all\b)", re.IGNORECASE)
_UNSEEN = "\u200b"
_URL_SIGNS = "%/:?#[]@!$&'()*+,;=~-._"


def plain(text: str) -> str:
    return _CALL.sub(f"@{_UNSEEN}", one_line(text))


def markdown(text: str) -> str:
    escaped = _MARKS.sub(r"\\\1", plain(text))
    return _AT_BEGINNING.sub(lambda found: f"{found[1]}{found[3] or ''}\\{found[2] or found[4]}", escaped)


def html(text: str) -> str:
    return escape(one_line(text))


def web_address(url: str | None) -> str | None:
    """Return the URL in ASCII, safe in every form; ``None`` off the web."""
    if not url or len(url) > _LONGEST_URL or not is_web_url(url):
        return None
    return quote(url, safe=_URL_SIGNS)


def marked(text: str, spans: Sequence[Span], form: Form) -> str:
    """Write the spans in bold (not in plain text)."""
    write = {"text": plain, "markdown": markdown}.get(form, html)
    before, after = {"text": ("", ""), "markdown": ("**", "**")}.get(form, ("<b>", "</b>"))
    parts: list[str] = []
    end = 0
    for start, stop in (*spans, (len(text), len(text))):
        parts.append(_spaced(text[end:start], write(text[end:start])))
        if stop > start:
            parts.append(f"{before}{write(text[start:stop])}{after}")
        end = stop
    return "".join(parts)


def _spaced(text: str, written: str) -> str:
    """Restore outer space that ``clean`` takes away."""
    if not written:
        return " " if text else ""
    return f"{' ' * text[:1].isspace()}{written}{' ' * text[-1:].isspace()}"
