import pytest

from crawler.extraction.document import parse
from crawler.extraction.json_ld import Node, article_node, nodes, text_value, text_values


def statement(json: str) -> Node:
    tree = parse(f'<script type="application/ld+json">{json}</script><p>teks</p>'.encode())
    assert tree is not None
    return article_node(nodes(tree))


@pytest.mark.parametrize(
    "json",
    [
        '{"@type": "NewsArticle", "headline": "Judul"}',
        '{"@type": ["Thing", "NewsArticle"], "headline": "Judul"}',
        '{"@type": "https://schema.org/NewsArticle", "headline": "Judul"}',
        '[{"@type": "WebSite"}, {"@type": "NewsArticle", "headline": "Judul"}]',
        '{"@graph": [{"@type": "WebPage"}, {"@type": "Article", "headline": "Judul"}]}',
        '{"@type": "WebPage", "mainEntity": {"@type": "NewsArticle", "headline": "Judul"}}',
        '{"@type": "NewsArticle", "headline": "Judul", "keywords": ["a", "b",],}',
        '<!-- {"@type": "NewsArticle", "headline": "Judul"} -->',
        '//<![CDATA[\n{"@type": "NewsArticle", "headline": "Judul"}\n//]]>',
        '{"@type": "NewsArticle", "headline": "Judul"};',
        '{"@type": "NewsArticle", "headline": "Judul", "description": "dua\nbaris"}',
        '{"@type": "NewsArticle", "headline": "Judul", "description": "kata "dia" salah"}',
        '{"@type": "NewsArticle", "headline": "Judul"}}}',
    ],
)
def test_article_is_found_also_in_broken_json(json: str) -> None:
    assert statement(json)["headline"] == "Judul"


def test_listed_articles_are_not_the_page() -> None:
    assert statement('{"@type": "ItemList", "itemListElement": [{"@type": "NewsArticle", "headline": "Lain"}]}') == {}


@pytest.mark.parametrize("json", ["", "null", '"teks"', "[" * 5000, "{", '{"@type": {"a": 1}}'])
def test_hopeless_json_states_nothing(json: str) -> None:
    assert statement(json) == {}


def test_values_become_plain_text() -> None:
    assert text_value([{"name": "Budi &amp; Siti"}]) == "Budi & Siti"
    assert text_values([{"name": "Budi"}, "Siti", None, {}]) == ["Budi", "Siti"]
