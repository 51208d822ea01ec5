"""The five documents that the project started from; their words stay where they are."""

import hashlib
from datetime import UTC, datetime

import pytest

from core.models import Article
from crawler.extraction.furniture import is_furniture_line
from outlets.registry import Registry
from pipelines.seeds.files import SeedFile, find_documents
from tests.shared import shared

NOW = datetime(2026, 7, 24, 10, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def seeds() -> list[Article]:
    outlets = Registry.from_settings([]).all()
    found = [each for each in find_documents([str(shared("seed_corpus"))]) if isinstance(each, SeedFile)]
    read = [each.read(outlets, NOW) for each in found]
    return [each for each in read if isinstance(each, Article)]


def test_every_document_is_an_article(seeds: list[Article]) -> None:
    assert len(seeds) == 5
    assert [article.language for article in seeds] == ["id"] * 5


def test_fields_are_those_that_the_documents_state(seeds: list[Article]) -> None:
    found = [(article.outlet, article.dateline, article.credit, article.section, article.authors) for article in seeds]
    assert found == [
        (None, None, None, None, []),
        (None, None, None, None, []),
        ("rakyatku", "RAKYATKU.COM", "TASS", None, []),
        ("bharata", "Moskow, Bharata Online", None, None, []),
        ("bharata", "St. Petersburg, Radio Bharata Online", None, "International", ["Eko Satrio Wibowo"]),
    ]


def test_titles_are_stated_by_two(seeds: list[Article]) -> None:
    assert [article.title and len(article.title) for article in seeds] == [None, 25, None, None, 102]


def test_dates_are_stated_by_two(seeds: list[Article]) -> None:
    found = [
        article.published and (article.published.at.isoformat(), article.published.confidence) for article in seeds
    ]
    expected = [None, ("2024-06-11T10:49:05+07:00", "medium"), None, None, ("2024-09-14T12:45:06+07:00", "high")]
    assert found == expected


def test_texts_are_whole_and_without_furniture(seeds: list[Article]) -> None:
    paragraphs = [article.text.split("\n") for article in seeds]
    assert [len(each) for each in paragraphs] == [6, 5, 8, 16, 17]
    assert [len(article.text.split()) for article in seeds] == [320, 335, 258, 656, 524]
    assert not [line for each in paragraphs for line in each if is_furniture_line(line)]


def test_texts_begin_and_end_with_the_right_words(seeds: list[Article]) -> None:
    edges = "\n".join(" ".join(words[:4] + words[-4:]) for words in (article.text.split() for article in seeds))
    assert (
        hashlib.sha256(edges.encode()).hexdigest() == "3afc880795825792145fa0d93c6a1fdee3ca6b43b7f3dff4c8d2d76cdec2e5dd"
    )
