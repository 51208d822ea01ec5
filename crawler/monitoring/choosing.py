"""Which outlets ``scrapy monitor`` and ``scrapy outlets`` are about."""

from collections.abc import Collection, Sequence

from crawler.errors import UsageError
from crawler.outlets.declaration import none_called
from crawler.outlets.registry import Registry
from crawler.outlets.schema import Outlet

# Declared so by a person: the one refuses us, the other publishes nothing any more.
_LEFT_ALONE = frozenset({"blocked", "dormant"})


def choose(registry: Registry, names: Sequence[str], groups: Collection[str]) -> list[Outlet]:
    """The outlets of these names, or of these groups, or all that are active.

    Raises:
        UsageError: an unknown name or group, an outlet that is left alone, or none is left.
        DeclarationError: a declaration is wrong.
    """
    if names:
        chosen = [registry.get(name) for name in dict.fromkeys(names)]
        for outlet in chosen:
            if outlet.status in _LEFT_ALONE:
                note = f": {outlet.note}" if outlet.note else ""
                raise UsageError(f"{outlet.name} is declared {outlet.status} and left alone{note}")
    else:
        chosen = [outlet for outlet in registry.all() if outlet.status not in _LEFT_ALONE]
    known = {group for outlet in registry.all() for group in outlet.groups}
    for group in groups:
        if group not in known:
            raise UsageError(none_called("group", group, sorted(known), "scrapy outlets"))
    chosen = [outlet for outlet in chosen if not groups or not set(groups).isdisjoint(outlet.groups)]
    if not chosen:
        raise UsageError("no outlet is left: `scrapy outlets` lists them with their groups and states")
    return chosen
