"""What ``check`` finds: nothing in what the program's own stages stored, and each thing that was broken since."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from core.models import Reason
from database import ledger
from database.admin.check import Depth, check_pages, check_rows, check_words
from database.engine import open_database, reading
from pipelines.fingerprint import can_link
from pipelines.seeds.seed_import import import_seed
from tests.pipelines.incoming import EVERYTHING, LOOK_BACK, NOW, TEXT, Arrival, arrive, article, name_it, stamp

# Each breaks something; the words are those of the problem, with its number and example.
BROKEN = {
    "UPDATE urls SET article_id = NULL WHERE article_id = 1": (
        "URLs are stored or the same as others, and lead to no article", 1, "url 1",
    ),
    "UPDATE urls SET state = 'hilang' WHERE id = 2": ("URLs are in a state that there is not", 1, "url 2"),
    "UPDATE urls SET next_attempt_at = NULL WHERE state = 'failed'": (
        "URLs failed, have attempts left, and are never tried again", 1, "url 4",
    ),
    "DELETE FROM originals": ("seed articles have no seed document", 1, "article 4"),
    "DELETE FROM article_terms WHERE article_id = 2": ("articles have no words to be found by", 1, "article 2"),
    "UPDATE articles SET revision = 3 WHERE id = 2": (
        "articles have another number of revisions than they say", 1, "article 2",
    ),
    "UPDATE stories SET articles = 7": ("stories count other articles or outlets than they have", 1, "story 1"),
    "UPDATE stories SET first_id = 3": ("stories have a first article that is none of theirs, or none", 1, "story 1"),
    "UPDATE stories SET first_published_at = NULL": (
        "stories have another date than their first article", 1, "story 1",
    ),
    "INSERT INTO runs (outlet, started_at, state, counts) VALUES ('a', '2026-11-21', 'running', '{}'), "
    "('a', '2026-11-21', 'running', '{}')": ("outlets have more than one run that is going on", 1, "outlet a"),
    "INSERT INTO rounds (started_at, state, report, totals) VALUES ('2026-11-21', 'running', '{}', '{}'), "
    "('2026-11-21', 'running', '{}', '{}')": ("rounds of the monitor go on beside another", 1, "round 1"),
    "UPDATE articles SET text = 'Lain.' WHERE id = 3": (
        "articles have another text than their checksum says", 1, "article 3",
    ),
    "DELETE FROM fingerprints": ("articles are compared with no others", 3, "article 1"),
}  # fmt: skip
OTHER_TEXT = (
    "Nelayan di pesisir selatan melaut lagi sesudah badai reda, kata ketua kelompok mereka pada Senin pagi.\n" * 3
)


@pytest.fixture
def archive(engine: Engine) -> Engine:
    """Two copies of one text, a stub of another, a seed, a URL that failed."""
    with Session(engine) as session:
        for outlet, hour in (("samudra", 3), ("lentera", 5)):
            arrive(session, Arrival(outlet, "/satu", article(published=stamp(hour))))
        arrive(session, Arrival("samudra", "/pendek", article("Simak di sini.", title="Pendek")))
        import_seed(
            session, "benih.txt", OTHER_TEXT.encode(), article(OTHER_TEXT, title="Benih"), NOW, look_back=LOOK_BACK
        )
        failing = name_it(session, Arrival("samudra", "/gagal", article()), EVERYTHING)
        ledger.fail(session, failing, None, Reason.NETWORK, None, NOW)
        session.commit()
    return engine


def problems(engine: Engine, *, full: bool = True) -> dict[str, tuple[str, int, str]]:
    found = list(check_rows(reading(engine), Depth(can_link, full=full)))
    assert all(one.advice for one in found)
    return {one.wrong: (one.wrong, one.count, one.example) for one in found}


def test_what_the_program_stored_is_whole(archive: Engine) -> None:
    assert problems(archive) == problems(archive, full=False) == {}
    assert list(check_words(archive)) == []


def test_an_empty_database_is_whole(engine: Engine) -> None:
    assert problems(engine) == {}


@pytest.mark.parametrize("statement", BROKEN)
def test_what_is_broken_is_told(archive: Engine, statement: str) -> None:
    with archive.begin() as connection:
        connection.execute(text(statement))
    told = BROKEN[statement]
    assert problems(archive)[told[0]] == told


def test_the_example_is_the_lowest_id_wherever_the_server_keeps_the_row(archive: Engine) -> None:
    with archive.begin() as connection:
        # PostgreSQL writes a changed row behind the others.
        connection.execute(text("UPDATE articles SET text = 'Lain.' WHERE id = 3"))
        connection.execute(text("UPDATE articles SET text = 'Lain pula.' WHERE id = 1"))
        connection.execute(text("DELETE FROM fingerprints"))
    for full in (True, False):
        found = problems(archive, full=full)
        assert found["articles have another text than their checksum says"][1:] == (2, "article 1")
        assert found["articles are compared with no others"][1:] == (2, "article 2")


def test_articles_without_their_urls_are_told(archive: Engine) -> None:
    with archive.begin() as connection:
        connection.execute(text("DELETE FROM rechecks"))
        connection.execute(text("UPDATE urls SET article_id = NULL, state = 'rejected' WHERE article_id = 2"))
        connection.execute(text("DELETE FROM bands"))
    found = problems(archive)
    assert found["crawled articles have no URL in the ledger"][1:] == (1, "article 2")
    assert [one for one in found if "have no bands: their copies are not found" in one]


def test_bands_of_nothing_are_told(archive: Engine) -> None:
    with archive.begin() as connection:
        connection.execute(text("UPDATE bands SET fingerprint_id = fingerprint_id + 100"))
    assert [one for one in problems(archive, full=False) if "are of fingerprints that are not there" in one]


def test_rechecks_of_the_wrong_url_are_found(archive: Engine) -> None:
    with archive.begin() as connection:
        connection.execute(text("DELETE FROM rechecks WHERE article_id <> 1"))
        connection.execute(
            text(
                "INSERT INTO rechecks (article_id, url_id, outlet, looked_at, prompted, failures) "
                "VALUES (2, 3, 'lentera', '2026-11-21', 0, 0)"
            )
        )
    assert "articles are to be rechecked at a URL that leads elsewhere" in problems(archive)


def test_stories_are_not_judged_while_an_upgrade_is_unfinished(archive: Engine) -> None:
    with archive.begin() as connection:
        connection.execute(text("UPDATE stories SET articles = 7"))
        connection.execute(text("UPDATE articles SET scheme = 0 WHERE id = 1"))
    assert problems(archive) == {}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_index_that_lost_articles_is_told(archive: Engine) -> None:
    with archive.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO article_index(article_index, rowid, title, body) "
                "SELECT 'delete', article_id, title, body FROM article_terms WHERE article_id = 2"
            )
        )
    assert problems(archive)["articles are not in the full-text index article_index"][1:] == (1, "article 2")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_index_of_other_words_is_told(archive: Engine) -> None:
    with archive.begin() as connection:
        connection.execute(text("DROP TRIGGER article_terms_updated"))
        connection.execute(text("UPDATE article_terms SET title = 'lain' WHERE article_id = 1"))
    assert [one.wrong for one in check_words(archive)] == [
        "the full-text index article_index has other words than the articles"
    ]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A SQLite database that nobody has open, without a log."""
    engine = open_database(f"sqlite:///{tmp_path / 'arsip.db'}")
    with Session(engine) as session:
        arrive(session, Arrival("samudra", "/satu", article(TEXT)))
        session.commit()
    engine.dispose()
    return tmp_path / "arsip.db"


def test_a_damaged_file_is_told(file: Path) -> None:
    assert list(check_pages(file, immutable=True)) == list(check_pages(file, immutable=False, quick=True)) == []
    pages = bytearray(file.read_bytes())
    for page in range(8, len(pages) // 4096, 2):
        pages[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    file.write_bytes(pages)
    (told,) = [one for one in check_pages(file, immutable=True) if "damaged" in one.wrong or "cannot be" in one.wrong]
    assert "restore a backup" in told.advice


def test_a_broken_reference_is_told(file: Path) -> None:
    engine = open_database(f"sqlite:///{file}")
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys = OFF")
        driver.execute("DELETE FROM articles")
        connection.rollback()
    engine.dispose()
    told = {one.wrong: one.count for one in check_pages(file, immutable=False)}
    assert told["rows of article_terms refer to rows of articles that are not there"] == 1
