"""One declaration gives the article's fields to exports, Archive, API and Parquet; another names those of pages."""

from dataclasses import fields
from datetime import datetime

from core.models import Article as PageArticle
from database.articles import FIELDS, LIST_FIELDS, TEXT_FIELDS
from database.schema import StoredArticle
from pantau import Archive
from search.parquet import _schema
from search.records import DESCRIPTIONS, KEYS, OUTLET_TIMES, TIMES, TYPES, Article
from web.api import article_schemas

COMPUTED = {"other_urls", "first_in_story"}


def test_every_reader_has_the_declared_keys_in_order() -> None:
    assert tuple(field.name for field in fields(Article)) == KEYS == tuple(TYPES)
    assert tuple(article_schemas.Article.model_fields) == KEYS
    assert tuple(_schema().names) == KEYS
    assert Archive.article.__annotations__["return"] == Article | None


def test_every_key_is_a_column_or_computed() -> None:
    assert set(KEYS) - set(StoredArticle.__table__.columns.keys()) == COMPUTED


def test_times_follow_from_the_types() -> None:
    assert {key for key in KEYS if key.endswith("_at")} == TIMES
    assert OUTLET_TIMES < TIMES
    assert TYPES["first_seen_at"] is datetime


def test_descriptions_reach_the_api() -> None:
    described = {key: field.description for key, field in article_schemas.Article.model_fields.items()}
    assert {key: text for key, text in described.items() if text} == DESCRIPTIONS


def test_the_fields_of_a_page_are_columns_and_keys() -> None:
    columns = StoredArticle.__table__.columns.keys()
    assert all(column in columns for names in FIELDS.values() for column in names)
    assert set(FIELDS) < {field.name for field in fields(PageArticle)}
    assert {*TEXT_FIELDS, *LIST_FIELDS} < set(KEYS)
