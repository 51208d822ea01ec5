"""Addresses of channels: Apprise URLs whose secrets come from the environment.

``${NAME}`` is an environment variable. Plain text ends up in files, backups and the database, so it may hold no
secret. In most kinds of Apprise URL any part may be one (tgram://TOKEN/CHAT): there, every part is a variable.
"""

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

from core.errors import PantauError

ALLOWED = (
    "an Apprise URL that takes its secrets from the environment: the whole of it from a variable (\"${PANTAU_MAIL}\"), "
    'or parts ("mailtos://${MAIL_USER}:${MAIL_PASSWORD}@mail.example.org?to=redaksi@example.org", '
    '"json://127.0.0.1:8080/${HOOK}"). What stands in the file in plain text could be a secret'
)  # fmt: skip

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_HIDDEN = "\0"  # in place of a variable
# Kinds in which a literal host is no secret, nor a mail address.
_WITH_HOST = frozenset({"mailto", "mailtos", "json", "jsons", "xml", "xmls", "form", "forms", "ntfy", "ntfys"})
_OPEN_PARAMETERS = frozenset({"to", "from", "cc", "bcc", "reply", "smtp", "name", "format", "mode", "method"})
_HOST = re.compile(r"[A-Za-z0-9.\-\0]*(\[[0-9a-fA-F:]+\])?(:(\d*|\0))?")
_SHORTEST = 3  # characters of what is struck out of messages; shorter parts reveal nothing


class ChannelError(PantauError):
    """A channel cannot be used: a variable is missing, or is no Apprise URL."""


def check_address(template: str) -> str:
    """Return the address if it holds no literal secret.

    Raises:
        ValueError: it may hold one, or is no address; the message is ``ALLOWED``.
    """
    if not _safe(template):
        raise ValueError(ALLOWED)
    return template


def _safe(template: str) -> bool:
    hidden = _VARIABLE.sub(_HIDDEN, template)
    if hidden == _HIDDEN:
        return True
    if "$" in hidden or re.search(r"[\s\x01-\x1f]", hidden):
        return False
    scheme, separator, rest = hidden.partition("://")
    if not separator or not re.fullmatch(r"[a-z][a-z0-9+.\-]*", scheme):
        return False
    place, _, query = rest.partition("?")
    known = scheme in _WITH_HOST
    login, at, target = place.rpartition("@")
    host, _, path = target.partition("/")
    if at and _plain(login, ":"):
        return False
    host_ok = bool(_HOST.fullmatch(host)) if known else not _plain(host, ":")
    return host_ok and not _plain(path, "/") and all(_open(pair, known=known) for pair in query.split("&") if pair)


def _plain(text: str, marks: str) -> bool:
    return bool(text.replace(_HIDDEN, "").strip(marks) and set(text) - {_HIDDEN, *marks})


def _open(pair: str, *, known: bool) -> bool:
    key, equals, value = pair.partition("=")
    return bool(equals) and _HIDDEN not in key and (not _plain(value, "") or (known and key in _OPEN_PARAMETERS))


def variables(template: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_VARIABLE.findall(template)))


def fill(template: str, environment: Mapping[str, str]) -> str:
    """Return the address with its secrets.

    Raises:
        ChannelError: a variable is not set, or empty.
    """
    missing = [name for name in variables(template) if not environment.get(name, "").strip()]
    if missing:
        names = " and ".join(missing)
        raise ChannelError(f"the environment has no {names}: set {'it' if len(missing) == 1 else 'them'}")
    if _VARIABLE.fullmatch(template):
        return environment[variables(template)[0]].strip()
    # Before the host, "/" and ":" would end it.
    login, at, rest = template.rpartition("@")
    return "".join(_filled(part, environment, safe) for part, safe in ((login + at, ""), (rest, "/:")))


def _filled(part: str, environment: Mapping[str, str], safe: str) -> str:
    return _VARIABLE.sub(lambda variable: quote(environment[variable[1]].strip(), safe=safe), part)


def secrets(template: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return strings to strike out: variables' values and their parts, longest first."""
    values = [environment.get(name, "").strip() for name in variables(template)]
    parts = {part for value in values for part in (value, *re.split(r"[:/@?&=,;\s]+", value))}
    parts |= {form(part) for part in parts for form in (quote, unquote)}
    return tuple(sorted((part for part in parts if len(part) >= _SHORTEST), key=len, reverse=True))


def scrub(text: str, hidden: tuple[str, ...]) -> str:
    for secret in hidden:
        text = text.replace(secret, "***")
    return " ".join(text.split())
