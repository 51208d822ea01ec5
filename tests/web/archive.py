"""A made-up archive, as a fortnight of crawls leaves it: what the pages, the API and the browser tests look at.

Stored by the program's own stages, so that stories, revisions, ledger and search agree. Only what no crawl lets in is
written straight to the tables: the hostile article. ``python -m tests.web.archive sqlite:///FILE`` makes it by hand.
"""

import sys
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from core.models import Article, Candidate, Reason, Timestamp
from core.scheduling.boundary import Boundary
from database import ledger, rounds, saved_searches
from database.engine import open_database
from database.ledger import Validators
from database.schema import EndState, Flag, Gap, Original, Revision, Run, StoredArticle
from health.round_report import OutletReport, RoundReport, to_json
from pipelines.new_article import StoreJob, store
from pipelines.normalise import normalise
from pipelines.revision import revise
from pipelines.seeds.seed_import import import_seed
from tests.search.articles import add_article
from tests.web.printed import DAY, GRAIN, HOUR, MINUTE, NOW, OUTLETS, SATURDAY, Printed, pages

_LOOK_BACK = 60  # days

HOSTILE_TITLE = "<script>alert('judul')</script> \"Judul\" & <b>tebal</b>"
HOSTILE_TEXT = (
    "Berita <img src=x onerror=alert(1)> jahat.\n</p></main><script>alert('teks')</script>\njavascript:alert(2)"
)

FAILING = "no source has answered since 12 Sep 2024: see `scrapy outlets check suluh`"

_SEEDS = (
    (
        "diplomasi-1.txt",
        "Menlu Tiongkok dan Rusia Bertemu di Moskow",
        "Menteri Luar Negeri Tiongkok bertemu Menteri Luar Negeri Rusia di Moskow pada Senin sore.",
        "Keduanya membahas kerja sama strategis, perdagangan energi, dan situasi di Ukraina.",
        "Kedua menteri sepakat bertemu lagi di sela sidang Perserikatan Bangsa-Bangsa.",
    ),
    (
        "diplomasi-2.txt",
        "Beijing dan Moskow Perluas Kemitraan Strategis",
        "Pemerintah Tiongkok dan Rusia menandatangani pernyataan bersama tentang kemitraan strategis.",
        "Dokumen itu menyebut pertahanan, ruang angkasa, dan penyelesaian dagang dalam mata uang sendiri.",
    ),
)


def build(engine: Engine) -> None:
    """Fills an empty database."""
    with Session(engine) as session:
        _seeds(session)
        for outlet in ("samudra", "lentera", "cakrawala", "pena_muara"):
            _crawls(session, outlet)
        _later_looks(session)
        _troubles(session)
        _monitored(session)
        _hostile(session)
        _like_the_seeds(session)
        saved_searches.create(session, "Tiongkok dan Rusia", "q=Tiongkok+Rusia", NOW - 2 * DAY)
        saved_searches.create(session, "Harga pangan di daerah", "q=harga+OR+beras&section=Daerah", NOW - DAY)
        session.commit()


def _crawls(session: Session, outlet: str) -> None:
    """Its crawls, one every afternoon; the one of the 9th was interrupted, that of the 12th failed."""
    mine = [page for page in pages() if page.outlet == outlet]
    home, listing = OUTLETS[outlet].site, f"{OUTLETS[outlet].site}rubrik/terbaru"
    for days in range(14):
        began = SATURDAY + (days - 12) * DAY + 8 * HOUR
        today = [page for page in mine if began - DAY <= (page.at or SATURDAY) < began]
        run = ledger.start_run(session, outlet, Boundary(began - 7 * DAY), began)
        feed = ledger.source(session, outlet, f"{home}feed", "feed")
        named = [Candidate(page.url, page.title) for page in today]
        refused = [(Candidate(f"{listing}?hal={days}"), Reason.NOT_ARTICLE_URL)] if days % 5 == 0 else []
        read = Validators(f'"{days}"', None, f"{days}")
        boundary = Boundary(began - 7 * DAY)
        ledger.admit(
            session, run, feed.id, ledger.SourceAnswer(named, validators=read, refused=refused), boundary, began
        )
        for place, page in enumerate(today, 1):
            at = began + place * MINUTE / 3
            store(session, _job(session, page, at, run), at)
        state, message = _ending(days)
        counts = {"named": len(named), "stored": len(today), "requests": 3 + len(today), **_rejected(days)}
        ledger.finish_run(session, run, ledger.RunEnd(state, counts, message), began + (40 + 13 * days) * MINUTE / 30)
    session.commit()


def _ending(days: int) -> tuple[EndState, str | None]:
    match days:
        case 7:
            return "stopped", "interrupted; what is pending stays pending"
        case 10:
            return "failed", "the feed answered 503 three times; the next run tries again"
        case _:
            return "finished", None


def _rejected(days: int) -> dict[str, int]:
    return {"rejected: not-article-url": 1} if days % 5 == 0 else {}


def _job(session: Session, page: Printed, at: datetime, run: int | None = None) -> StoreJob:
    return StoreJob(
        url_id=_entry(session, page),
        run_id=run,
        outlet=OUTLETS[page.outlet],
        page_url=page.url,
        requested_url=page.url,
        fetched_at=at,
        result=normalise(page.article()),
        boundary=Boundary(),
        look_back=_LOOK_BACK,
    )


def _later_looks(session: Session) -> None:
    """One article is revised twice, another one is taken down."""
    grain = next(page for page in pages() if page.slug == "gandum-rusia")
    corrected = [one.replace("60.000", "40.000").replace("empat provinsi", "enam provinsi") for one in GRAIN]
    said = "Kementerian kemudian meralat jumlah itu dan meminta maaf atas kekeliruan dalam keterangan pertama."
    for hours, title, text in (
        (3, grain.title, [*GRAIN[:4], "Pengiriman kedua dijadwalkan tiba pekan depan."]),
        (9, "40.000 Ton Gandum Rusia Dibongkar", [*corrected[:4], said]),
    ):
        at = SATURDAY + (8 + hours) * HOUR
        revise(session, _job(session, replace(grain, title=title, paragraphs=text), at), at)
    gone = next(page for page in pages() if page.slug == "berita-44")
    for days in (1, 2):
        ledger.record_recheck_missing(session, _entry(session, gone), None, 410, SATURDAY + 8 * HOUR + (days - 1) * DAY)
    session.commit()


def _entry(session: Session, page: Printed) -> int:
    found = ledger.history(session, page.url)
    assert found
    return found.url_id


def _troubles(session: Session) -> None:
    """An outlet that blocks us, and pages that fail."""
    run = ledger.start_run(session, "suluh", Boundary(NOW - 7 * DAY), NOW - 3 * DAY)
    feed = ledger.source(session, "suluh", "https://suluh.example/feed", "feed")
    for days in (3, 2, 1):
        ledger.record_source_failure(session, feed.id, "HTTP 403 Forbidden", 403, NOW - days * DAY)
    ledger.finish_run(
        session, run, ledger.RunEnd("failed", {"requests": 1}, "no source answered"), NOW - 3 * DAY + MINUTE
    )
    feed = ledger.source(session, "lentera", "https://lentera.example/sitemap.xml", "sitemap")
    ledger.record_source_failure(session, feed.id, "no XML: <html><script>alert('sumber')</script>", 200, NOW - HOUR)
    feed = ledger.source(session, "samudra", "https://samudra.example/feed", "feed")
    urls = [f"https://samudra.example/2024/09/15/belum-{number}" for number in range(3)]
    boundary = Boundary(NOW - 7 * DAY)
    run = ledger.start_run(session, "samudra", boundary, NOW - 10 * MINUTE)
    ledger.admit(session, run, feed.id, ledger.SourceAnswer(map(Candidate, urls)), boundary, NOW - 10 * MINUTE)
    failed = ledger.history(session, urls[0])
    assert failed
    ledger.fail(session, failed.url_id, run, Reason.NETWORK, "the server closed the connection", NOW - 9 * MINUTE)
    session.commit()


def _monitored(session: Session) -> None:
    """Three rounds of the monitor, one of them killed; what is wrong with outlets, and was; a gap."""
    for outlet, kind, words, days, over in (
        ("samudra", "date-gone", "9 of 11 articles without a date (usual: none)", 6, 5),
        ("suluh", "failing", FAILING, 3, None),
        ("lentera", "gap", "about 12 articles may have been missed on 13 September", 2, None),
        ("lentera", "partly-failing", "1 of 2 sources fails: no XML: <html><script>alert('sumber')</script>", 1, None),
    ):
        at, cleared_at = NOW - days * DAY, NOW - over * DAY if over else None
        session.add(Flag(outlet=outlet, kind=kind, words=words, facts={}, raised_at=at, seen_at=cleared_at or NOW,
                         cleared_at=cleared_at))  # fmt: skip
    feed = ledger.source(session, "lentera", "https://lentera.example/feed", "feed")
    session.add(Gap(outlet="lentera", source_id=feed.id, found_at=NOW - 2 * DAY, since=NOW - 3 * DAY,
                    until=NOW - 2 * DAY - 4 * HOUR, estimate=12, recovered=5))  # fmt: skip
    began = NOW - 2 * HOUR
    for days in (2, 1):
        number = rounds.start_round(session, began - days * DAY)
    killed, last = number, rounds.start_round(session, began)
    rounds.finish_round(session, killed - 1, "finished", {}, None, began - 2 * DAY + MINUTE)
    session.execute(update(Run).where(Run.outlet == "lentera", Run.started_at > began - DAY).values(round_id=last))
    report = RoundReport(last, began, began + 7 * MINUTE, "finished", outlet_reports(), 3, (f"suluh: {FAILING}",))
    rounds.finish_round(session, last, "finished", to_json(report), None, began + 7 * MINUTE)
    session.commit()


def outlet_reports() -> list[OutletReport]:
    """What the last round did."""
    began = NOW - 2 * HOUR
    done = {"started_at": began, "finished_at": began + 6 * MINUTE, "requests": 41, "bytes": 1_400_000}
    return [
        OutletReport("lentera", "Lentera Pagi", "finished", 28, discovered=30, new=2, copies=1, missed=12,
                     rejected={"too-old": 21, "video": 1}, newest_at=NOW - 3 * HOUR, **done),  # type: ignore[arg-type]
        OutletReport("samudra", "Kabar Samudra", "finished", 14, discovered=44, new=5, updated=1,
                     newest_at=NOW - 15 * HOUR, **done),  # type: ignore[arg-type]
        OutletReport("suluh", "Suluh Lama", "failed", 57, requests=1, failed={"http-status": 1}, flags=[FAILING],
                     messages=["https://suluh.example/feed: HTTP 403 Forbidden"]),
    ]  # fmt: skip


def _seeds(session: Session) -> None:
    for number, (name, title, *paragraphs) in enumerate(_SEEDS):
        text = "\n".join(paragraphs)
        at = SATURDAY - (20 - number) * DAY
        published = Timestamp(at, f"{at:%d/%m/%Y}", "seed:line", "day", "medium")
        article = Article(None, None, title, text, language="id", published=published, authors=["Arsip"])
        content = f"{title}\n{text}\n".encode()
        import_seed(session, name, content, article, SATURDAY - 14 * DAY, look_back=_LOOK_BACK)
    session.commit()


def _hostile(session: Session) -> None:
    """What no stage of ours would let in, should it get in nevertheless."""
    article_id = add_article(
        session, HOSTILE_TITLE, HOSTILE_TEXT, outlet="jahat", url="javascript:alert('url')",
        canonical_url="data:text/html,<script>alert('kanon')</script>", image_url="javascript:alert('gambar')",
        authors=["\"><img src=x onerror=alert('penulis')>"], section="<svg onload=alert('rubrik')>",
        tags=["</a><script>alert('tag')</script>"], dateline="<i>Kota</i>", credit="' onmouseover='alert(1)",
        summary="</textarea><script>alert('ringkasan')</script>", published_at=NOW - 30 * HOUR,
        published_raw="<script>alert('tanggal')</script>", published_source="css:<script>", language="id",
        published_precision="minute", published_confidence="low", first_seen_at=NOW - 29 * HOUR, revision=2,
        fetched_at=NOW - 28 * HOUR,
    )  # fmt: skip
    changed = {"words_added": 2, "words_removed": 3, "title_changed": True, "replaced_at": NOW - 28 * HOUR}
    session.add(Revision(article_id=article_id, revision=1, title="<h1>Lama</h1>", text="Berita <script>lama</script>.",
                         text_sha256="0", fetched_at=NOW - 29 * HOUR, **changed))  # fmt: skip
    name = "<img src=x onerror=alert('berkas')>.txt"
    session.add(Original(sha256="0", name=name, content=b"", imported_at=NOW - DAY, article_id=article_id,
                         found={"outlet": None, "title": {"title": "<script>"}}, gave=["title"]))  # fmt: skip
    session.commit()


def _like_the_seeds(session: Session) -> None:
    """As if every article had been compared: those that speak of both countries are like the seeds."""
    for article in session.scalars(select(StoredArticle)):
        named = sum(article.text.count(word) for word in ("Rusia", "Tiongkok", "Moskow", "Beijing"))
        values = {"seed_similarity": round(min(0.05 + 0.09 * named, 0.95), 2)}
        session.execute(update(StoredArticle).where(StoredArticle.id == article.id).values(**values))


if __name__ == "__main__":
    made = open_database(sys.argv[1])
    build(made)
    made.dispose()
