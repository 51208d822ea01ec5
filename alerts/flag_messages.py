"""The message that tells the operator which outlets need a look, and which are well again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from alerts.markup import Form, html, markdown, plain
from core.formatting import format_count, long_time, one_line, shorten
from core.periods import HOME
from database.alerts.flag_deliveries import troubled
from database.schema import Flag

LISTED = 50
# Of a subject.
_NAMED = 5
_WORDS = 600
_OVER = "No longer so:"


@dataclass(frozen=True, slots=True)
class FlagsMessage:
    """What changed, as things are now.

    Attributes:
        looks: a line for each flag that is open, ``over`` for each that is cleared.
        outlets: that need a look; ``well`` is well again, all of its flags are cleared.
        left_out: flags that are in neither list.
    """

    looks: tuple[str, ...]
    over: tuple[str, ...]
    outlets: tuple[str, ...]
    well: tuple[str, ...]
    left_out: int = 0

    @property
    def title(self) -> str:
        """The subject."""
        parts = []
        if self.outlets:
            parts.append(f"{_need(len(self.outlets))} attention: {_names(self.outlets)}")
        if self.well:
            parts.append(f"{format_count(len(self.well), 'outlet')} recovered: {_names(self.well)}")
        return "; ".join(parts) or f"{format_count(len(self.over), 'flag')} cleared"

    def body(self, form: Form, most: int) -> str:
        """The flags, as many as there is room for (one at least)."""
        text = ""
        for shown in range(min(len(self.looks) + len(self.over), LISTED), 0, -1):
            text = _WRITERS[form](self.cut(shown))
            if len(text) <= most:
                break
        return text

    def cut(self, shown: int) -> "FlagsMessage":
        """The same with so many flags; those that are open come first."""
        looks, over = self.looks[:shown], self.over[: max(shown - len(self.looks), 0)]
        left_out = len(self.looks) + len(self.over) - len(looks) - len(over)
        return replace(self, looks=looks, over=over, left_out=left_out)

    @property
    def rest(self) -> str | None:
        """What is said of those that are not listed."""
        return f"and {self.left_out:,} more: scrapy outlets health" if self.left_out else None


def flags_message(session: Session, flags: Sequence[Flag]) -> FlagsMessage:
    """The message that tells of these flags as they are now."""
    looks = [flag for flag in flags if flag.cleared_at is None]
    over = [flag for flag in flags if flag.cleared_at is not None]
    cleared = {flag.outlet for flag in over}
    return FlagsMessage(
        looks=tuple(map(_line, looks)),
        over=tuple(map(_line, over)),
        outlets=tuple(dict.fromkeys(flag.outlet for flag in looks)),
        well=tuple(sorted(cleared - troubled(session, sorted(cleared)))),
    )


def _line(flag: Flag) -> str:
    words = shorten(one_line(flag.words), _WORDS)
    if flag.cleared_at is None:
        return f"{flag.outlet}: {words}"
    return f"{flag.outlet}: {words} ({_at(flag.raised_at)} to {_at(flag.cleared_at)})"


def _at(instant: datetime) -> str:
    return long_time(instant, HOME.key)


def _need(outlets: int) -> str:
    return format_count(outlets, "outlet needs", plural="outlets need")


def _names(outlets: Sequence[str]) -> str:
    more = len(outlets) - _NAMED
    return ", ".join(map(plain, outlets[:_NAMED])) + (f" and {more:,} more" if more > 0 else "")


def _lines(message: FlagsMessage, write: Callable[[str], str]) -> str:
    looks, over = ([f"- {write(one)}" for one in lines] for lines in (message.looks, message.over))
    parts = [looks, [_OVER, *over] if over else [], [write(message.rest)] if message.rest else []]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _html(message: FlagsMessage) -> str:
    parts = [f"<p>{html(one)}</p>" for one in message.looks]
    if message.over:
        parts += [f"<p>{_OVER}</p>", *(f"<p>{html(one)}</p>" for one in message.over)]
    return "\n".join([*parts, *([f"<p>{html(message.rest)}</p>"] if message.rest else [])])


_WRITERS: dict[Form, Callable[[FlagsMessage], str]] = {
    "text": partial(_lines, write=plain),
    "markdown": partial(_lines, write=markdown),
    "html": _html,
    "page": _html,
}
