"""Read sitemaps (https://www.sitemaps.org/protocol.html), plain text too."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO

from lxml import etree

from core.models import Candidate
from core.urls import clean_url
from crawler.discovery.dates import read_date, read_lastmod
from crawler.discovery.elements import local_name, qualifier, text_of
from crawler.discovery.payload import Xml
from crawler.discovery.result import SourceContext, SourceLink, SourceResult, collect


def read_sitemap(xml: Xml, source: SourceContext) -> SourceResult:
    """Read a sitemap or index as a stream; 50,000 URLs stay cheap."""
    stream = _Stream(source)
    result = collect(stream.read(xml), source.outlet)
    return result.with_problem(stream.problem)


def is_text_sitemap(text: bytes) -> bool:
    first = text[:4096].strip().partition(b"\n")[0].split()
    return len(first) == 1 and first[0].startswith((b"http://", b"https://"))


def read_text_sitemap(text: bytes, source: SourceContext) -> SourceResult:
    urls = (clean_url(line.decode("utf-8", "replace")) for line in text.splitlines() if line.startswith(b"http"))
    return collect((Candidate(url) for url in urls if url), source.outlet)


@dataclass(slots=True)
class _Stream:
    source: SourceContext
    problem: str | None = field(default=None, init=False)

    def read(self, xml: Xml) -> Iterator[Candidate | SourceLink]:
        events = etree.iterparse(
            BytesIO(xml.body),
            events=("end",),
            recover=True,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            encoding="utf-8",
        )
        count = 0
        try:
            for _, element in events:
                one = self._entry(element)
                count += one is not None
                if one is not None:
                    yield one
        except etree.XMLSyntaxError as error:
            self.problem = f"XML breaks at line {error.lineno}: {count} entries read before it"
            return
        broken = next((entry for entry in events.error_log if entry.level_name == "FATAL"), None)
        if broken is not None:
            self.problem = f"XML breaks at line {broken.line}: {count} entries read"

    def _entry(self, element: etree._Element) -> Candidate | SourceLink | None:
        name = local_name(element)
        if name not in {"url", "sitemap"}:
            return None
        one = self._candidate(element) if name == "url" else self._child(element)
        _forget(element)
        return one

    def _candidate(self, element: etree._Element) -> Candidate | None:
        url = self._url(element)
        if url is None:
            return None
        title = published = None
        for news in element:
            if local_name(news) == "news":
                named = {local_name(part): part for part in news}
                title = text_of(named.get("title"))
                published = read_date(
                    text_of(named.get("publication_date")),
                    zone=self.source.zone,
                    now=self.source.now,
                    source="sitemap:publication_date",
                )
        modified = read_lastmod(_text(element, "lastmod"), zone=self.source.zone, now=self.source.now)
        return Candidate(url, title, published, modified)

    def _child(self, element: etree._Element) -> SourceLink | None:
        url = self._url(element)
        lastmod = read_lastmod(_text(element, "lastmod"), zone=self.source.zone, now=self.source.now)
        return SourceLink(url, "sitemap", lastmod) if url else None

    def _url(self, element: etree._Element) -> str | None:
        address = _text(element, "loc")
        return clean_url(address, self.source.url) if address else None


def _text(element: etree._Element, name: str) -> str | None:
    """Return the text of the child in the same namespace (not ``image:loc``)."""
    own = qualifier(element)
    for child in element:
        if local_name(child) == name and qualifier(child) == own:
            return "".join(str(part) for part in child.itertext()).strip()
    return None


def _forget(element: etree._Element) -> None:
    parent = element.getparent()
    element.clear()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
