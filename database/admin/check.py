"""Check a database: its file, its references, and the invariants of its rows.

Checks that read every text take a sample, unless asked for all.
"""

import hashlib
import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, Engine, Row, Select, bindparam, func, select, text
from sqlalchemy.exc import DatabaseError as SqlDatabaseError

from core.text.words import folded_words
from database.errors import translate_errors
from database.fingerprints import period_of
from database.ledger import MAX_ATTEMPTS
from database.schema import Base
from database.sql import chunks

REINDEX = "rebuild the index: sqlite3 FILE \"INSERT INTO {}({}) VALUES('rebuild')\""
_LINK = "restore a backup; or set the scheme of the story's articles to 0 by hand, and the next crawl links them anew"
_LEDGER = "restore a backup, or set these rows to pending by hand: the next crawl fetches them again"


@dataclass(frozen=True, slots=True)
class Invariant:
    """A condition that no row may violate.

    ``query`` selects one column of offending rows. ``linked``: holds only without an older program's unlinked articles.
    """

    of: str
    wrong: str
    query: str
    advice: str
    dialect: str | None = None
    linked: bool = False


def _index(index: str) -> Sequence[Invariant]:
    """Return the invariants of a SQLite full-text index.

    Its own table ``…_docsize`` has its rows.
    """
    size, advice = f"{index}_docsize", REINDEX.format(index, index)
    return (
        Invariant(
            "article",
            f"articles are not in the full-text index {index}",
            f"SELECT article_id FROM article_terms WHERE NOT EXISTS (SELECT 1 FROM {size} WHERE id = article_id)",  # noqa: S608
            advice,
            "sqlite",
        ),
        Invariant(
            "article",
            f"rows of the full-text index {index} are of articles that are not there",
            f"SELECT id FROM {size} WHERE NOT EXISTS (SELECT 1 FROM article_terms WHERE article_id = id)",  # noqa: S608
            advice,
            "sqlite",
        ),
    )


INVARIANTS: Sequence[Invariant] = (
    Invariant(
        "url",
        "URLs are stored or the same as others, and lead to no article",
        "SELECT id FROM urls WHERE state IN ('stored', 'same-as') AND article_id IS NULL",
        _LEDGER,
    ),
    Invariant(
        "url",
        "URLs are in a state that there is not",
        "SELECT id FROM urls WHERE state NOT IN ('pending', 'stored', 'same-as', 'rejected', 'failed', 'gone')",
        _LEDGER,
    ),
    Invariant(
        "url",
        "URLs failed, have attempts left, and are never tried again",
        f"SELECT id FROM urls WHERE state = 'failed' AND next_attempt_at IS NULL AND attempts < {MAX_ATTEMPTS}",  # noqa: S608
        _LEDGER,
    ),
    Invariant(
        "article",
        "crawled articles have no URL in the ledger",
        "SELECT id FROM articles WHERE origin = 'crawl' "
        "AND NOT EXISTS (SELECT 1 FROM urls WHERE urls.article_id = articles.id)",
        "restore a backup: a crawl would store these articles again",
    ),
    Invariant(
        "article",
        "seed articles have no seed document",
        "SELECT id FROM articles WHERE origin = 'seed' "
        "AND NOT EXISTS (SELECT 1 FROM originals WHERE originals.article_id = articles.id)",
        "import the seeds again: `scrapy seeds import PATH`",
    ),
    Invariant(
        "article",
        "articles have no words to be found by",
        "SELECT id FROM articles WHERE NOT EXISTS (SELECT 1 FROM article_terms WHERE article_id = articles.id)",
        "restore a backup: no search finds these articles",
    ),
    *_index("article_index"),
    *_index("article_label_index"),
    Invariant(
        "article",
        "articles have another number of revisions than they say",
        "SELECT a.id FROM articles a LEFT JOIN (SELECT article_id, max(revision) AS last FROM revisions "
        "GROUP BY article_id) r ON r.article_id = a.id WHERE a.revision > 1 OR r.last IS NOT NULL "
        "GROUP BY a.id, a.revision, r.last HAVING a.revision <> coalesce(r.last, 0) + 1",
        "restore a backup: an earlier version of these articles is lost",
    ),
    Invariant(
        "article",
        "articles are to be rechecked at a URL that leads elsewhere",
        "SELECT r.article_id FROM rechecks r JOIN urls u ON u.id = r.url_id "
        "WHERE u.article_id IS NULL OR u.article_id <> r.article_id",
        "delete these rows of rechecks: the next crawl plans them anew",
    ),
    Invariant(
        "story",
        "stories count other articles or outlets than they have",
        "SELECT s.id FROM stories s LEFT JOIN "
        "(SELECT story_id, count(*) AS articles, count(DISTINCT outlet) AS outlets "
        "FROM articles WHERE story_id IS NOT NULL GROUP BY story_id) m ON m.story_id = s.id "
        "WHERE s.articles <> coalesce(m.articles, 0) OR s.outlets <> coalesce(m.outlets, 0)",
        _LINK,
        linked=True,
    ),
    Invariant(
        "story",
        "stories have a first article that is none of theirs, or none",
        "SELECT s.id FROM stories s LEFT JOIN articles a ON a.id = s.first_id "
        "WHERE a.story_id IS NULL OR a.story_id <> s.id",
        _LINK,
        linked=True,
    ),
    Invariant(
        "story",
        "stories have another date than their first article",
        "SELECT s.id FROM stories s JOIN articles a ON a.id = s.first_id WHERE s.first_published_at <> a.published_at "
        "OR (s.first_published_at IS NULL) <> (a.published_at IS NULL)",
        _LINK,
        linked=True,
    ),
    Invariant(
        "outlet",
        "outlets have more than one run that is going on",
        "SELECT outlet FROM runs WHERE state = 'running' GROUP BY outlet HAVING count(*) > 1",
        "crawl the outlet: its next run records the killed ones as killed",
    ),
    Invariant(
        "round",
        "rounds of the monitor go on beside another",
        "SELECT id FROM rounds WHERE state = 'running' AND id < (SELECT max(id) FROM rounds WHERE state = 'running')",
        "start the monitor: its next round records the killed ones as killed",
    ),
)  # fmt: skip


SAMPLE, NEWEST_PERIODS = 2_000, 2
_INDEXES = ("article_index", "article_label_index")
_DAMAGED = "restore a backup; if there is none, save what can be read: sqlite3 FILE .recover"
_ARTICLES, _FINGERPRINTS, _BANDS = (Base.metadata.tables[name] for name in ("articles", "fingerprints", "bands"))
_TEXTS = select(
    *(_ARTICLES.c[name] for name in ("id", "text", "text_sha256", "published_at", "first_seen_at", "scheme"))
).order_by(_ARTICLES.c.id)  # so that the example of a problem is its first row on every server


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong, with an example and advice."""

    wrong: str
    count: int
    example: str
    advice: str


@dataclass(frozen=True, slots=True)
class Depth:
    """Options of a check.

    Attributes:
        quick: do not compare a SQLite file's indexes with its tables.
        full: no samples; reading SQLite's full-text indexes blocks writers.
        links: True for a number of words with which a text has a fingerprint.
    """

    links: Callable[[int], bool]
    quick: bool = False
    full: bool = False


@dataclass(slots=True)
class _Found:
    """Counts of offending rows, each with the first of them."""

    wrong: Counter[str] = field(default_factory=Counter)
    example: dict[str, str] = field(default_factory=dict)

    def add(self, wrong: str, article_id: int) -> None:
        self.wrong[wrong] += 1
        self.example.setdefault(wrong, f"article {article_id}")


def check_pages(file: Path, *, immutable: bool, quick: bool = False) -> Iterator[Problem]:
    """Check a SQLite file page by page; others may write unless it is ``immutable``."""
    place = f"{file.absolute().as_uri()}?{'immutable=1' if immutable else 'mode=ro'}"
    pragma = "quick_check" if quick else "integrity_check"
    try:
        with closing(sqlite3.connect(place, uri=True)) as connection:
            results = [row[0] for row in connection.execute(f"PRAGMA {pragma}")]
            broken = Counter(row[:3:2] for row in connection.execute("PRAGMA foreign_key_check"))
    except sqlite3.Error as error:
        yield Problem("the file cannot be read to its end", 1, str(error), _DAMAGED)
        return
    if results != ["ok"]:
        yield Problem("the file is damaged", len(results), results[0].strip(), _DAMAGED)
    for (table, other), number in broken.items():
        yield Problem(f"rows of {table} refer to rows of {other} that are not there", number, table, _DAMAGED)


def check_rows(engine: Engine, depth: Depth) -> Iterator[Problem]:
    with translate_errors(engine.url), engine.connect() as connection:
        older = connection.scalar(select(func.count()).select_from(_ARTICLES).where(text("scheme = 0"))) or 0
        for invariant in INVARIANTS:
            if invariant.dialect in {None, engine.dialect.name} and not (invariant.linked and older):
                yield from _check_invariant(connection, invariant)
        yield from _check_texts(connection, depth)
        yield from _check_bands(connection, depth)


def check_words(engine: Engine) -> Iterator[Problem]:
    """Compare SQLite's full-text indexes with the words they index; blocks writers."""
    for index in _INDEXES if engine.dialect.name == "sqlite" else ():
        try:
            with engine.connect() as connection:
                # A command that looks like writing, and writes nothing: https://www.sqlite.org/fts5.html#the_integrity_check_command
                connection.exec_driver_sql(f"INSERT INTO {index}({index}, rank) VALUES('integrity-check', 1)")
                connection.rollback()
        except SqlDatabaseError as error:
            if "malformed" not in str(error.orig):
                raise
            advice = REINDEX.format(index, index)
            yield Problem(f"the full-text index {index} has other words than the articles", 1, str(error.orig), advice)


def _check_invariant(connection: Connection, invariant: Invariant) -> Iterator[Problem]:
    query = f"WITH found(broken) AS ({invariant.query}) SELECT count(*), min(broken) FROM found"  # noqa: S608
    number, first = connection.execute(text(query)).one()
    if number:
        yield Problem(invariant.wrong, number, f"{invariant.of} {first}", invariant.advice)


def _check_texts(connection: Connection, depth: Depth) -> Iterator[Problem]:
    found = _Found()
    for rows in _all_texts(connection) if depth.full else _some_texts(connection):
        _judge_texts(connection, rows, depth, found)
    for wrong, number in found.wrong.items():
        yield Problem(wrong, number, found.example[wrong], _ADVICE[wrong])


_CHANGED, _UNSIGNED = "articles have another text than their checksum says", "articles are compared with no others"
_ADVICE = {
    _CHANGED: "restore a backup: these texts were changed by something else",
    _UNSIGNED: "set the scheme of these articles to 0 by hand: the next crawl compares them",
}


def _judge_texts(connection: Connection, rows: Sequence[Row[*tuple[object, ...]]], depth: Depth, found: _Found) -> None:
    unsigned = {}
    for row in rows:
        words = folded_words(row.text)
        if hashlib.sha256(" ".join(words).encode()).hexdigest() != row.text_sha256:
            found.add(_CHANGED, row.id)
        elif row.scheme and depth.links(len(words)):
            unsigned[row.id] = (row.text_sha256, period_of(row.published_at or row.first_seen_at))
    query = select(_FINGERPRINTS.c.text_sha256, _FINGERPRINTS.c.period)
    texts = sorted({sha256 for sha256, _ in unsigned.values()})
    known = {
        tuple(row)
        for chunk in chunks(texts)
        for row in connection.execute(query.where(_FINGERPRINTS.c.text_sha256.in_(chunk)))
    }
    for article_id, signed in unsigned.items():
        if signed not in known:
            found.add(_UNSIGNED, article_id)


def _all_texts(connection: Connection) -> Iterator[Sequence[Row[*tuple[object, ...]]]]:
    yield from connection.execute(_TEXTS, execution_options={"yield_per": 500}).partitions()


def _some_texts(connection: Connection) -> Iterator[Sequence[Row[*tuple[object, ...]]]]:
    last = connection.scalar(select(func.max(_ARTICLES.c.id))) or 0
    ids = range(1, last + 1)
    wanted = ids if last <= SAMPLE else sorted({*random.sample(ids, SAMPLE // 2), *ids[-SAMPLE // 2 :]})
    for chunk in chunks(wanted):
        yield connection.execute(_TEXTS.where(_ARTICLES.c.id.in_(chunk))).all()


_SIGNED = select(_FINGERPRINTS.c.id.label("id")).where(_FINGERPRINTS.c.period == bindparam("period"))
_BANDED = select(_BANDS.c.fingerprint_id.label("id")).where(_BANDS.c.period == bindparam("period"))


def _less(these: Select[int], those: Select[int]) -> Select[int, int]:
    left = these.except_(those).subquery()
    return select(func.count(), func.min(left.c.id))


def _check_bands(connection: Connection, depth: Depth) -> Iterator[Problem]:
    periods = list(
        connection.scalars(select(_FINGERPRINTS.c.period).distinct().order_by(_FINGERPRINTS.c.period.desc()))
    )
    for period in periods if depth.full else periods[:NEWEST_PERIODS]:
        for query, wrong in (
            (_less(_SIGNED, _BANDED), f"fingerprints of period {period} have no bands: their copies are not found"),
            (_less(_BANDED, _SIGNED), f"bands of period {period} are of fingerprints that are not there"),
        ):
            number, first = connection.execute(query, {"period": period}).one()
            if number:
                yield Problem(wrong, number, f"fingerprint {first}", "restore a backup")
