"""How much articles are like the seeds, whatever came first, changed since, or broke off."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from core.models import Article, Page
from crawler.extraction.article import extract
from crawler.resources import open_resources
from database.articles import Terms
from database.schema import ArticleTerms, Original, Profile, StoredArticle
from database.writer import Writer
from outlets.schema import Outlet
from pipelines import backfill
from pipelines.backfill import make_ready, renew_seed_similarities
from pipelines.new_article import store
from pipelines.normalise import normalise
from pipelines.revision import revise
from pipelines.seeds.files import SeedFile, find_documents
from pipelines.seeds.seed_import import import_seed
from search import seed_profile
from search.seed_profile import Frequencies, build_profile, count_terms, similarity
from tests.cli.commands.running import run
from tests.database.topics import ABOUT_IT, FAR_FROM_IT, NEAR_IT, SEEDS
from tests.pipelines.incoming import LOOK_BACK, NOW, Arrival, arrive, article, job, name_it
from tests.pipelines.test_backfill import run_settings
from tests.shared import shared

DIPLOMACY, SPORTS = "Wang Yi Bertolak ke Moskow", "Persela Menang Tipis di Kandang"
UNKNOWN = Outlet(name="dokumen", title="Dokumen", site="https://dokumen.test/", domains=("dokumen.test",))


def bring(session: Session, seeds: Mapping[str, str] = SEEDS) -> None:
    for title, text in seeds.items():
        document = article(text, title=title)
        import_seed(session, title, repr(document).encode(), document, NOW, look_back=LOOK_BACK)


def page(title: str, text: str | None = None) -> Arrival:
    made_up = ABOUT_IT | NEAR_IT | FAR_FROM_IT
    return Arrival(
        "harian", f"/berita/{len(title)}-{title.replace(' ', '-')}", article(text or made_up[title], title=title)
    )


def come(engine: Engine, *titles: str) -> None:
    with Session(engine) as session, session.begin():
        for title in titles:
            assert arrive(session, page(title)).state == "stored"


def seeded(engine: Engine, seeds: Mapping[str, str] = SEEDS) -> None:
    with Session(engine) as session, session.begin():
        bring(session, seeds)


def renew(engine: Engine) -> None:
    writer = Writer(engine)
    try:
        renew_seed_similarities(writer, NOW)
    finally:
        writer.close()


def values(engine: Engine) -> dict[str | None, float | None]:
    with Session(engine) as session:
        return {one.title: one.seed_similarity for one in session.scalars(select(StoredArticle))}


def newest(engine: Engine) -> Profile:
    with Session(engine) as session:
        return session.scalars(select(Profile)).one()


def by_the_newest(engine: Engine) -> dict[str | None, float | None]:
    """What ``values`` should be."""
    weights = newest(engine).weights
    with Session(engine) as session:
        return {
            one.article.title: similarity(count_terms(Terms(one.title, one.body)), weights)
            for one in session.scalars(select(ArticleTerms))
        }


def test_without_seeds_nothing_is_like_them(engine: Engine) -> None:
    come(engine, DIPLOMACY)
    renew(engine)
    assert values(engine) == {DIPLOMACY: None}


@pytest.mark.parametrize("seeds_first", [True, False])
def test_diplomacy_comes_before_sports(engine: Engine, *, seeds_first: bool) -> None:
    if seeds_first:
        seeded(engine)
        renew(engine)
    come(engine, *ABOUT_IT, *NEAR_IT, *FAR_FROM_IT)
    if not seeds_first:
        seeded(engine)
        renew(engine)
    found = values(engine)
    assert found == by_the_newest(engine)
    ordered = sorted(found, key=lambda title: -(found[title] or 0))
    assert {*ordered[:8]} == SEEDS.keys() | ABOUT_IT.keys()
    assert {*ordered[8:11]} == NEAR_IT.keys()
    assert all(value is not None and 0 <= value <= 1 for value in found.values())


def test_the_profile_is_that_of_the_seeds(engine: Engine) -> None:
    come(engine, *FAR_FROM_IT)
    seeded(engine)
    renew(engine)
    with Session(engine) as session:
        rows = session.scalars(select(ArticleTerms).order_by(ArticleTerms.article_id)).all()
        texts = [(one.article.origin, count_terms(Terms(one.title, one.body))) for one in rows]
    holding = {term: sum(term in text for _, text in texts) for _, text in texts for term in text}
    made = newest(engine)
    assert made.weights == build_profile(
        (text for origin, text in texts if origin == "seed"), Frequencies(len(texts), holding)
    )
    frequent = {term: df for term, df in made.frequencies.items() if not term.isdecimal()}
    assert (made.articles, made.documents, frequent) == (11, 11, {t: df for t, df in holding.items() if df > 1})


def test_a_new_seed_changes_what_all_are_like(engine: Engine) -> None:
    seeded(engine)
    come(engine, *ABOUT_IT, *FAR_FROM_IT)
    renew(engine)
    before = values(engine)
    seeded(
        engine, {"Pelatih Puji Kiper": "Pelatih memuji kiper dan penjaga gawang. Suporter merayakan gol di stadion."}
    )
    renew(engine)
    after = values(engine)
    assert after == by_the_newest(engine)
    assert (after[SPORTS] or 0) > (before[SPORTS] or 0) + 0.1
    assert (after[DIPLOMACY] or 0) < (before[DIPLOMACY] or 0)


def test_nothing_is_done_again(engine: Engine) -> None:
    seeded(engine)
    come(engine, DIPLOMACY)
    renew(engine)
    first = newest(engine)
    with Session(engine) as session, session.begin():
        bring(session)  # known already
        assert (
            seed_profile.draft_profile(session, NOW),
            seed_profile.count_outdated(session),
            seed_profile.update_similarities(session, 9),
        ) == (
            None,
            0,
            0,
        )
    renew(engine)
    assert (newest(engine).id, newest(engine).made_at) == (first.id, first.made_at)


def test_an_archive_of_twice_the_size_gets_a_new_profile(engine: Engine) -> None:
    seeded(engine)
    renew(engine)
    first = newest(engine)
    come(engine, *[*FAR_FROM_IT][:4])
    renew(engine)
    assert newest(engine).id == first.id
    come(engine, [*FAR_FROM_IT][4])
    renew(engine)
    assert (newest(engine).id, newest(engine).documents) == (first.id + 1, 10)
    assert values(engine) == by_the_newest(engine)


def test_a_title_that_its_page_gives_a_seed_is_noticed(engine: Engine) -> None:
    text = f"{ABOUT_IT[DIPLOMACY]}\nLavrov tiba di Beijing pada hari Minggu untuk membahas BRICS dengan mitranya itu."
    with Session(engine) as session, session.begin():
        bring(session)
        import_seed(session, "a.txt", b"a", article(text, title=None), NOW, look_back=LOOK_BACK)
    renew(engine)
    first = newest(engine)
    with Session(engine) as session, session.begin():
        arrive(session, page("Kunjungan Lavrov", text))
        assert session.scalar(select(func.count()).select_from(Original)) == 6
    assert values(engine) == by_the_newest(engine)
    renew(engine)
    assert newest(engine).seeds_sha256 != first.seeds_sha256
    assert values(engine) == by_the_newest(engine)


def test_what_broke_off_goes_on(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    come(engine, *FAR_FROM_IT, *NEAR_IT)
    seeded(engine)
    with Session(engine) as session, session.begin():
        made = seed_profile.draft_profile(session, NOW)
        assert made is not None
        assert seed_profile.replace_profile(session, made)
    with Session(engine) as session, session.begin():
        assert (seed_profile.update_similarities(session, 4), seed_profile.count_outdated(session)) == (4, 10)
    come(engine, DIPLOMACY)  # by then somebody was killed
    assert sum(value is None for value in values(engine).values()) == 10
    monkeypatch.setattr(backfill, "_AT_ONCE", 5)
    renew(engine)
    assert values(engine) == by_the_newest(engine)
    with Session(engine) as session, session.begin():
        assert (seed_profile.count_outdated(session), seed_profile.update_similarities(session, 5)) == (0, 0)
    assert newest(engine).compared_to == 0


def test_a_long_comparison_is_told(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(backfill, "_LONG", 10)
    seeded(engine)
    come(engine, *FAR_FROM_IT)
    with caplog.at_level("INFO", "pipelines.backfill"):
        renew(engine)
    assert [record.message for record in caplog.records] == [
        "11 articles are compared with the seeds, since these or the archive changed"
    ]


def test_a_revised_article_is_compared_anew(engine: Engine) -> None:
    seeded(engine)
    renew(engine)
    come(engine, SPORTS)
    before = values(engine)[SPORTS]
    new = page(SPORTS, f"{FAR_FROM_IT[SPORTS]}\n{ABOUT_IT[DIPLOMACY]}")
    with Session(engine) as session, session.begin():
        at = NOW + timedelta(hours=1)
        assert revise(session, replace(job(new, name_it(session, new)), fetched_at=at), at).state == "revised"
    assert (values(engine)[SPORTS] or 0) > (before or 0) + 0.1
    assert values(engine) == by_the_newest(engine)


def test_one_writer_sees_anothers_new_profile(engine: Engine) -> None:
    shared_by_run = seed_profile.SeedSimilarity()

    def come_in_run(title: str) -> None:
        one = page(title)
        with Session(engine) as session, session.begin():
            store(session, replace(job(one, name_it(session, one)), seed_similarity=shared_by_run), NOW)

    come_in_run(SPORTS)
    seeded(engine)
    renew(engine)
    come_in_run(DIPLOMACY)
    seeded(engine, {"Resep Rendang": "Rebus daging dengan serai, daun jeruk dan santan sampai bumbu meresap."})
    renew(engine)
    come_in_run("Resep Soto Ayam Kuah Bening")
    assert values(engine) == by_the_newest(engine)


@pytest.mark.parametrize("storing_first", [True, False])
def test_two_writers_leave_no_article_uncompared(engine: Engine, *, storing_first: bool) -> None:
    seeded(engine)
    one = page(DIPLOMACY)
    with Session(engine) as session, session.begin():
        url_id = name_it(session, one)
    with Session(engine) as session:
        made = seed_profile.draft_profile(session, NOW)
        assert made is not None

    def storing(session: Session) -> str:
        return store(session, job(one, url_id), NOW).state

    def keeping(session: Session) -> str:
        return str(seed_profile.replace_profile(session, made))

    at_once(engine, *((storing, keeping) if storing_first else (keeping, storing)))
    renew(engine)
    assert values(engine) == by_the_newest(engine)
    assert len(values(engine)) == 6


def test_two_that_make_a_profile_make_one(engine: Engine) -> None:
    seeded(engine)
    with Session(engine) as session:
        made = seed_profile.draft_profile(session, NOW)
        assert made is not None
    at_once(
        engine,
        lambda session: seed_profile.replace_profile(session, made),
        lambda session: seed_profile.replace_profile(session, made),
    )
    assert newest(engine).compared_to == 6
    writers = [threading.Thread(target=renew, args=(engine,)) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(180)
    assert values(engine) == by_the_newest(engine)


@pytest.mark.process
def test_an_import_and_a_runs_opening_compare_all(
    database_url: str, engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    come(engine, DIPLOMACY, SPORTS)
    for number, (title, text) in enumerate(SEEDS.items()):
        (tmp_path / f"{number}.txt").write_text(f"{title}\n\n{text}\n")
    assert run(capsys, database_url, "seeds", "import", str(tmp_path / "*.txt")).status == 0
    assert values(engine) == by_the_newest(engine)
    assert (values(engine)[DIPLOMACY] or 0) > 0.3 > (values(engine)[SPORTS] or 0)
    seeded(engine, {"Resep Rendang": "Rebus daging dengan serai, daun jeruk dan santan sampai bumbu meresap."})
    with open_resources(run_settings(database_url)) as resources:
        make_ready(resources)
        assert values(engine) == by_the_newest(engine)


def test_real_seeds_stand_apart_from_real_pages() -> None:
    """Each seed is left out once, so that it is one more article about the same."""
    now = datetime.now(UTC)
    seeds = [one.read([], now) for one in find_documents([str(shared("seed_corpus"))]) if isinstance(one, SeedFile)]
    files = sorted(shared("pages", "html").rglob("*.html"))
    pages = [extract(Page(url="", body=file.read_bytes()), UNKNOWN, now) for file in files]
    ours, others = (
        [count_terms(normalise(one).terms) for one in found if isinstance(one, Article)] for found in (seeds, pages)
    )
    assert (len(ours), len(others) > 40) == (5, True)
    known = Frequencies(len(ours + others), Counter(term for text in ours + others for term in text))
    for left_out in ours:
        weights = build_profile([text for text in ours if text is not left_out], known)
        unlike = [similarity(text, weights) for text in others]
        assert similarity(left_out, weights) > 0.5
        assert max(unlike) < 0.2
        assert mean(unlike) < 0.1


def at_once(engine: Engine, first: Callable[[Session], object], second: Callable[[Session], object]) -> None:
    """The second begins while the first has written and not yet committed."""
    written = threading.Event()

    def early() -> None:
        with Session(engine) as session, session.begin():
            first(session)
            written.set()
            time.sleep(0.3)

    def late() -> None:
        written.wait(60)
        with Session(engine) as session, session.begin():
            second(session)

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(early), threads.submit(late)]:
            done.result(180)
