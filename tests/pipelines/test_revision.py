"""Another look at a stored article: what is a revision, what is none, and what must not take the article's place."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.models import Article, Reason, Rejection
from database import ledger, revisions
from database.revisions import Version
from database.schema import ArticleTerms, Original, Recheck, Revision, StoredArticle, Url
from pipelines.new_article import Stored
from pipelines.revision import revise
from pipelines.seeds.seed_import import import_seed
from search.query import parse_query
from search.results import search
from search.selection import Selection
from tests.pipelines.incoming import LOOK_BACK, NOW, TEXT, Arrival, arrive, article, job, name_it, stamp

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WORDS = (
    "Pemerintah kabupaten membuka tiga gudang beras di lereng timur mulai hari Senin.",
    "Bupati mengatakan stok cukup sampai panen raya, dan harga tidak boleh naik di pasar kecamatan.",
    "Pedagang di pasar induk menyambut baik langkah itu meski pasokan dari utara masih tersendat.",
    "Warga diminta melapor bila menemukan timbangan yang tidak jujur di kios mana pun.",
)
LONG = "\n".join(WORDS)
HEADLINE = "Tiga gudang beras dibuka"


def story(text: str = LONG, path: str = "/berita/1-gudang-beras", outlet: str = "harian", **fields: object) -> Arrival:
    return Arrival(outlet, path, article(text, **({"title": HEADLINE, "published": stamp(5)} | fields)))


def look(session: Session, page: Arrival, at: datetime = NOW + HOUR, etag: str | None = None) -> Stored:
    url_id = name_it(session, page)
    return revise(session, replace(job(page, url_id), fetched_at=at, etag=etag), at)


def stored(session: Session, article_id: int | None) -> StoredArticle:
    return session.get_one(StoredArticle, article_id, populate_existing=True)


def recheck(session: Session, article_id: int | None) -> Recheck:
    return session.get_one(Recheck, article_id, populate_existing=True)


def events(session: Session, page: Arrival) -> list[tuple[str, str | None, str | None]]:
    found = ledger.history(session, page.url)
    assert found
    assert found.state == "stored"
    return [(one.event, one.reason, one.detail) for one in found.events if one.event not in {"named", "stored"}]


def found_by(session: Session, words: str) -> list[int]:
    return [hit.article.id for hit in search(session, Selection(parse_query(words))).hits]


def test_the_same_page_changes_nothing(session: Session) -> None:
    first = arrive(session, story())
    before = vars(stored(session, first.article_id)).copy()
    assert look(session, story()) == Stored("unchanged", article_id=first.article_id)
    after = vars(stored(session, first.article_id))
    assert {key: before[key] for key in before if key[0] != "_"} == {key: after[key] for key in after if key[0] != "_"}
    assert events(session, story()) == []
    assert recheck(session, first.article_id).looked_at == NOW + HOUR


@pytest.mark.parametrize(
    "changed",
    [
        {"text": f"  {LONG.replace(' ', '  ')} \n\n"},
        {"text": LONG.replace(",", " \u2013").replace(".", " !")},
        {"text": LONG.replace("\n", " ")},
        {"title": f"\u201c{HEADLINE.upper()}\u201d"},
        {"title": None},
    ],
)
def test_a_cosmetic_change_is_no_revision(session: Session, changed: dict[str, str]) -> None:
    first = arrive(session, story())
    assert look(session, story(**changed)).state == "unchanged"
    kept = stored(session, first.article_id)
    assert (kept.text, kept.title, kept.revision, kept.fetched_at) == (LONG, HEADLINE, 1, NOW)
    assert session.scalar(select(func.count()).select_from(Revision)) == 0


def test_a_changed_text_is_a_revision(session: Session) -> None:
    first = arrive(session, story())
    new = story(LONG.replace("tiga gudang beras", "empat gudang jagung"))
    assert look(session, new) == Stored("revised", article_id=first.article_id)
    now = stored(session, first.article_id)
    assert (now.text, now.revision, now.fetched_at) == (
        LONG.replace("tiga gudang beras", "empat gudang jagung"),
        2,
        NOW + HOUR,
    )
    assert (now.published_at, now.first_seen_at < NOW) == (stamp(5).at, True)
    old = session.scalars(select(Revision)).one()
    assert (old.revision, old.title, old.text, old.fetched_at, old.replaced_at) == (1, HEADLINE, LONG, NOW, NOW + HOUR)
    assert (old.words_added, old.words_removed, old.title_changed) == (2, 2, False)
    assert events(session, new) == [("revised", None, "revision 2: 2 words added, 2 removed")]


def test_a_changed_headline_is_a_revision(session: Session) -> None:
    first = arrive(session, story())
    assert look(session, story(title="Empat gudang beras dibuka")).state == "revised"
    assert stored(session, first.article_id).title == "Empat gudang beras dibuka"
    assert session.get_one(ArticleTerms, first.article_id, populate_existing=True).title.startswith("empat gudang")
    assert events(session, story()) == [("revised", None, "revision 2: headline changed")]


def test_three_revisions_in_a_row_are_a_history(session: Session) -> None:
    first = arrive(session, story(title=None))
    assert look(session, story(title=HEADLINE)).state == "unchanged"  # it was only unknown
    look(session, story(f"{LONG}\nBeras juga dijual murah."), NOW + 2 * HOUR)
    look(session, story(f"{LONG}\nBeras juga dijual murah.", title="Gudang jagung", modified=stamp(9)), NOW + 6 * HOUR)
    look(session, story(LONG, title="Gudang jagung"), NOW + DAY)
    assert first.article_id is not None
    versions = revisions.load_revisions(session, first.article_id)
    assert [(one.revision, one.title, one.seen_at) for one in versions] == [
        (1, HEADLINE, NOW),
        (2, HEADLINE, NOW + 2 * HOUR),
        (3, "Gudang jagung", NOW + 6 * HOUR),
        (4, "Gudang jagung", NOW + DAY),
    ]
    assert [(one.words_added, one.words_removed, one.title_changed) for one in versions] == [
        (0, 0, False),
        (4, 0, False),
        (0, 0, True),
        (0, 4, False),
    ]
    assert versions[2].modified_at == stamp(9).at
    assert versions[3].text == LONG


def test_the_history_of_what_never_changed_is_itself(session: Session) -> None:
    first = arrive(session, story())
    assert first.article_id is not None
    assert revisions.load_revisions(session, first.article_id) == [
        Version(1, HEADLINE, LONG, NOW, None, 0, 0, title_changed=False)
    ]


def test_search_finds_the_new_words_and_no_longer_the_old(session: Session) -> None:
    first = arrive(session, story())
    assert found_by(session, "timbangan") == [first.article_id]
    look(session, story("\n".join([*WORDS[:3], "Warga diminta melapor bila menemukan takaran yang tidak jujur."])))
    assert found_by(session, "takaran") == [first.article_id]
    assert found_by(session, "timbangan") == []


def test_what_the_page_states_better_comes_without_a_revision(session: Session) -> None:
    first = arrive(session, story(tags=["beras"], section="Ekonomi", authors=["Rina"]))
    look(session, story(tags=["beras", "gudang"], authors=[], credit="Antara", modified=stamp(6)), etag='"2"')
    now = stored(session, first.article_id)
    assert (now.tags, now.section, now.authors, now.credit) == (["beras", "gudang"], "Ekonomi", ["Rina"], "Antara")
    assert (now.modified_at, now.revision) == (stamp(6).at, 1)
    assert found_by(session, "antara") == [first.article_id]
    assert recheck(session, first.article_id).etag == '"2"'


def test_another_date_is_a_modification(session: Session) -> None:
    first = arrive(session, story())
    look(session, story(published=stamp(8)))
    now = stored(session, first.article_id)
    assert (now.published_at, now.published_raw, now.modified_at) == (stamp(5).at, stamp(5).raw, stamp(8).at)


def test_a_date_that_is_deduced_is_no_modification(session: Session) -> None:
    first = arrive(session, story())
    look(session, story(published=replace(stamp(6), raw="1 jam lalu", confidence="low")))
    assert stored(session, first.article_id).modified_at is None


def test_a_date_that_was_unknown_is_taken(session: Session) -> None:
    first = arrive(session, story(published=None))
    look(session, story(published=stamp(5)))
    now = stored(session, first.article_id)
    assert (now.published_at, now.published_source, now.modified_at) == (stamp(5).at, stamp(5).source, None)


@pytest.mark.parametrize(
    "found",
    [
        Rejection(Reason.LISTING, "52 links"),
        Rejection(Reason.ERROR_PAGE, "login"),
        Rejection(Reason.TOO_SHORT, "9 words"),
        Rejection(Reason.LANGUAGE, "en"),
    ],
)
def test_a_page_that_is_no_article_leaves_it_as_it_is(session: Session, found: Rejection) -> None:
    first = arrive(session, story())
    assert look(session, replace(story(), result=found)) == Stored("kept", found.reason, first.article_id)
    assert stored(session, first.article_id).text == LONG
    assert events(session, story()) == [("kept", found.reason, found.detail)]
    assert recheck(session, first.article_id).due_at == stamp(5).at + 6 * HOUR


def test_a_page_that_kills_its_worker_is_asked_for_again(session: Session) -> None:
    first = arrive(session, story())
    found = replace(story(), result=Rejection(Reason.WORKER_CRASHED, "signal 11"))
    assert look(session, found) == Stored("failed", Reason.WORKER_CRASHED, first.article_id)
    assert events(session, story()) == [("look failed", "worker-crashed", "signal 11")]
    assert recheck(session, first.article_id).due_at == NOW + 2 * HOUR


@pytest.mark.parametrize(
    "teaser",
    [
        WORDS[0],
        f"{WORDS[0]}\nBupati mengatakan stok cuk",
        f"{WORDS[0]}\nArtikel ini khusus pelanggan. Silakan berlangganan untuk membaca sampai selesai.",
    ],
)
def test_a_teaser_does_not_take_the_place_of_the_whole(session: Session, teaser: str) -> None:
    first = arrive(session, story())
    assert look(session, story(teaser)).label == "kept: cut-short"
    assert stored(session, first.article_id).text == LONG
    [(_, _, detail)] = events(session, story())
    assert str(detail).startswith("it shows ")


@pytest.mark.parametrize(
    "text",
    [
        "Redaksi menarik berita ini karena keterangan bupati keliru.",  # says something new
        "\n".join(WORDS[:3]),  # shows most of it
    ],
)
def test_a_correction_that_shortens_is_a_revision(session: Session, text: str) -> None:
    first = arrive(session, story())
    assert look(session, story(text)).state == "revised"
    assert stored(session, first.article_id).text == text


def test_a_redirect_to_another_article_leaves_it_as_it_is(session: Session) -> None:
    first = arrive(session, story())
    other = story(TEXT, "/berita/2-bawang", title="Bawang")
    arrive(session, other)
    assert (
        look(session, Arrival("harian", "/berita/1-gudang-beras", other.result, landed=other.url)).label
        == "kept: moved"
    )
    assert stored(session, first.article_id).text == LONG
    assert events(session, story()) == [("kept", "moved", f"{other.url} is another article")]


def test_a_redirect_to_another_articles_text_leaves_it_as_it_is(session: Session) -> None:
    first = arrive(session, story())
    arrive(session, story(f"{LONG}\n{TEXT}", "/berita/2-bawang"))
    landed = "https://harian.test/arsip/77"
    assert (
        look(session, Arrival("harian", "/berita/1-gudang-beras", article(f"{LONG}\n{TEXT}"), landed)).label
        == "kept: moved"
    )
    assert stored(session, first.article_id).text == LONG


def test_a_redirect_to_who_knows_what_leaves_it_as_it_is(session: Session) -> None:
    first = arrive(session, story())
    landed = "https://harian.test/topik/beras"
    assert look(session, Arrival("harian", "/berita/1-gudang-beras", article(TEXT), landed)).label == "kept: moved"
    assert stored(session, first.article_id).text == LONG


def test_an_article_that_moved_keeps_its_story_and_its_new_address(session: Session) -> None:
    first = arrive(session, story())
    landed = "https://harian.test/arsip/1-gudang-beras"
    moved = replace(story(f"{LONG}\nDiralat."), landed=landed)
    assert look(session, moved).state == "revised"
    entry = session.scalars(select(Url).where(Url.url == landed)).one()
    assert (entry.state, entry.reason, entry.article_id) == ("same-as", "same-url", first.article_id)
    assert look(session, moved, NOW + DAY).state == "unchanged"


def test_a_revision_may_become_what_another_outlet_wrote(session: Session) -> None:
    theirs = arrive(session, story(TEXT, "/1", "suara", title="Bawang"))
    ours = arrive(session, story())
    assert stored(session, ours.article_id).story_id is None
    look(session, story(TEXT))
    assert stored(session, ours.article_id).story_id == stored(session, theirs.article_id).story_id is not None
    assert stored(session, ours.article_id).similarity == 1.0


def test_a_revision_may_become_what_its_own_outlet_wrote(session: Session) -> None:
    other, ours = arrive(session, story(TEXT, "/berita/2-bawang")), arrive(session, story())
    assert look(session, story(TEXT)) == Stored("revised", article_id=ours.article_id)
    assert stored(session, ours.article_id).text == stored(session, other.article_id).text
    assert stored(session, ours.article_id).story_id == stored(session, other.article_id).story_id is not None


@pytest.mark.parametrize("seed_first", [True, False])
def test_a_seed_fills_what_the_revised_page_leaves_open(session: Session, *, seed_first: bool) -> None:
    document = Article(None, "harian", "Judul dokumen", LONG, credit="TASS", authors=["Budi"])
    page = story(title=None)

    def bring() -> None:
        import_seed(session, "contoh.txt", b"satu", document, NOW, look_back=LOOK_BACK)

    if seed_first:
        bring()
    first = arrive(session, page)
    if not seed_first:
        bring()
    assert stored(session, first.article_id).title == "Judul dokumen"
    new = story(LONG.replace("beras", "jagung"), authors=["Rina"])
    assert look(session, new).state == "revised"
    now = stored(session, first.article_id)
    assert (now.title, now.authors, now.credit, now.origin) == (HEADLINE, ["Rina"], "TASS", "seed")
    assert session.scalars(select(Original.gave)).one() == ["credit"]
    assert revisions.load_revisions(session, now.id)[0].title == "Judul dokumen"
