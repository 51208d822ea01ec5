from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.models import Reason, Rejection, Timestamp
from core.scheduling.boundary import Boundary
from database import ledger
from database.schema import ArticleTerms, StoredArticle, Story, Url, UrlEvent
from pipelines.new_article import Stored, store
from tests.pipelines.incoming import NAMED_AT, NOW, TEXT, Arrival, arrive, article, count_rows, job, name_it, stamp

STUB = "Simak videonya di sini."
OTHER = (
    "Perahu nelayan kembali ke teluk sejak Selasa pagi dengan muatan penuh.\n"
    "Kepala pelabuhan memperkirakan cuaca di selat tetap tenang, dan es batu di gudang cukup untuk dua pekan."
)


def page(path: str = "/berita/1-panen-bawang", outlet: str = "harian", text: str = TEXT, **fields: object) -> Arrival:
    return Arrival(outlet, path, article(text, **fields))


def row(session: Session, url: str) -> Url:
    return session.scalars(select(Url).where(Url.url == url).execution_options(populate_existing=True)).one()


def events(session: Session, url: str) -> list[str]:
    query = select(UrlEvent.event).where(UrlEvent.url_id == row(session, url).id).order_by(UrlEvent.id)
    return list(session.scalars(query))


def test_a_page_becomes_an_article_and_an_outcome(session: Session) -> None:
    given = page(authors=["Rina"], credit="Antara", published=stamp(4), tags=["tani"])
    stored = arrive(session, given)
    found = session.scalars(select(StoredArticle)).one()
    assert stored == Stored("stored", article_id=found.id)
    assert (found.outlet, found.url, found.canonical_url, found.origin) == ("harian", given.url, None, "crawl")
    assert (found.text, found.authors, found.tags, found.revision) == (TEXT, ["Rina"], ["tani"], 1)
    assert (found.published_at, found.first_seen_at, found.fetched_at) == (stamp(4).at, NAMED_AT, NOW)
    assert session.get_one(ArticleTerms, found.id).body.endswith("akhir tahun antara")
    entry = row(session, given.url)
    assert (entry.state, entry.reason, entry.article_id) == ("stored", None, found.id)


def test_an_entry_is_decided_once(session: Session) -> None:
    given = page()
    first, again = arrive(session, given), arrive(session, given)
    assert again == Stored("stored", None, first.article_id, again=True)
    assert again.label == "decided already"
    assert (count_rows(session, StoredArticle), count_rows(session, ArticleTerms)) == (1, 1)
    assert events(session, given.url) == ["named", "stored"]


def test_the_outlets_own_text_elsewhere_is_the_same_article(session: Session) -> None:
    first = arrive(session, page())
    second = arrive(session, page("/nasional/2-panen-bawang", text=TEXT.replace(",", " \u2013").upper()))
    assert second == Stored("same-as", Reason.SAME_TEXT, first.article_id)
    entry = row(session, "https://harian.test/nasional/2-panen-bawang")
    assert (entry.article_id, entry.same_as_id) == (first.article_id, row(session, page().url).id)
    assert count_rows(session, StoredArticle) == 1


def test_copies_at_three_outlets_are_three_articles_of_a_story(session: Session) -> None:
    for outlet in ("harian", "suara", "kabar"):
        assert arrive(session, page(outlet=outlet)).state == "stored"
    assert (count_rows(session, StoredArticle), count_rows(session, Story)) == (3, 1)
    assert len(set(session.scalars(select(StoredArticle.story_id)))) == 1


def test_a_text_of_its_own_has_no_story(session: Session) -> None:
    arrive(session, page())
    arrive(session, page(outlet="suara", text=OTHER))
    assert set(session.scalars(select(StoredArticle.story_id))) == {None}


def test_stubs_with_equal_texts_stay_apart(session: Session) -> None:
    for path, outlet in (("/1-video", "harian"), ("/2-video", "harian"), ("/3-video", "suara")):
        assert arrive(session, page(path, outlet, STUB)).state == "stored"
    assert (count_rows(session, StoredArticle), count_rows(session, Story)) == (3, 0)


def test_a_rejection_is_recorded_with_its_reason(session: Session) -> None:
    given = Arrival("harian", "/indeks-berita-hari-ini", Rejection(Reason.LISTING, "52 links\x00, " + "x" * 600))
    assert arrive(session, given).label == "rejected: listing"
    entry = row(session, given.url)
    assert (entry.state, entry.reason) == ("rejected", "listing")
    assert entry.detail is not None
    assert entry.detail.startswith("52 links, xxx")
    assert len(entry.detail) == 500


@pytest.mark.parametrize("reason", [Reason.WORKER_CRASHED, Reason.WORKER_HUNG, Reason.INTERNAL])
def test_what_another_day_may_cure_is_tried_again(session: Session, reason: Reason) -> None:
    given = Arrival("harian", "/berita/1-panen-bawang", Rejection(reason, "signal 11"))
    assert arrive(session, given) == Stored("failed", reason)
    entry = row(session, given.url)
    assert (entry.state, entry.attempts) == ("failed", 1)
    assert entry.next_attempt_at is not None


SEPTEMBER = Boundary(datetime(2024, 9, 1, tzinfo=UTC), datetime(2024, 9, 30, tzinfo=UTC))


def at(text: str, precision: str = "second") -> Timestamp:
    return Timestamp(datetime.fromisoformat(text), text, "meta", precision)  # type: ignore[arg-type]  # one of the three


@pytest.mark.parametrize(
    ("published", "label"),
    [
        (at("2024-08-31T23:59:59Z"), "rejected: too-old"),
        (at("2024-09-01T00:00:00Z"), "stored"),
        (at("2024-08-31T17:00:00Z", "day"), "stored"),
        (at("2024-08-30T17:00:00Z", "day"), "rejected: too-old"),
        (at("2024-09-30T00:00:01Z"), "rejected: too-new"),
        (None, "stored"),
    ],
)
def test_the_pages_own_date_is_measured(session: Session, published: Timestamp | None, label: str) -> None:
    given = Arrival("harian", "/berita/1-panen-bawang", article(published=published), boundary=SEPTEMBER)
    url_id = name_it(session, given, SEPTEMBER)
    assert store(session, job(given, url_id), NOW).label == label


def test_what_an_earlier_run_asked_for_is_kept(session: Session) -> None:
    october = Boundary(datetime(2024, 10, 1, tzinfo=UTC))
    given = Arrival("harian", "/berita/1-panen-bawang", article(published=stamp(4)), boundary=october)
    assert store(session, job(given, name_it(session, given, SEPTEMBER)), NOW).state == "stored"


def test_a_redirect_leads_to_what_is_stored(session: Session) -> None:
    first = arrive(session, page())
    old = Arrival("harian", "/lama/1.html", article(f"{TEXT} Diperbarui."), landed=page().url)
    assert arrive(session, old) == Stored("same-as", Reason.SAME_URL, first.article_id)
    assert row(session, old.url).same_as_id == row(session, page().url).id


def test_a_canonical_address_leads_to_what_is_stored(session: Session) -> None:
    first = arrive(session, page())
    twin = page("/cetak/99-panen-bawang", text=f"{TEXT} Cetak.", canonical_url=page().url)
    assert arrive(session, twin) == Stored("same-as", Reason.SAME_URL, first.article_id)


def test_further_addresses_are_remembered(session: Session) -> None:
    given = Arrival(
        "harian",
        "/r/1",
        article(canonical_url="https://harian.test/berita/1-panen-bawang-merah"),
        landed="https://harian.test/berita/1-panen-bawang?versi=2",
    )
    stored = arrive(session, given)
    found = session.scalars(select(StoredArticle)).one()
    assert (found.url, found.canonical_url) == (given.landed, "https://harian.test/berita/1-panen-bawang-merah")
    for url in ("https://harian.test/berita/1-panen-bawang?versi=2", "https://harian.test/berita/1-panen-bawang-merah"):
        entry = row(session, url)
        assert (entry.state, entry.article_id) == ("same-as", stored.article_id)


def test_a_pending_address_of_the_article_is_spared(session: Session) -> None:
    waiting = name_it(session, page())
    arrive(session, Arrival("harian", "/lama/1.html", article(), landed=page().url))
    assert ledger.claim(session, waiting) is None
    assert row(session, page().url).state == "same-as"


@pytest.mark.parametrize(
    "canonical", ["https://harian.test/", "https://lain.test/berita/1-panen", "https://harian.test/tag/tani"]
)
def test_a_canonical_address_without_sense_is_ignored(session: Session, canonical: str) -> None:
    arrive(session, page(canonical_url=canonical))
    arrive(session, page("/berita/2-lain-sekali", text=f"{TEXT} Lain.", canonical_url=canonical))
    assert session.scalars(select(StoredArticle.canonical_url)).all() == [None, None]


def test_characters_that_databases_refuse_are_gone(session: Session) -> None:
    arrive(session, page(text=f"{TEXT}\x00\udc80", title="Pan\x00en", tags=["ta\x00ni"], credit="\x00"))
    found = session.scalars(select(StoredArticle)).one()
    assert (found.text, found.title, found.tags, found.credit) == (TEXT, "Panen", ["tani"], None)
