import json
import pickle

import pytest

from core.models import Article, Page
from crawler.extraction.article import extract, next_page
from tests.crawler.extraction.made_up import NOW, SENTENCES, TITLE, URL, article, article_html, html, outlet, paragraphs

NEXT = '<div class="paging"><a class="lanjut" href="{}">Halaman berikutnya</a></div>'


def test_further_pages_are_appended_without_repeats() -> None:
    first, second, third, fourth = SENTENCES
    rest = (
        (article_html(text=paragraphs(first, second, third)).encode(), "utf-8"),
        (article_html(text=paragraphs(third, fourth)).encode(), None),
    )
    page = Page(url=URL, body=article_html(text=paragraphs(first, second)).encode(), rest=rest)
    found = extract(page, outlet(), NOW)
    assert isinstance(found, Article)
    assert found.text == "\n".join(SENTENCES)


def test_empty_further_page_changes_nothing() -> None:
    found = extract(Page(url=URL, body=article_html().encode(), rest=((b"", None),)), outlet(), NOW)
    assert found.text == "\n".join(SENTENCES)


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("?page=2", f"{URL}?page=2"),
        ("/berita/12345/2", "https://www.kabarcontoh.id/berita/12345/2"),
        ("https://www.lain.id/berita", None),
        ("#", None),
        ("javascript:next()", None),
        ("http://[", None),
        (URL, None),
    ],
)
def test_next_page_is_on_the_same_host(href: str, address: str | None) -> None:
    page = Page(url=URL, body=article_html(NEXT.format(href)).encode())
    assert next_page(page, outlet(next="a.lanjut")) == address


def test_next_page_needs_a_declaration() -> None:
    assert next_page(Page(url=URL, body=article_html(NEXT.format("?page=2")).encode()), outlet()) is None


def test_article_in_structured_data_is_read() -> None:
    statement = json.dumps({"@type": "NewsArticle", "headline": TITLE, "articleBody": "\n".join(SENTENCES)})
    page = html('<div id="app"></div>', f'<script type="application/ld+json">{statement}</script>')
    assert article(page).text == "\n".join(SENTENCES)


def test_article_in_application_data_is_read() -> None:
    state = {"props": {"article": {"content": paragraphs(), "published_at": "2026-07-01 08:10:08"}}}
    head = f'<meta property="og:type" content="article"><script id="__NEXT_DATA__">{json.dumps(state)}</script>'
    found = article(html("<div id=__next></div>", head))
    assert found.text == "\n".join(SENTENCES)
    assert found.published is not None
    assert (found.published.at.isoformat(), found.published.source) == ("2026-07-01T08:10:08+07:00", "page-data")


def test_text_in_short_lines_is_read_by_the_general_rules() -> None:
    lines = [f"Baris ke-{n} dari puisi tentang hujan di desa itu." for n in range(12)]
    page = html(
        f"<h1>{TITLE}</h1><article>{paragraphs(*lines)}</article>", '<meta property="og:type" content="article">'
    )
    assert article(page).text.splitlines()[-1] == lines[-1]


def test_result_and_outlet_travel_between_processes() -> None:
    found = article(article_html())
    assert pickle.loads(pickle.dumps(found)) == found


def test_same_page_gives_the_same_article_again() -> None:
    assert article(article_html()) == article(article_html())


def test_file_of_unknown_origin_is_read() -> None:
    found = article(article_html(), url="")
    assert (found.url, found.title, found.text) == (None, TITLE, "\n".join(SENTENCES))
