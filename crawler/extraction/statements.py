"""A page's machine-readable statements: ``meta``, structured data, site names."""

from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlsplit

from lxml.etree import _Element as Element

from crawler.extraction import json_ld
from crawler.extraction.document import by_itemprop, clean_text, text_of
from crawler.extraction.json_ld import Node, text_value
from outlets.schema import Outlet

_LONGEST_HEADING = 300  # characters


@dataclass(frozen=True)
class Statements:
    """A page's ``meta`` and JSON-LD, read once; ``hint`` is the source's title."""

    tree: Element
    outlet: Outlet
    url: str
    hint: str | None = None
    # Kept, because lxml makes a new object at each access to an element.
    elements: list[Element] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "elements", list(self.tree.iter()))

    @cached_property
    def metas(self) -> dict[str, list[str]]:
        """Contents of ``meta`` by lower-case property, name or itemprop."""
        found: dict[str, list[str]] = {}
        for element in self.tree.iter("meta"):
            content = clean_text(element.get("content"))
            for key in ("property", "name", "itemprop"):
                if content and (name := element.get(key)):
                    found.setdefault(name.strip().lower(), []).append(content)
        return found

    def meta(self, *names: str) -> str | None:
        return next((self.metas[name][0] for name in names if name in self.metas), None)

    @cached_property
    def by_itemprop(self) -> dict[str, list[Element]]:
        return by_itemprop(self.elements)

    @cached_property
    def nodes(self) -> list[Node]:
        return json_ld.nodes(self.tree)

    @cached_property
    def article(self) -> Node:
        """JSON-LD object of the article, perhaps empty."""
        return json_ld.article_node(self.nodes)

    @cached_property
    def site_names(self) -> tuple[str, ...]:
        """Names that a title may end with: the outlet's, its hosts, the page's own."""
        labels = (urlsplit(self.url).hostname or "").split(".")
        names = (
            self.outlet.title,
            *self.outlet.domains,
            self.meta("og:site_name", "application-name", "al:android:app_name") or "",
            text_value(self.article.get("publisher")),
            *(".".join(labels[start:]) for start in range(len(labels) - 1)),  # "bola.kabar.co.id", "kabar.co.id" …
        )
        return tuple(dict.fromkeys(name for name in names if name))

    @cached_property
    def headings(self) -> list[Element]:
        return [h1 for h1 in self.tree.iter("h1") if 0 < len(text_of(h1)) <= _LONGEST_HEADING]
