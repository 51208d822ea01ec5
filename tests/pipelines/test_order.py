"""Whatever comes first, the end is the same."""

import random
from collections.abc import Iterator
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.models import Article
from database.schema import ArticleTerms, Original, StoredArticle, Url
from pipelines.seeds.seed_import import import_seed
from tests.pipelines.copies import corpus, expected, found
from tests.pipelines.incoming import LOOK_BACK, NOW, TEXT, Arrival, arrive, article, stamp

PAGE = Arrival("harian", "/berita/1-panen-bawang", article(title="Judul laman", authors=["Rina"], published=stamp(4)))
UNDATED = Arrival("harian", "/berita/1-panen-bawang", article(title="Judul laman", authors=["Rina"]))
COPY = Arrival("suara", "/warta/7-petani-dieng", article(TEXT.upper(), title="Judul salinan", published=stamp(5)))
EARLY = Arrival("suara", "/warta/7-petani-dieng", article(TEXT.upper(), title="Judul salinan", published=stamp(1)))
TWIN = Arrival("harian", "/foto/3-panen-bawang", article(title="Judul kembar"))
NAMED = article(outlet="harian", title="Judul dokumen", credit="Antara", published=stamp(3), section="Tani")
BARE = article(title="Judul dokumen", credit="Antara", published=stamp(2))
FOREIGN = article(outlet="kabar", title="Judul kabar", published=stamp(3))


def in_every_order(session: Session, things: tuple[Arrival | Article, ...]) -> Iterator[None]:
    """Brings them in one order, lets the test look, takes all back, and so on."""
    for order in permutations(things):
        with session.begin_nested() as attempt:
            for what in order:
                come(session, what)
            session.expire_all()
            yield
            attempt.rollback()
        session.expire_all()


def come(session: Session, what: Arrival | Article) -> None:
    if isinstance(what, Arrival):
        arrive(session, what)
    else:
        import_seed(session, "contoh.txt", repr(what).encode(), what, NOW, look_back=LOOK_BACK)


def state(session: Session) -> dict[str, Any]:
    """All that the database says, in words that do not depend on row ids."""
    session.expire_all()
    found = {stored.id: stored for stored in session.scalars(select(StoredArticle))}
    names = {key: stored.outlet for key, stored in found.items()}
    ours = set(StoredArticle.__table__.columns.keys()) - {"id", "story_id"}
    terms = {names[row.article_id]: (row.title, row.body) for row in session.scalars(select(ArticleTerms))}
    stories: dict[int | None, list[str]] = {}
    for stored in found.values():
        stories.setdefault(stored.story_id, []).append(str(stored.outlet))
    return {
        "articles": {stored.outlet: {name: getattr(stored, name) for name in ours} for stored in found.values()},
        "terms": terms,
        "stories": sorted((key is not None, sorted(outlets)) for key, outlets in stories.items()),
        "originals": sorted(
            (row.found["title"]["title"], str(names[row.article_id]), sorted(row.gave))
            for row in session.scalars(select(Original))
        ),
    }


def ledger_rows(session: Session) -> dict[str, str | None]:
    """Of which outlet the article is that a URL leads to. (Which of two twins is the first may depend on the order.)"""
    query = select(Url.url, StoredArticle.outlet).outerjoin(StoredArticle, StoredArticle.id == Url.article_id)
    return {row.url: row.outlet for row in session.execute(query)}


SETS: dict[str, tuple[Arrival | Article, ...]] = {
    "page, its document, a copy": (PAGE, NAMED, COPY),
    "undated page, its document, a copy": (UNDATED, NAMED, COPY),
    "page, a bare document, a later copy": (PAGE, BARE, COPY),
    "page, a bare document, an earlier copy": (PAGE, BARE, EARLY),
    "undated page, a bare document, a copy": (UNDATED, BARE, COPY),
    "page, another outlet's document, a copy": (PAGE, FOREIGN, COPY),
    "page, two documents": (PAGE, NAMED, BARE),
    "page, two outlets' documents": (PAGE, NAMED, FOREIGN),
    "two outlets' documents, a bare one": (NAMED, FOREIGN, BARE),
}


@pytest.mark.parametrize("name", SETS)
def test_every_order_ends_in_the_same_state(session: Session, name: str) -> None:
    ends = [(state(session), ledger_rows(session)) for _ in in_every_order(session, SETS[name])]
    assert len(ends) == 6
    assert all(end == ends[0] for end in ends)


def test_a_page_is_its_documents_article(session: Session) -> None:
    for _ in in_every_order(session, (PAGE, NAMED, COPY)):
        found = {article.outlet: article for article in session.scalars(select(StoredArticle))}
        ours, other = found["harian"], found["suara"]
        assert (ours.origin, other.origin, len(found)) == ("seed", "crawl", 2)
        assert (ours.url, ours.title, ours.authors) == (PAGE.url, "Judul laman", ["Rina"])
        assert (ours.published_at, ours.credit, ours.section) == (stamp(4).at, "Antara", "Tani")
        assert ours.story_id == other.story_id is not None


def test_a_bare_document_gives_its_date_to_nobody_else(session: Session) -> None:
    for _ in in_every_order(session, (UNDATED, BARE, EARLY)):
        found = {article.outlet: article for article in session.scalars(select(StoredArticle))}
        assert (found["suara"].origin, found["suara"].published_at) == ("seed", stamp(1).at)
        assert (found["harian"].origin, found["harian"].published_at) == ("crawl", None)
        assert (found["suara"].credit, found["harian"].credit) == ("Antara", None)


def test_a_documents_page_at_two_addresses_is_one_article(session: Session) -> None:
    for _ in in_every_order(session, (PAGE, NAMED, TWIN)):
        assert session.scalars(select(StoredArticle)).one().origin == "seed"
        assert ledger_rows(session) == {PAGE.url: "harian", TWIN.url: "harian"}


def test_everything_twice_changes_nothing(session: Session) -> None:
    for what in (PAGE, BARE, NAMED, COPY, TWIN, FOREIGN):
        come(session, what)
    once = state(session), ledger_rows(session)
    for what in (FOREIGN, TWIN, COPY, NAMED, BARE, PAGE):
        come(session, what)
    assert (state(session), ledger_rows(session)) == once


def test_the_same_stories_come_of_every_order(session: Session) -> None:
    things = corpus()
    ends = []
    for seed in range(5):
        with session.begin_nested() as attempt:
            for what in random.Random(seed).sample(things, len(things)):
                come(session, what)
            ends.append(found(session))
            assert set(ends[-1]) == expected(session.scalars(select(StoredArticle)))
            attempt.rollback()
        session.expire_all()
    assert all(end == ends[0] for end in ends)
    # Five days' notices at two outlets each, a chain through the periods, four wires, two of them with a seed more.
    assert sorted(len(story) for story in ends[0]) == [2] * 5 + [4] + [6, 6, 7, 7]
