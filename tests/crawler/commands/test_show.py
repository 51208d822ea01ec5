import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from crawler.urls import identify
from database.records import KEYS
from database.schema import Original, Url
from tests.crawler.commands.running import Outcome, run
from tests.database.search.articles import add_article

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


def test_json_is_the_export_record(show: Show) -> None:
    row = json.loads(show("1", "--format", "json").out)
    assert tuple(row) == KEYS
    assert row["authors"] == ["Ani", "Budi"]


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
