from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from core.errors import DatabaseError
from core.models import Timestamp
from database import articles
from database.fingerprints import PERIOD_DAYS, period_of
from database.schema import Band, Fingerprint, StoredArticle, Story
from database.writer import Writer
from pipelines.backfill import link_older
from pipelines.fingerprint import SCHEME, fingerprint
from pipelines.new_article import store
from pipelines.seeds.seed_import import import_seed
from pipelines.story_links import link, settle_story
from tests.pipelines.copies import day, document, edited, found, notice, printed, similarity, wire
from tests.pipelines.incoming import LOOK_BACK, NOW, Arrival, arrive, article, count_rows, job, name_it

TEXT = wire(1)
HALVES = TEXT[:6], TEXT[6:]
STUB = ["Simak videonya di sini."]


def come(session: Session, outlet: str, sentences: Sequence[str], at: datetime | None = None) -> int:
    """Stores the outlet's page with this text; gives its article."""
    count = session.scalar(select(func.count()).select_from(StoredArticle))
    stored = arrive(session, printed(outlet, f"nomor-{count}", sentences, at))
    assert stored.article_id is not None
    return stored.article_id


def of(session: Session, *article_ids: int) -> list[StoredArticle]:
    return [articles.get(session, article_id) for article_id in article_ids]


def stories(session: Session, *article_ids: int) -> list[int | None]:
    return [stored.story_id for stored in of(session, *article_ids)]


def story(session: Session) -> Story:
    return session.scalars(select(Story).execution_options(populate_existing=True)).one()


@pytest.mark.parametrize(
    "copy", [HALVES[0], HALVES[1], edited(TEXT, 8), ["Kalimat tambahan di awal naskah.", *TEXT], TEXT[4:]]
)
def test_a_changed_copy_at_another_outlet_joins_the_story(session: Session, copy: list[str]) -> None:
    ids = come(session, "antara", TEXT, day(1)), come(session, "suara", copy, day(2))
    assert len(set(stories(session, *ids)) - {None}) == 1
    first, second = of(session, *ids)
    assert (first.similarity, second.similarity) == (1.0, similarity("\n".join(TEXT), "\n".join(copy)))
    told = story(session)
    assert (told.first_id, told.first_published_at, told.articles, told.outlets) == (first.id, day(1), 2, 2)


def test_texts_of_their_own_have_no_story(session: Session) -> None:
    ids = [come(session, outlet, wire(number), day(1)) for number, outlet in enumerate(("antara", "suara", "kabar"))]
    assert stories(session, *ids) == [None] * 3
    assert {stored.similarity for stored in of(session, *ids)} == {None}
    assert {stored.scheme for stored in of(session, *ids)} == {SCHEME}


def test_a_bridge_joins_two_stories(session: Session) -> None:
    ids = [come(session, outlet, half, day(2)) for half in HALVES for outlet in ("suara", "kabar")]
    assert stories(session, *ids) == [1, 1, 2, 2]
    bridge = come(session, "antara", TEXT, day(1))
    assert stories(session, *ids, bridge) == [1] * 5
    told = story(session)
    assert (told.first_id, told.articles, told.outlets) == (bridge, 5, 3)
    measured = [stored.similarity for stored in of(session, *ids)]
    assert measured == [similarity("\n".join(TEXT), "\n".join(half)) for half in HALVES for _ in range(2)]


def refuse_to_delete_stories(session: Session) -> None:
    """What a merge ends with, fails from now on."""
    if session.get_bind().dialect.name == "sqlite":
        refusal = "BEGIN SELECT RAISE(ABORT, 'not now'); END"
        session.execute(text(f"CREATE TRIGGER refusal BEFORE DELETE ON stories {refusal}"))
        return
    body = "$$ BEGIN RAISE EXCEPTION 'not now'; END $$"
    session.execute(text(f"CREATE FUNCTION refusal() RETURNS trigger LANGUAGE plpgsql AS {body}"))
    session.execute(text("CREATE TRIGGER refusal BEFORE DELETE ON stories FOR EACH ROW EXECUTE FUNCTION refusal()"))


def test_a_merge_that_fails_in_the_middle_leaves_both_stories(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        ids = [come(session, outlet, half, day(2)) for half in HALVES for outlet in ("suara", "kabar")]
        bridge = printed("antara", "asal", TEXT, day(1))
        url_id = name_it(session, bridge)
        before = found(session)
        refuse_to_delete_stories(session)
    writer = Writer(engine)
    with pytest.raises(DatabaseError, match="not now"):
        writer.run_blocking(lambda session: store(session, job(bridge, url_id), NOW))
    writer.close()
    with Session(engine) as session:
        assert found(session) == before
        assert stories(session, *ids) == [1, 1, 2, 2]
        assert count_rows(session, StoredArticle) == 4


def test_near_copies_are_looked_for_within_the_look_back_only(session: Session) -> None:
    near, beyond = edited(TEXT, 9), edited(TEXT, 11)
    old = come(session, "antara", TEXT, day(0))
    assert stories(session, old, come(session, "suara", near, day(-120))) == [None, None]
    assert stories(session, old, come(session, "kabar", beyond, day(60))) == [1, 1]


def test_equal_texts_are_found_however_old(session: Session) -> None:
    ids = come(session, "antara", TEXT, day(0)), come(session, "suara", TEXT, day(-3000))
    assert stories(session, *ids) == [1, 1]
    assert story(session).first_id == ids[1]


def test_an_article_without_a_date_is_as_old_as_its_finding(session: Session) -> None:
    ids = come(session, "antara", TEXT, NOW), come(session, "suara", edited(TEXT, 9), None)
    assert stories(session, *ids) == [1, 1]
    assert story(session).first_id == ids[0]
    assert stories(session, come(session, "kabar", edited(TEXT, 11), NOW - timedelta(days=200))) == [None]


def test_a_clock_that_runs_ahead_into_the_next_period_hides_nothing(session: Session) -> None:
    turn = datetime(1970, 1, 1, tzinfo=UTC) + (period_of(NOW) + 1) * timedelta(days=PERIOD_DAYS)
    ahead = printed("antara", "asal", TEXT, turn + timedelta(minutes=20))
    copy = printed("suara", "salinan", edited(TEXT, 9), turn - timedelta(hours=2))
    for page in (ahead, copy):
        store(session, job(page, name_it(session, page)), turn - timedelta(minutes=30))
    assert story(session).articles == 2


def test_an_outlets_own_texts_need_more_in_common(session: Session) -> None:
    half = come(session, "antara", HALVES[0], day(1))
    assert stories(session, half, come(session, "antara", [*wire(7)[:5], *HALVES[0]], day(2))) == [1, 1]
    part = come(session, "kabar", wire(2), day(1))
    assert stories(session, part, come(session, "kabar", wire(2)[:4], day(2))) == [None, None]


def test_an_unknown_outlet_may_be_the_same_one(session: Session) -> None:
    part = come(session, "kabar", wire(2), day(1))
    bare = document(None, "tanpa-nama", wire(2)[:4], day(2))
    imported = import_seed(session, "contoh.txt", b"1", bare, NOW, look_back=LOOK_BACK)
    assert stories(session, part, imported.article_id) == [None, None]
    named = document("suara", "bernama", wire(2)[:4], day(2))
    import_seed(session, "contoh.txt", b"2", named, NOW, look_back=LOOK_BACK)
    assert stories(session, part, imported.article_id) == [1, 1]


def test_a_copys_copy_elsewhere_leads_where_the_own_outlets_does_not(session: Session) -> None:
    whole, part = come(session, "kabar", wire(2), day(1)), come(session, "kabar", wire(2)[:4], day(2))
    assert stories(session, whole, part) == [None, None]
    elsewhere = come(session, "suara", wire(2)[:4], day(3))
    assert stories(session, whole, part, elsewhere) == [1, 1, 1]


def test_daily_notices_stay_apart(session: Session) -> None:
    ids = [come(session, outlet, notice(number), day(number)) for number in range(8) for outlet in ("kabar", "suara")]
    found = stories(session, *ids)
    assert found[::2] == found[1::2]
    assert len(set(found)) == 8


def test_stubs_link_nothing(session: Session) -> None:
    ids = [come(session, outlet, STUB, day(1)) for outlet in ("kabar", "suara")]
    assert stories(session, *ids) == [None, None]
    assert {stored.scheme for stored in of(session, *ids)} == {SCHEME}
    assert count_rows(session, Fingerprint) == 0


def test_equal_texts_of_a_period_share_a_fingerprint(session: Session) -> None:
    for number, outlet in enumerate(("antara", "suara", "kabar")):
        come(session, outlet, TEXT, day(number))
    come(session, "warta", TEXT, day(-90))
    assert count_rows(session, Fingerprint) == 2
    assert count_rows(session, Band) == 2 * len(fingerprint("\n".join(TEXT)).bands)


def test_a_first_that_comes_late_is_the_first(session: Session) -> None:
    half = come(session, "suara", HALVES[0], day(2))
    same = come(session, "kabar", HALVES[0], day(3))
    assert story(session).first_id == half
    assert [stored.similarity for stored in of(session, half, same)] == [1.0, 1.0]
    first = come(session, "antara", TEXT, day(1))
    assert story(session).first_id == first
    part = similarity("\n".join(TEXT), "\n".join(HALVES[0]))
    assert [stored.similarity for stored in of(session, half, same, first)] == [part, part, 1.0]


def again(session: Session, article_id: int) -> int | None:
    stored = articles.get(session, article_id)
    return link(session, article_id, fingerprint(stored.text), NOW, look_back=LOOK_BACK)


def test_linking_again_changes_nothing(session: Session) -> None:
    ids = [come(session, outlet, part, day(1)) for outlet, part in (("suara", HALVES[0]), ("antara", TEXT))]
    before = found(session), count_rows(session, Band)
    assert [again(session, article_id) for article_id in ids] == [1, 1]
    assert (found(session), count_rows(session, Band)) == before


def test_a_changed_date_changes_who_was_first(session: Session) -> None:
    ids = come(session, "suara", HALVES[0], day(1)), come(session, "antara", TEXT, day(2))
    articles.get(session, ids[1]).published_at = day(0)
    session.flush()
    assert again(session, ids[1]) == 1
    told = story(session)
    assert (told.first_id, told.first_published_at) == (ids[1], day(0))
    assert [stored.similarity for stored in of(session, *ids)][1] == 1.0


def test_what_was_a_copy_once_stays_in_the_story(session: Session) -> None:
    ids = come(session, "antara", TEXT, day(1)), come(session, "suara", HALVES[0], day(2))
    revised = articles.get(session, ids[1])
    revised.text, revised.text_sha256 = "\n".join(wire(5)), "55" * 32
    session.flush()
    assert again(session, ids[1]) == 1
    assert [stored.similarity for stored in of(session, *ids)] == [1.0, 0.0]


def test_a_first_that_is_revised_measures_all_anew(session: Session) -> None:
    ids = come(session, "antara", TEXT, day(1)), come(session, "suara", HALVES[0], day(2))
    revised = articles.get(session, ids[0])
    revised.text, revised.text_sha256 = "\n".join(HALVES[0]), articles.get(session, ids[1]).text_sha256
    session.flush()
    assert again(session, ids[0]) == 1
    assert [stored.similarity for stored in of(session, *ids)] == [1.0, 1.0]


def test_a_copy_cut_to_a_stub_is_still_measured(session: Session) -> None:
    ids = come(session, "antara", TEXT, day(1)), come(session, "suara", HALVES[0], day(2))
    revised = articles.get(session, ids[1])
    revised.text, revised.text_sha256 = TEXT[0], "55" * 32
    session.flush()
    assert link(session, ids[1], None, NOW, look_back=LOOK_BACK) == 1
    assert articles.get(session, ids[1]).similarity == similarity("\n".join(TEXT), TEXT[0])


def test_settling_again_changes_nothing(session: Session) -> None:
    for outlet, part in (("suara", HALVES[0]), ("antara", TEXT)):
        come(session, outlet, part, day(1))
    before = found(session)
    settle_story(session, 1)
    assert found(session) == before


def test_a_day_without_a_time_counts_as_its_end(session: Session) -> None:
    timed = come(session, "suara", TEXT, day(1.5))
    stamp = Timestamp(day(1), "2 September", "css", "day")
    whole_day = Arrival("antara", "/berita/x", article("\n".join(TEXT), published=stamp))
    assert arrive(session, whole_day).article_id != timed
    assert story(session).first_id == timed


def forget_links(session: Session) -> None:
    """As the program before stored articles: without stories of near copies, fingerprints and scheme."""
    for table in (Band, Fingerprint):
        session.execute(table.__table__.delete())  # type: ignore[attr-defined]  # every table can be emptied
    session.execute(text("UPDATE articles SET scheme = 0, story_id = NULL, similarity = NULL"))
    session.execute(text("DELETE FROM stories"))


def test_older_articles_are_linked_a_few_at_a_time(session: Session) -> None:
    pages = [("suara", HALVES[0]), ("kabar", HALVES[1]), ("warta", STUB), ("antara", TEXT), ("harian", wire(3))]
    for outlet, sentences in pages:
        come(session, outlet, sentences, day(1))
    before = found(session)
    forget_links(session)
    assert [link_older(session, 2, NOW, look_back=LOOK_BACK) for _ in range(4)] == [2, 2, 1, 0]
    assert found(session) == before
    assert set(session.scalars(select(StoredArticle.scheme))) == {SCHEME}


def test_new_articles_find_older_ones_that_are_not_linked_yet(session: Session) -> None:
    ids = [come(session, outlet, TEXT, day(number)) for number, outlet in enumerate(("antara", "suara"))]
    forget_links(session)
    late = come(session, "kabar", TEXT, day(3))
    assert set(stories(session, *ids, late)) == {story(session).id}
    assert {stored.similarity for stored in of(session, *ids, late)} == {1.0}
