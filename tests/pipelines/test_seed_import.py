from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.models import Article, Timestamp
from database.schema import ArticleTerms, Original, StoredArticle, Story
from pipelines.seeds.seed_import import Imported, import_seed
from tests.pipelines.incoming import LOOK_BACK, count_rows

NOW = datetime(2024, 10, 1, 3, tzinfo=UTC)
TEXT = (
    "Petani di lereng Dieng mulai menanam bawang merah pada awal pekan ini.\n"
    "Mereka berharap panen tiba sebelum musim hujan, dan harga di pasar tetap baik sampai akhir tahun."
)


def document(outlet: str | None = None, text: str = TEXT, **fields: object) -> Article:
    return Article(url=None, outlet=outlet, **({"title": None, "text": text} | fields))  # type: ignore[arg-type]  # see test_normalise


def stamp(day: int) -> Timestamp:
    return Timestamp(datetime(2024, 9, day, 10, tzinfo=UTC), f"{day} September 2024", "seed:line", "day", "medium")


def bring(session: Session, content: bytes, article: Article) -> Imported:
    return import_seed(session, "contoh.txt", content, article, NOW, look_back=LOOK_BACK)


def test_a_document_becomes_an_article_with_its_words(session: Session) -> None:
    found = bring(session, b"satu", document("harian", title="Panen bawang", published=stamp(3), authors=["Rina"]))
    article = session.get_one(StoredArticle, found.article_id)
    assert found.what == "new"
    assert (article.origin, article.outlet, article.url, article.title) == ("seed", "harian", None, "Panen bawang")
    assert (article.published_at, article.published_raw) == (stamp(3).at, "3 September 2024")
    assert (article.authors, article.tags, article.fetched_at, article.story_id) == (["Rina"], [], None, None)
    terms = session.get_one(ArticleTerms, article.id)
    assert terms.title == "panen bawang"
    assert terms.body.startswith("tani di lereng dieng mulai tanam bawang")


def test_the_bytes_are_kept_as_they_are(session: Session) -> None:
    found = bring(session, b"\xff\x00satu\r\n", document())
    original = session.scalars(select(Original)).one()
    assert (original.content, original.name, original.article_id) == (
        b"\xff\x00satu\r\n",
        "contoh.txt",
        found.article_id,
    )


def test_the_same_bytes_again_change_nothing(session: Session) -> None:
    first = bring(session, b"satu", document("harian", title="Panen"))
    again = bring(session, b"satu", document("harian", title="Judul lain"))
    assert again == Imported(first.article_id, "known")
    assert session.get_one(StoredArticle, first.article_id).title == "Panen"
    assert (count_rows(session, Original), count_rows(session, StoredArticle)) == (1, 1)


def test_another_document_with_the_text_is_a_second_original(session: Session) -> None:
    first = bring(session, b"satu", document("harian", title="Panen"))
    second = bring(session, b"dua", document("harian", text=TEXT.upper().replace(",", ""), credit="Antara"))
    assert second == Imported(first.article_id, "joined")
    assert (count_rows(session, Original), count_rows(session, StoredArticle)) == (2, 1)
    article = session.get_one(StoredArticle, first.article_id)
    assert (article.title, article.credit) == ("Panen", "Antara")


def test_documents_of_two_outlets_are_two_articles_of_a_story(session: Session) -> None:
    first, second = bring(session, b"satu", document("harian")), bring(session, b"dua", document("suara"))
    stories = {session.get_one(StoredArticle, found.article_id).story_id for found in (first, second)}
    assert first.article_id != second.article_id
    assert len(stories) == 1
    assert None not in stories
    assert count_rows(session, Story) == 1


@pytest.mark.parametrize("bare_first", [True, False])
def test_a_bare_document_meets_one_that_names_its_outlet(session: Session, *, bare_first: bool) -> None:
    bare, named = document(title="Judul polos", published=stamp(5)), document("harian", title="Judul harian")
    for content, article in ((b"polos", bare), (b"harian", named))[:: 1 if bare_first else -1]:
        bring(session, content, article)
    stored = session.scalars(select(StoredArticle)).one()
    assert (stored.outlet, stored.title, stored.published_at) == ("harian", "Judul harian", stamp(5).at)
    gave = {original.content: original.gave for original in session.scalars(select(Original))}
    assert gave == {b"polos": ["published"], b"harian": ["title"]}


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
def test_a_bare_document_ends_where_it_was_published_first(session: Session, order: tuple[int, ...]) -> None:
    given = [
        (b"polos", document(published=stamp(1), credit="Antara", title="Judul polos")),
        (b"harian", document("harian", published=stamp(9), title="Judul harian")),
        (b"suara", document("suara", published=stamp(4), title="Judul suara")),
    ]
    for at in order:
        bring(session, *given[at])
    found = {article.outlet: article for article in session.scalars(select(StoredArticle))}
    bare = session.scalars(select(Original).where(Original.content == b"polos")).one()
    assert set(found) == {"harian", "suara"}
    assert bare.article_id == found["suara"].id
    assert (found["suara"].credit, found["suara"].published_at) == ("Antara", stamp(4).at)
    assert (found["harian"].credit, found["harian"].published_at) == (None, stamp(9).at)
    assert found["harian"].story_id == found["suara"].story_id is not None
    titles = {terms.article_id: terms.title for terms in session.scalars(select(ArticleTerms))}
    assert titles == {found["harian"].id: "judul hari", found["suara"].id: "judul suara"}


def test_stubs_are_never_brought_together(session: Session) -> None:
    for content in (b"satu", b"dua"):
        assert bring(session, content, document("harian", text="Simak videonya di sini.")).what == "new"
    assert bring(session, b"tiga", document(text="Simak videonya di sini.")).what == "new"
    assert (count_rows(session, StoredArticle), count_rows(session, Story)) == (3, 0)


def test_characters_that_databases_refuse_are_gone(session: Session) -> None:
    dirty = document("harian", text=f"{TEXT}\x00\ud800", title="Pan\x00en", authors=["Ri\x00na"], credit="\x00")
    article = session.get_one(
        StoredArticle, import_seed(session, "a\udcff\x00.txt", b"\x00", dirty, NOW, look_back=LOOK_BACK).article_id
    )
    assert (article.text, article.title, article.authors, article.credit) == (TEXT, "Panen", ["Rina"], None)
    assert session.scalars(select(Original.name)).one() == "a\\udcff.txt"


def test_a_documents_date_keeps_its_instant(session: Session) -> None:
    wib = datetime.fromisoformat("2024-09-14T12:45:06+07:00")
    found = bring(
        session, b"satu", document("harian", published=Timestamp(wib, "Sabtu, 14 September 2024", "seed:line"))
    )
    bring(session, b"dua", document("harian"))
    session.expire_all()
    stored = session.get_one(StoredArticle, found.article_id).published_at
    assert stored is not None
    assert stored - wib == timedelta()
