"""Ask the server for pages and JSON, and read what they say."""

from collections.abc import Mapping
from typing import Any, Protocol

from fastapi.testclient import TestClient
from lxml.html import FormElement, HtmlElement, document_fromstring


class Answer(Protocol):
    """An answer of the test client, whichever library it is made with."""

    @property
    def status_code(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def text(self) -> str: ...


def open_page(client: TestClient, path: str) -> HtmlElement:
    """Return the page at a path, which has one heading and nothing that could run."""
    page = read(client.get(path))
    assert len(page.xpath("//h1")) == 1
    assert not page.xpath("//script|//*[@onerror]|//*[@onload]|//@*[starts-with(., 'javascript:')]")
    return page


def texts_at(page: HtmlElement, path: str) -> list[str]:
    """Return the texts of the elements at an XPath, each in one line."""
    return [words(element) for element in page.xpath(path)]


def get_json(client: TestClient, path: str, status: int = 200) -> Any:
    """Return the API's answer to a path below ``/api/v1``."""
    answer = client.get(f"/api/v1{path}")
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == ("application/json" if status < 400 else "application/problem+json")
    return answer.json()


def read(answer: Answer, status: int = 200) -> HtmlElement:
    """The page of an answer with this status."""
    assert answer.status_code == status, answer.text[:2000]
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return document_fromstring(answer.text)


def words(element: HtmlElement) -> str:
    """An element's text in one line."""
    return " ".join(str(element.text_content()).split())


def texts(page: HtmlElement, css: str) -> list[str]:
    """What the elements that the selector finds say."""
    return [words(element) for element in page.cssselect(css)]


def hrefs(page: HtmlElement, css: str) -> list[str]:
    """Where the links that the selector finds lead."""
    return [link.get("href", "") for link in page.cssselect(css)]


def link(page: HtmlElement, css: str, says: str) -> str:
    """Where the one link leads that says this, among those that the selector finds."""
    (found,) = [one.get("href", "") for one in page.cssselect(css) if words(one).startswith(says)]
    return found


def filled(page: HtmlElement, css: str) -> list[tuple[str, str]]:
    """What the form sends as it stands: names and values, without those left empty."""
    (form,) = page.cssselect(css)
    assert isinstance(form, FormElement)
    return [(name, value) for name, value in form.form_values() if value]
