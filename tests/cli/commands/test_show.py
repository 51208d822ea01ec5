import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from core.urls import identify
from database.schema import Original, Revision, StoredArticle, Url
from search.records import KEYS
from tests.cli.commands.running import Outcome, on_both, run
from tests.database.made_stories import TEN, add_copy, add_story
from tests.search.articles import add_article

Show = Callable[..., Outcome]
SEEN = datetime(2024, 9, 1, 3, tzinfo=UTC)


def add_url(session: Session, url: str, **values: object) -> int:
    given = {"outlet": "samudra", "state": "stored", "first_seen_at": SEEN} | values
    row = Url(identity=identify(url), url=url, **given)
    session.add(row)
    session.flush()
    return row.id


@pytest.fixture
def show(engine: Engine, database_url: str, capsys: pytest.CaptureFixture[str]) -> Show:
    with Session(engine) as session:
        article_id = add_article(
            session, "Rusia Kirim Gandum", "Gandum tiba.\nMenteri menyambutnya.", url="https://contoh-a.com/baca/1",
            authors=["Ani", "Budi"], tags=["gandum"], section="Ekonomi", dateline="Surabaya", credit="Antara",
            published_at=datetime(2024, 9, 1, 5, tzinfo=UTC), published_raw="Minggu, 1 September 2024 | 12:00",
            published_source="css:.tanggal", published_precision="minute", published_confidence="high", origin="seed",
        )  # fmt: skip
        session.add(Original(sha256="0", name="gandum.txt", content=b"", imported_at=SEEN, article_id=article_id))
        stored = add_url(session, "https://contoh-a.com/baca/1", article_id=article_id)
        add_url(session, "https://contoh-a.com/baca/lama-1", state="same-as", same_as_id=stored)
        add_url(session, "https://contoh-a.com/indeks", state="rejected", reason="listing")
        add_article(session, "Tanpa Buku Besar", "Teks.", url="https://contoh-b.com/baca/2")
        session.commit()
    return lambda *arguments: run(capsys, database_url, "show", *arguments)


def test_an_article_is_shown_with_its_provenance(show: Show) -> None:
    status, out, err = show("1")
    assert (status, err) == (0, "")
    assert out.splitlines()[:6] == [
        "Rusia Kirim Gandum",
        "2024-09-01 12:00 WIB · samudra · Ani · Budi · Ekonomi",
        "",
        "Gandum tiba.",
        "",
        "Menteri menyambutnya.",
    ]
    facts = dict(line.split("  ", 1) for line in out.splitlines()[7:] if "  " in line)
    assert facts["published"].split("  (")[1] == (
        '"Minggu, 1 September 2024 | 12:00", css:.tanggal, precise to the minute, high confidence)'
    )
    for value in ("Surabaya", "Antara", "gandum", "gandum.txt", "1, seed, revision 1", "https://contoh-a.com/baca/1"):
        assert value in {fact.strip() for fact in facts.values()}


@on_both
def test_any_address_of_an_article_leads_to_it(show: Show) -> None:
    for url in (
        "https://contoh-a.com/baca/1",
        "http://www.contoh-a.com/baca/1/?utm_source=x#atas",
        "https://m.contoh-a.com/baca/1?page=2",
        "https://contoh-a.com/baca/lama-1",
    ):
        assert show(url).out.startswith("Rusia Kirim Gandum\n"), url


def test_imported_articles_need_no_ledger(show: Show) -> None:
    assert show("https://contoh-b.com/baca/2").out.startswith("Tanpa Buku Besar\n")


@on_both
def test_json_is_the_export_record(show: Show) -> None:
    row = json.loads(show("1", "--format", "json").out)
    assert tuple(row) == KEYS
    assert row["authors"] == ["Ani", "Budi"]


TEXT = """Rusia mengirim 40.000 ton gandum ke Indonesia, kata menteri di Surabaya.
Kapal pertama tiba pada pagi hari di pelabuhan.
Gandum itu akan dibagikan kepada pabrik tepung."""
OTHER = """Rusia mengirim 60.000 ton gandum ke Indonesia, kata menteri di Surabaya.
Kapal pertama tiba pada pagi hari di pelabuhan.
Harga tepung belum berubah sampai siang ini."""
HOUR = timedelta(hours=1)


@pytest.fixture
def story(engine: Engine, database_url: str, capsys: pytest.CaptureFixture[str]) -> Show:
    """Articles 1 to 4: the first, the same text later, a changed one and its copy, which is gone from its page."""
    with Session(engine) as session:
        first = add_copy(session, "antara", TEN, "Gandum Tiba", text=TEXT)
        same = add_copy(session, "kota", TEN + HOUR / 5, "GANDUM tiba!", text=TEXT)
        changed = add_copy(session, "lentera", TEN + 4 * HOUR / 3, "Harga Tepung Tetap", text=OTHER)
        removed = add_copy(session, "kota", None, "Harga Tepung Tetap", text=OTHER, removed_at=TEN + 48 * HOUR)
        add_story(session, [first, same, changed, removed], {changed: 0.618, removed: 0.9999})
        add_copy(session, "kota", TEN, "Lain", text="Lain.")
        session.commit()
    return lambda *arguments: run(capsys, database_url, "show", *arguments)


def test_an_article_tells_its_story(story: Show) -> None:
    out = story("3").out.splitlines()
    assert out[2] == "4 copies in 3 outlets; first: antara, 2024-09-14 10:00 WIB"
    assert out[4] == TEXT.replace("40.000", "60.000").splitlines()[0]
    assert "story          1, similarity with its first 62 %" in out


def test_copies_come_in_order_with_what_differs_from_the_first(story: Show) -> None:
    assert story("3", "--copies").out.splitlines()[4:] == [
        "    1  2024-09-14 10:00 WIB  antara  first",
        "    2  2024-09-14 10:12 WIB  kota  +12 min  100 %",
        "    3  2024-09-14 11:20 WIB  lentera  +1 h 20 min  62 %  (this one)",
        "       “Harga Tepung Tetap”",
        "       ~ Rusia mengirim [-40.000-] {+60.000+} ton gandum ke Indonesia, kata menteri di Surabaya.",
        "       - Gandum itu akan dibagikan kepada pabrik tepung.",
        "       + Harga tepung belum berubah sampai siang ini.",
        "    4  undated  kota  99 %  removed from its page",
        "       “Harga Tepung Tetap”",
        "       the same text as 3",
        "",
    ]


def test_what_was_removed_from_its_page_is_shown(story: Show) -> None:
    assert story("4").out.splitlines()[3] == "removed from its page on 2024-09-16 10:00 WIB; kept here"


def test_an_article_without_copies_says_so(story: Show) -> None:
    assert "no other copy found" in story("5", "--copies").out
    assert json.loads(story("5", "--copies", "--format", "json").out)["copies"] == []


def test_an_article_of_an_older_version_is_not_said_to_have_no_copies(story: Show, engine: Engine) -> None:
    with Session(engine) as session:
        number = add_copy(session, "kota", TEN, "Pasar", text="Pasar.", scheme=0)
        session.commit()
    assert "not compared with other articles yet" in story(str(number), "--copies").out


def test_json_holds_the_copies_and_what_differs(story: Show) -> None:
    copies = json.loads(story("1", "--copies", "--format", "json").out)["copies"]
    assert [(row["id"], row["lag"], row["similarity"]) for row in copies] == [
        (1, 0, 1.0), (2, 720, 1.0), (3, 4800, 0.618), (4, None, 0.9999)
    ]  # fmt: skip
    assert [one["kind"] for one in copies[2]["differences"]] == ["changed", "removed", "added"]
    assert copies[2]["differences"][2]["pieces"] == [
        {"kind": "added", "text": "Harga tepung belum berubah sampai siang ini."}
    ]
    assert copies[1]["differences"] == []


def revise(engine: Engine, article_id: int) -> None:
    """As if another look at its page had found ``OTHER``."""
    with Session(engine) as session:
        session.add(
            Revision(
                article_id=article_id, revision=1, title="Gandum Tiba", text=TEXT, text_sha256="0",
                fetched_at=TEN + HOUR, replaced_at=TEN + 3 * HOUR, words_added=8, words_removed=8, title_changed=True,
            )
        )  # fmt: skip
        values = {"title": "Gandum dan Tepung Tiba", "text": OTHER, "revision": 2, "fetched_at": TEN + 3 * HOUR}
        session.execute(update(StoredArticle).where(StoredArticle.id == article_id).values(**values))
        session.commit()


def test_revisions_come_with_what_each_changed(story: Show, engine: Engine) -> None:
    revise(engine, 1)
    assert story("1", "--revisions").out.splitlines()[4:] == [
        "revision 1, seen 2024-09-14 11:00 WIB",
        "revision 2, seen 2024-09-14 13:00 WIB: 8 words added, 8 words removed, headline changed",
        "       headline: Gandum {+dan Tepung+} Tiba",
        "       ~ Rusia mengirim [-40.000-] {+60.000+} ton gandum ke Indonesia, kata menteri di Surabaya.",
        "       - Gandum itu akan dibagikan kepada pabrik tepung.",
        "       + Harga tepung belum berubah sampai siang ini.",
        "",
    ]


def test_an_unchanged_article_has_one_revision(story: Show) -> None:
    assert story("1", "--revisions").out.splitlines()[4] == "revision 1, imported; no change was seen since"


@on_both
def test_json_holds_every_revision_with_its_text(story: Show, engine: Engine) -> None:
    revise(engine, 1)
    revisions = json.loads(story("1", "--revisions", "--format", "json").out)["revisions"]
    assert [(row["revision"], row["text"], row["seen_at"]) for row in revisions] == [
        (1, TEXT, "2024-09-14T04:00:00+00:00"), (2, OTHER, "2024-09-14T06:00:00+00:00")
    ]  # fmt: skip
    assert [len(row["differences"]) for row in revisions] == [0, 3]
    assert (revisions[1]["words_added"], revisions[1]["title_changed"]) == (8, True)


def test_on_a_terminal_colours_tell_what_changed(story: Show, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    revise(engine, 1)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    out = story("1", "--revisions").out
    assert "\x1b[9;31m40.000\x1b[0m \x1b[32m60.000\x1b[0m" in out
    assert "{+" not in out
    assert max(len(re.sub("\x1b\\[[0-9;]*m", "", line)) for line in out.splitlines()) <= 60


def test_what_is_not_there_is_told(show: Show) -> None:
    for wanted, status, words in (
        ("99", 1, "there is no article 99"),
        ("9" * 30, 1, "there is no article"),
        ("https://contoh-a.com/tiada", 1, "was never seen"),
        ("https://contoh-a.com/indeks", 1, "known but no article: rejected (listing)"),
        ("gandum", 2, "neither an article's number nor a URL"),
    ):
        outcome = show(wanted)
        assert (outcome.status, outcome.out) == (status, "")
        assert words in outcome.err


def test_exactly_one_article_is_asked_for(show: Show) -> None:
    assert show().status == 2
    assert show("1", "2").status == 2
