"""Send messages by Apprise (https://appriseit.com): mail, chats, webhooks."""

import logging
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from alerts.addresses import ChannelError, fill, scrub, secrets
from alerts.markup import Form
from core.formatting import shorten

if TYPE_CHECKING:
    from apprise import NotifyBase

# Seconds: long, since a server that took a message but answers too late would get it twice.
_PATIENCE = 30
_MAILS = frozenset({"mailto", "mailtos"})
_LONGEST_PROBLEM = 300
# Start of the network's own error lines, logged below the level of warnings.
_SOCKET_ERROR = "Socket Exception"
_SYSTEM = re.compile(r"\[Errno -?\d+\] ([\w ]+)")


class Content(Protocol):
    """A message to be sent."""

    @property
    def title(self) -> str:
        """The subject, or the first line."""

    def body(self, form: Form, most: int) -> str:
        """Return the text in this form, if possible in ``most`` characters."""


class Channel:
    """An open channel; ``scheme`` is its kind, e.g. ``mailtos``."""

    def __init__(self, plugin: "NotifyBase", scheme: str, form: Form, hidden: tuple[str, ...]) -> None:
        self.scheme = scheme
        self._plugin = plugin
        self._form = form
        self._hidden = hidden

    def send(self, content: Content) -> str | None:
        """Return the problem, without secrets, or ``None``.

        If the answer is late or lost, a message that arrived counts as failed.
        """
        with _captured_log() as lines:
            try:
                taken = self._notify(content)
            except Exception as error:  # noqa: BLE001 - a hundred plugins raise what their libraries do
                taken = False
                lines.append(f"{type(error).__name__}: {error}")
        if taken:
            return None
        problem = "; ".join(dict.fromkeys(scrub(_essence(line), self._hidden) for line in lines))
        return shorten(problem or "the channel did not take it and did not say why", _LONGEST_PROBLEM)

    def _notify(self, content: Content) -> bool:
        from apprise import Apprise, NotifyFormat  # noqa: PLC0415 - see below

        form = {"text": NotifyFormat.TEXT, "markdown": NotifyFormat.MARKDOWN}.get(self._form, NotifyFormat.HTML)
        room = self._plugin.body_maxlen - (0 if self._plugin.title_maxlen else len(content.title) + 2)
        sender = Apprise()
        sender.add(self._plugin)
        return bool(sender.notify(content.body(self._form, room), content.title, body_format=form))


def open_channel(template: str, environment: Mapping[str, str]) -> Channel:
    """Open the channel of an address.

    Raises:
        ChannelError: a variable is not set, or no Apprise URL results; without secrets.
    """
    # Loading takes half a second, which a run that sends nothing need not spend.
    from apprise import Apprise  # noqa: PLC0415

    url, hidden = fill(template, environment), secrets(template, environment)
    with _captured_log() as lines, warnings.catch_warnings():
        # Its plugins load modules that later versions of Python drop; Apprise has to mend that.
        warnings.simplefilter("ignore", DeprecationWarning)
        plugin = Apprise.instantiate(url)
    if plugin is None:
        why = f" ({scrub(lines[0], hidden)})" if lines else ""
        raise ChannelError(f"this is no Apprise URL that can be used{why}: see https://appriseit.com for how they look")
    plugin.socket_connect_timeout = plugin.socket_read_timeout = _PATIENCE
    scheme = url.partition("://")[0].lower()
    return Channel(plugin, scheme, _form(plugin, scheme), hidden)


def _form(plugin: "NotifyBase", scheme: str) -> Form:
    match str(plugin.resolve_format().value):
        case "html":
            return "page" if scheme in _MAILS else "html"
        case "markdown":
            return "markdown"
        case _:
            return "text"


def _essence(line: str) -> str:
    """Return the operating system's own words of a wrapped error."""
    system = _SYSTEM.search(line)
    return system[1] if system and line.startswith(_SOCKET_ERROR) else line


class _Listener(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if record.levelno >= logging.WARNING or message.startswith(_SOCKET_ERROR):
            self._lines.append(message)


@contextmanager
def _captured_log() -> Iterator[list[str]]:
    """Keep Apprise's log lines from other logs: they may name the address."""
    logger = logging.getLogger("apprise")
    lines: list[str] = []
    before = logger.level, logger.propagate, logger.handlers
    logger.handlers, logger.propagate = [_Listener(lines)], False
    logger.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        level, logger.propagate, logger.handlers = before
        logger.setLevel(level)


__all__ = ["Channel", "ChannelError", "Content", "open_channel"]
