"""All pages, as a reader comes to them: by the links of others."""

from collections import Counter, deque
from urllib.parse import urljoin, urlsplit

import pytest
from fastapi.testclient import TestClient
from lxml.html import HtmlElement

from tests.web.client import hrefs, read, texts

KINDS = (
    "/", "/articles/", "/stories", "/stories/", "/outlets", "/outlets/", "/flags", "/rounds", "/rounds/", "/runs",
    "/runs/", "/watchlists", "/watchlists/", "/saved", "/help", "/help/api", "/static/", "/api/",
)  # fmt: skip
# Of every kind of address so many: the tenth run looks like the ninth.
_OF_EACH = 8


def kind(address: str) -> str:
    """What an address shows, as far as a path tells."""
    path = urlsplit(address).path
    known = [one for one in KINDS if path == one or (one.endswith("/") and one != "/" and path.startswith(one))]
    return max(known, key=len)


def test_every_link_leads_somewhere(client: TestClient) -> None:
    waiting, known, asked = deque(["/"]), {"/"}, Counter[str]()
    while waiting:
        address = waiting.popleft()
        asked[kind(address)] += 1
        if asked[kind(address)] > _OF_EACH:
            continue
        answer = client.get(address)
        assert answer.status_code == 200, address
        if answer.headers["content-type"].startswith("text/html"):
            check(read(answer), address)
            found = {urljoin(address, one).partition("#")[0] for one in hrefs(read(answer), "[href]")}
            inside = {one for one in found if not urlsplit(one).netloc} - known
            known |= inside
            waiting.extend(sorted(inside))
    assert set(asked) == set(KINDS)


def check(page: HtmlElement, address: str) -> None:
    """What holds for every page."""
    assert len(texts(page, "h1")) == 1, address
    assert texts(page, "title")[0].endswith(" · Pantau"), address
    assert page.get("lang") == "en"
    assert len(page.cssselect("main#main")) == len(page.cssselect("a.skip[href='#main']")) == 1
    assert len(page.cssselect("nav a[aria-current]")) <= 1
    assert not page.cssselect("script, style, [style], iframe, object, embed, base, meta[http-equiv]"), address
    assert not page.xpath("//@*[starts-with(name(), 'on')]"), address
    ids = [one.get("id") for one in page.cssselect("[id]")]
    assert len(ids) == len(set(ids)), address
    fragments = [one for one in hrefs(page, "a[href^='#']") if one.removeprefix("#") not in ids]
    assert not fragments, address
    named = {label.get("for") for label in page.cssselect("label[for]")}
    for field in page.cssselect("input:not([type=hidden]), select"):
        assert field.get("id") in named or any(one.tag == "label" for one in field.iterancestors()), address
    for column in page.cssselect("thead th, tbody th"):
        assert column.get("scope") in {"col", "row"}, address


@pytest.mark.parametrize(
    "query", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'}{{7*7}}", "é北 & ü"]
)
def test_whatever_is_asked_comes_back_inert(client: TestClient, query: str) -> None:
    for address in ("/", "/saved", "/stories", "/outlets", "/flags", "/rounds", "/runs"):
        answer = client.get(address, params={"q": query, "day": query, "outlet": query})
        check(read(answer, answer.status_code), address)
