"""Several writers at once, each in its own transaction: nothing twice, nothing lost."""

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from core.models import Article, Reason
from database.engine import open_database
from database.schema import Base, Original, StoredArticle, Story, Url
from database.writer import Writer
from pipelines.new_article import Stored, store
from pipelines.seeds.seed_import import Imported, import_seed
from tests.pipelines.copies import corpus, day, edited, found, printed, wire
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
            begun.wait(60)
            time.sleep(0.3)  # the second is now waiting for a lock, or has read what it should not
            return result

    def late() -> T:
        written.wait(60)
        begun.set()
        with Session(engine) as session, session.begin():
            return second(session)

    with ThreadPoolExecutor(2) as threads:
        both = threads.submit(early), threads.submit(late)
        return both[0].result(180), both[1].result(180)


def named(engine: Engine, *pages: Arrival) -> list[int]:
    with Session(engine) as session, session.begin():
        return [name_it(session, page) for page in pages]


def storing(page: Arrival, url_id: int) -> Callable[[Session], Stored]:
    return lambda session: store(session, job(page, url_id), NOW)


def importing(document: Article) -> Callable[[Session], Imported]:
    content = repr(document).encode()
    return lambda session: import_seed(session, "contoh.txt", content, document, NOW, look_back=LOOK_BACK)


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


def test_two_writers_of_near_copies_make_one_story(engine: Engine) -> None:
    whole, half = printed("antara", "asal", wire(1), day(1)), printed("suara", "paruh", wire(1)[:6], day(2))
    one, two = named(engine, whole, half)
    at_once(engine, storing(half, two), storing(whole, one))
    with Session(engine) as session:
        ((members, (first, *_)),) = found(session).items()
        assert (len(members), first[0]) == (2, "antara")  # type: ignore[index]  # a key of an article


def test_two_bridges_at_once_make_one_story(engine: Engine) -> None:
    parts = [printed(outlet, "paruh", part, day(2)) for outlet, part in (("a", wire(1)[:6]), ("b", wire(1)[6:]))]
    bridges = [printed("c", "asal", wire(1), day(1)), printed("d", "sunting", edited(wire(1), 9), day(1))]
    ids = named(engine, *parts, *bridges)
    for part, url_id in zip(parts, ids, strict=False):
        with Session(engine) as session, session.begin():
            store(session, job(part, url_id), NOW)
    at_once(engine, storing(bridges[0], ids[2]), storing(bridges[1], ids[3]))
    with Session(engine) as session:
        assert [len(members) for members in found(session)] == [4]


def test_four_writers_make_the_stories_that_one_makes(database_url: str) -> None:
    pages = [what for what in corpus() if isinstance(what, Arrival)]
    seeds = [what for what in corpus() if isinstance(what, Article)]
    engines = [open_database(database_url) for _ in range(4)]
    work: list[Callable[[Session], Any]] = [
        *(storing(page, url_id) for page, url_id in zip(pages, named(engines[0], *pages), strict=True)),
        *(importing(seed) for seed in seeds),
    ]
    random.Random(4).shuffle(work)
    with Session(engines[0]) as session, session.begin():
        for one in work:
            one(session)
        alone = found(session)
        session.rollback()

    meet = threading.Barrier(4)

    def write(number: int) -> int:
        mine = work[number::4]
        for start in range(0, len(mine), 3):
            with Session(engines[number]) as session, session.begin():
                if start == 0 and engines[number].dialect.name == "postgresql":
                    session.execute(select(func.now()))  # all four transactions have begun
                    meet.wait(60)
                for one in mine[start : start + 3]:
                    one(session)
        return len(mine)

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(write, range(4))) == len(work)
    with Session(engines[0]) as session:
        assert found(session) == alone
        assert len(alone) == 10
    for engine in engines:
        engine.dispose()


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
            meet.wait(60)
            return writer.run_blocking(work)
        finally:
            writer.close()

    with ThreadPoolExecutor(2) as threads:
        results = [stored.state for half in threads.map(write, (0, 1)) for stored in half]
    assert sorted(results) == ["same-as"] * 20 + ["stored"] * 20
    assert count(engine, StoredArticle) == 20
    with Session(engine) as session:
        assert set(session.scalars(select(Url.state))) == {"same-as", "stored"}
