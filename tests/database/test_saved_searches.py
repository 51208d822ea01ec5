from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.errors import UsageError
from database.saved_searches import MAX_TITLE, create, delete, get, list_all

NOW = datetime(2024, 9, 15, 2, tzinfo=UTC)


def names(session: Session, *titles: str) -> list[str]:
    return [create(session, title, "q=beras", NOW).name for title in titles]


def test_a_name_is_made_of_the_title(session: Session) -> None:
    assert names(session, "Tiongkok & Rusia", "Café  di\nKota", "«Beras»") == [
        "tiongkok-rusia",
        "cafe-di-kota",
        "beras",
    ]
    assert [saved.title for saved in list_all(session)] == ["«Beras»", "Café di Kota", "Tiongkok & Rusia"]


def test_no_two_searches_share_a_name(session: Session) -> None:
    assert names(session, "Beras", "beras!", "BERAS") == ["beras", "beras-2", "beras-3"]
    assert len(set(names(session, *["x" * MAX_TITLE] * 12))) == 12


def test_titles_without_letters_have_a_name_too(session: Session) -> None:
    assert names(session, "北京", "…") == ["search", "search-2"]


def test_a_name_taken_meanwhile_is_not_taken_again(engine: Engine) -> None:
    with Session(engine) as one:
        create(one, "Beras", "q=beras", NOW)
        one.commit()
    with Session(engine) as two:
        assert create(two, "Beras", "q=padi", NOW).name == "beras-2"


@pytest.mark.parametrize("title", ["", "  \n", "\0", "x" * (MAX_TITLE + 1)])
def test_a_title_is_needed(session: Session, title: str) -> None:
    with pytest.raises(UsageError, match=r"title of 1 to 120 characters"):
        create(session, title, "q=beras", NOW)


def test_the_latest_comes_first(session: Session) -> None:
    for hours, title in ((2, "Dua"), (3, "Tiga"), (1, "Satu")):
        create(session, title, "", NOW + timedelta(hours=hours))
    assert [saved.name for saved in list_all(session)] == ["tiga", "dua", "satu"]


def test_what_is_deleted_is_gone(session: Session) -> None:
    (name,) = names(session, "Beras")
    assert get(session, name)
    assert delete(session, name)
    assert get(session, name) is None
    assert not delete(session, name)
