"""Several writers at once, each in its own transaction: nothing twice, nothing lost."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from crawler.items import Reason
from database.schema import Base, Original, StoredArticle, Story, Url
from database.writer import Writer
from pipelines.seeding import Imported, import_seed
from pipelines.storing import Stored, store
from tests.pipelines.incoming import LOOK_BACK, NOW, TEXT, Arrival, article, job, name_it

PAGE = Arrival("harian", "/berita/1-panen-bawang", article())
T = TypeVar("T")


def at_once(engine: Engine, first: Callable[[Session], T], second: Callable[[Session], T]) -> tuple[T, T]:
    """Both results, where the second began while the first had written and not yet committed."""
    written, begun = threading.Event(), threading.Event()

    def early() -> T:
        with Session(engine) as session, session.begin():
            result = first(session)
            written.set()
            begun.wait(5)
            time.sleep(0.3)  # the second is now waiting for a lock, or has read what it should not
            return result

    def late() -> T:
        written.wait(5)
        begun.set()
        with Session(engine) as session, session.begin():
            return second(session)

    with ThreadPoolExecutor(2) as threads:
        both = threads.submit(early), threads.submit(late)
        return both[0].result(20), both[1].result(20)


def named(engine: Engine, *pages: Arrival) -> list[int]:
    with Session(engine) as session, session.begin():
        return [name_it(session, page) for page in pages]


def storing(page: Arrival, url_id: int) -> Callable[[Session], Stored]:
    return lambda session: store(session, job(page, url_id), NOW)


def count(engine: Engine, table: type[Base]) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_two_writers_of_one_url_store_one_article(engine: Engine) -> None:
    (url_id,) = named(engine, PAGE)
    first, second = at_once(engine, storing(PAGE, url_id), storing(PAGE, url_id))
    assert (first.state, first.again, second.state, second.again) == ("stored", False, "stored", True)
    assert second.article_id == first.article_id
    assert count(engine, StoredArticle) == 1


def test_two_writers_of_one_text_store_one_article(engine: Engine) -> None:
    other = Arrival("harian", "/foto/2-panen-bawang", article(TEXT.upper()))
    one, two = named(engine, PAGE, other)
    first, second = at_once(engine, storing(PAGE, one), storing(other, two))
    assert second == Stored("same-as", Reason.SAME_TEXT, first.article_id)
    assert count(engine, StoredArticle) == 1


def test_two_writers_of_copies_make_one_story(engine: Engine) -> None:
    copy = Arrival("suara", "/warta/2-panen-bawang", article())
    one, two = named(engine, PAGE, copy)
    at_once(engine, storing(PAGE, one), storing(copy, two))
    assert (count(engine, StoredArticle), count(engine, Story)) == (2, 1)
    with Session(engine) as session:
        assert len(set(session.scalars(select(StoredArticle.story_id)))) == 1


@pytest.mark.parametrize("twin_first", [True, False])
def test_a_page_and_its_canonical_twin_are_one_article(engine: Engine, *, twin_first: bool) -> None:
    twin = Arrival("harian", "/cetak/9-panen-bawang", article(f"{TEXT} Cetak.", canonical_url=PAGE.url))
    pages = (twin, PAGE) if twin_first else (PAGE, twin)
    one, two = named(engine, *pages)
    at_once(engine, storing(pages[0], one), storing(pages[1], two))
    assert count(engine, StoredArticle) == 1


def test_a_document_imported_twice_at_once_is_kept_once(engine: Engine) -> None:
    def bring(session: Session) -> Imported:
        return import_seed(session, "contoh.txt", b"isi", article(), NOW, look_back=LOOK_BACK)

    first, second = at_once(engine, bring, bring)
    assert (first.what, second.what) == ("new", "known")
    assert (count(engine, StoredArticle), count(engine, Original)) == (1, 1)


def test_a_document_and_its_page_at_once_are_one_article(engine: Engine) -> None:
    (url_id,) = named(engine, PAGE)
    at_once(
        engine,
        lambda session: str(import_seed(session, "contoh.txt", b"isi", article(), NOW, look_back=LOOK_BACK)),
        lambda session: str(store(session, job(PAGE, url_id), NOW)),
    )
    with Session(engine) as session:
        found = session.scalars(select(StoredArticle)).one()
        assert (found.origin, found.url) == ("seed", PAGE.url)


def test_writers_that_cross_each_other_both_finish(engine: Engine) -> None:
    texts = [f"{TEXT} Bagian {number}." for number in range(20)]
    pages = [
        [Arrival("harian", f"/{folder}/{number}-panen-bawang", article(text)) for number, text in enumerate(texts)]
        for folder in ("berita", "foto")
    ]
    ids = [named(engine, *half) for half in pages]
    meet = threading.Barrier(2)

    def write(half: int) -> list[Stored]:
        order = list(zip(pages[half], ids[half], strict=True))[:: 1 if half else -1]

        def work(session: Session) -> list[Stored]:
            return [store(session, job(page, url_id), NOW) for page, url_id in order]

        writer = Writer(engine)
        try:
            meet.wait(5)
            return writer.run_blocking(work)
        finally:
            writer.close()

    with ThreadPoolExecutor(2) as threads:
        results = [stored.state for half in threads.map(write, (0, 1)) for stored in half]
    assert sorted(results) == ["same-as"] * 20 + ["stored"] * 20
    assert count(engine, StoredArticle) == 20
    with Session(engine) as session:
        assert set(session.scalars(select(Url.state))) == {"same-as", "stored"}
