"""Texts as they come again: as they are, cut, edited, filled in; and what stories ought to come of them."""

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.models import Article, Timestamp
from database.fingerprints import neighbours, period_of
from database.schema import StoredArticle, Story
from pipelines import story_links as copy_similarity
from pipelines.fingerprint import COMMON_BANDS, fingerprint
from pipelines.story_links import are_copies_packed
from tests.pipelines.incoming import LOOK_BACK, Arrival, article

FIRST_DAY = datetime(2024, 9, 1, tzinfo=UTC)
_BEGINNINGS, _ENDINGS = (
    ("ba", "ke", "lo", "mi", "nu", "pe", "ra", "si", "ta", "wu"),
    ("kat", "lin", "mar", "ngu", "sap"),
)
_WORDS = [f"{one}{two}{end}" for one in _BEGINNINGS for two in _BEGINNINGS for end in _ENDINGS]
Key = tuple[str | None, str | None, str]


def wire(number: int, sentences: int = 12) -> list[str]:
    """The sentences of a text that has none in common with another number's."""
    chance = random.Random(number)
    return [" ".join(chance.choices(_WORDS, k=12)).capitalize() + "." for _ in range(sentences)]


def edited(sentences: Sequence[str], every: int) -> list[str]:
    """The text with every so many-th word replaced."""
    words = [sentence.split() for sentence in sentences]
    return [" ".join("lain" if n % every == 0 else word for n, word in enumerate(line, start=1)) for line in words]


def notice(day: int) -> list[str]:
    """A daily notice, filled in anew."""
    chance = random.Random(1000 + day)
    figures = [f"{chance.randrange(900, 1900)}.000" for _ in range(14)]
    return [
        f"Harga emas batangan pada tanggal {1 + day} September dibuka pada Rp {figures[0]} per gram di butik utama.",
        *(
            f"Untuk ukuran {n} gram pembeli membayar Rp {figure} di semua gerai kota."
            for n, figure in enumerate(figures)
        ),
        "Pajak penghasilan dipungut dari tiap pembelian sesuai aturan yang berlaku bagi semua pembeli.",
    ]


def printed(outlet: str, name: str, sentences: Sequence[str], at: datetime | None) -> Arrival:
    """The outlet's page with this text."""
    published = None if at is None else Timestamp(at, at.isoformat(), "json-ld:datePublished")
    return Arrival(outlet, f"/berita/{name}", article("\n".join(sentences), title=name, published=published))


def document(outlet: str | None, name: str, sentences: Sequence[str], at: datetime | None) -> Article:
    """A seed document with this text."""
    published = None if at is None else Timestamp(at, at.isoformat(), "seed:line")
    return article("\n".join(sentences), outlet=outlet, title=name, published=published)


def day(number: float) -> datetime:
    return FIRST_DAY + timedelta(days=number)


def corpus() -> list[Arrival | Article]:
    """Every kind of copy, and what only looks like one. A wire's whole text at "kabar" joins what else has no link."""
    things: list[Arrival | Article] = []
    for number in range(4):
        text = wire(number)
        things += [
            printed("antara", f"{number}-asal", text, day(number)),
            printed("kabar", f"{number}-salinan", text, day(number + 0.1)),
            printed("suara", f"{number}-paruh-awal", text[:6], day(number + 0.2)),
            printed("warta", f"{number}-paruh-akhir", text[6:], day(number + 0.2)),
            printed("warta", f"{number}-sunting", edited(text, 8), None if number % 2 else day(number + 0.3)),
            printed("antara", f"{number}-ulang", [*wire(50 + number)[:7], *text[:6]], day(number + 1)),
        ]
    things += [printed(outlet, f"emas-{n}", notice(n), day(n)) for n in range(5) for outlet in ("kabar", "suara")]
    slow = wire(10)
    things += [
        printed("kabar", "lama-0", slow, day(0)),
        printed("suara", "lama-45", edited(slow, 9), day(-45)),
        printed("warta", "lama-100", edited(slow, 11), day(-100)),
        printed("antara", "lama-300", edited(slow, 7), day(-300)),
        printed("harian", "lama-900", slow, day(-900)),
    ]
    things += [
        document("antara", "dokumen-antara", wire(0), day(-0.5)),
        document("harian", "dokumen-harian", edited(wire(1), 10), day(0.5)),
        document(None, "dokumen-siapa", edited(wire(2), 10), day(2)),
        document(None, "dokumen-kembar", wire(3), day(3)),
        document("suara", "dokumen-lain", wire(90), None),
    ]
    return things


def expected(articles: Iterable[StoredArticle]) -> set[frozenset[Key]]:
    """The stories of two articles and more, by comparing each article with each."""
    known = list(articles)
    signed = {one.id: fingerprint(one.text) for one in known}
    periods = {one.id: period_of(one.published_at or one.first_seen_at) for one in known}

    def linked(one: StoredArticle, other: StoredArticle) -> bool:
        if one.text_sha256 == other.text_sha256:
            return True
        if periods[one.id] not in neighbours(periods[other.id], LOOK_BACK):
            return False
        ours, theirs = signed[one.id], signed[other.id]
        same_outlet = None in {one.outlet, other.outlet} or one.outlet == other.outlet
        near = are_copies_packed(ours.shingles, theirs.shingles, same_outlet=same_outlet)
        return near and len(set(ours.bands) & set(theirs.bands)) >= COMMON_BANDS

    groups: list[list[StoredArticle]] = []
    for one in known:
        touching = [group for group in groups if any(linked(one, other) for other in group)]
        groups = [group for group in groups if group not in touching] + [sum(touching, [one])]
    return {frozenset(map(key, group)) for group in groups if len(group) > 1}


def key(stored: StoredArticle) -> Key:
    """What tells an article from others whatever its row's number: outlet, address, headline."""
    return stored.outlet, stored.url, stored.title or ""


def found(session: Session) -> dict[frozenset[Key], tuple[object, ...]]:
    """The stories in the database: their articles, and all that is known of them."""
    session.expire_all()
    members: dict[int, list[StoredArticle]] = {}
    for stored in session.scalars(select(StoredArticle).where(StoredArticle.story_id.is_not(None))):
        members.setdefault(stored.story_id or 0, []).append(stored)
    told: dict[frozenset[Key], tuple[object, ...]] = {}
    for story in session.scalars(select(Story)):
        first = next(stored for stored in members[story.id] if stored.id == story.first_id)
        similar = frozenset((key(stored), stored.similarity) for stored in members[story.id])
        about = (key(first), story.first_published_at, story.articles, story.outlets, similar)
        told[frozenset(map(key, members[story.id]))] = about
    return told


def similarity(one: str, other: str) -> float:
    return copy_similarity.similarity(fingerprint(one).shingles, fingerprint(other).shingles)
