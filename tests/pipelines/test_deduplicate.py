from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest

from core.models import Reason
from database.articles import MatchColumns
from pipelines.deduplicate import NewArticle, SameArticle, TakesSeed, first_published, judge_page, judge_seed
from pipelines.fingerprint import can_link

MORNING, NOON = datetime(2024, 9, 14, 8, tzinfo=UTC), datetime(2024, 9, 14, 12, tzinfo=UTC)


def page(article_id: int, outlet: str, published_at: datetime | None = None, **known: Any) -> MatchColumns:
    return held(id=article_id, outlet=outlet, fetched_at=NOON, published_at=published_at, **known)


def seed(article_id: int, outlet: str | None) -> MatchColumns:
    return held(id=article_id, outlet=outlet, origin="seed")


def held(**known: Any) -> MatchColumns:
    unknown: dict[str, Any] = dict.fromkeys(field.name for field in fields(MatchColumns))
    return MatchColumns(
        **unknown | {"origin": "crawl", "text_sha256": "ab", "first_seen_at": NOON, "scheme": 1} | known
    )


def test_an_unknown_text_is_a_new_article() -> None:
    assert judge_page("harian", []) == NewArticle()
    assert judge_seed(None, []) == NewArticle()


def test_the_outlets_own_text_again_is_the_same_article() -> None:
    assert judge_page("harian", [page(1, "suara"), page(2, "harian")]) == SameArticle(2, Reason.SAME_TEXT)


def test_another_outlets_text_is_a_new_article() -> None:
    assert judge_page("harian", [page(1, "suara"), seed(2, "kabar")]) == NewArticle()


@pytest.mark.parametrize("outlet", ["harian", None])
def test_a_page_takes_a_seed_of_its_own_or_no_outlet(outlet: str | None) -> None:
    assert judge_page("harian", [seed(1, outlet)]) == TakesSeed(1)


def test_a_page_leaves_another_outlets_seed_alone() -> None:
    assert judge_page("harian", [seed(1, "suara")]) == NewArticle()


def test_a_seed_joins_its_outlets_article() -> None:
    assert judge_seed("harian", [page(1, "suara"), page(2, "harian")]) == SameArticle(2, Reason.SAME_TEXT)


def test_a_seed_of_another_outlet_is_an_article_of_its_own() -> None:
    assert judge_seed("harian", [page(1, "suara")]) == NewArticle()


def test_a_seed_that_names_its_outlet_meets_one_that_does_not() -> None:
    assert judge_seed("harian", [seed(1, None)]) == SameArticle(1, Reason.SAME_TEXT)


def test_a_bare_seed_joins_whoever_published_first() -> None:
    held = [page(1, "suara"), page(2, "harian", NOON), page(3, "kabar", MORNING)]
    assert judge_seed(None, held) == SameArticle(3, Reason.SAME_TEXT)


def test_equal_times_are_told_apart_by_outlet_and_address() -> None:
    assert first_published([page(1, "suara", NOON), page(2, "harian", NOON)]) == page(2, "harian", NOON)
    held = [page(1, "harian", NOON, url="https://harian.test/2"), page(2, "harian", NOON, url="https://harian.test/1")]
    assert first_published(held) == held[1]


def test_a_day_without_a_time_may_have_been_its_end() -> None:
    midnight = datetime(2024, 9, 14, tzinfo=UTC)
    day = page(1, "harian", midnight, published_precision="day")
    assert first_published([day, page(2, "suara", NOON)]) == page(2, "suara", NOON)
    assert first_published([day, page(2, "suara")]) == day


def test_a_stub_links_nothing() -> None:
    assert (can_link(19), can_link(20)) == (False, True)
