"""Read a TOML file into an ``Outlet``, or into one line per fault."""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from core.errors import DeclarationError
from core.toml_files import format_allowed, format_key, format_path, format_value, load_toml
from outlets.schema import ArticleRules, Discover, Examples, Outlet, Politeness, Poll

_TABLES: Mapping[str, type[BaseModel]] = {
    "": Outlet,
    "discover": Discover,
    "article": ArticleRules,
    "politeness": Politeness,
    "poll": Poll,
    "examples": Examples,
}


def read_declaration(path: Path) -> Outlet:
    """Read an outlet's declaration.

    Raises:
        DeclarationError: unreadable or invalid; one line per fault.
    """
    document = load_toml(path)
    faults = ["name: the outlet's name is the file's; remove the key"] if "name" in document else []
    try:
        outlet = Outlet.model_validate({**document, "name": path.stem})
    except ValidationError as error:
        faults += [_fault(detail) for detail in error.errors()]
    else:
        faults += _contradictions(outlet)
        if not faults:
            return outlet
    raise DeclarationError("\n".join(f"{format_path(path)}: {fault}" for fault in faults))


def _fault(detail: ErrorDetails) -> str:
    location = detail["loc"]
    if detail["type"] == "extra_forbidden":
        return _unknown_key(location)
    if location == ("name",):
        return f"the file's name is the outlet's name and must be {format_allowed(detail)}, e.g. bharata.toml"
    if detail["type"] == "missing":
        return f"{format_key(location)}: missing; it must be there"
    return f"{format_key(location)} = {format_value(detail['input'])}: must be {format_allowed(detail)}"


def _unknown_key(location: tuple[str | int, ...]) -> str:
    table, key = ".".join(str(part) for part in location[:-1]), str(location[-1])
    allowed = [field for field in _TABLES[table].model_fields if field != "name"]
    for other, model in _TABLES.items():
        if other != table and key in model.model_fields and key != "name":
            place = f"below [{other}]" if other else "at the top, before the first [table]"
            return f"{format_key(location)}: no such key here; it belongs {place}"
    close = get_close_matches(key, allowed, n=1)
    hint = f"did you mean {close[0]}? " if close else ""
    return f"{format_key(location)}: no such key; {hint}Allowed: {', '.join(allowed)}"


def _contradictions(outlet: Outlet) -> list[str]:
    return [*_foreign_site(outlet), *_crossed_poll(outlet.poll), *_foreign_examples(outlet)]


def _crossed_poll(poll: Poll) -> list[str]:
    if poll.shortest is None or poll.longest is None or poll.shortest <= poll.longest:
        return []
    return ["poll.shortest: must not be more than poll.longest"]


def _foreign_site(outlet: Outlet) -> list[str]:
    host = _host(outlet.site)
    if _lies_within(host, outlet.domains):
        return []
    return [f"domains = {format_value(list(outlet.domains))}: must hold the host of site, {host}, or its parent"]


def _foreign_examples(outlet: Outlet) -> list[str]:
    examples = outlet.examples
    return [
        f"examples.{key}[{place}] = {format_value(url)}: must be an address in one of domains"
        for key, urls in (("articles", examples.articles), ("other", examples.other))
        for place, url in enumerate(urls)
        if not _lies_within(_host(url), outlet.domains)
    ]


def _host(url: str) -> str:
    return re.sub(r"^https?://([^/?#]*).*", r"\1", url.lower())


def _lies_within(host: str, domains: Sequence[str]) -> bool:
    # Not core.urls.belongs: importing tldextract would slow down `scrapy list`.
    return any(f".{host}".endswith(f".{domain}") or host.partition(":")[0] == domain for domain in domains)
