"""Articles that sources may have lost between two polls, and their recovery."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.scheduling.gaps import MissedArticles
from database.schema import Gap, Source, Url, UrlEvent
from database.sql import chunks

# Older gaps are not closed any more.
_WORTH_CLOSING = timedelta(days=7)
# Kinds that cover the whole outlet; a feed may cover one section.
_WHOLE = ("sitemap", "listing")


@dataclass(frozen=True, slots=True)
class GapView:
    """Articles that a source may have lost between two polls. Instants are UTC.

    Attributes:
        since: the newest article listed before.
        until: the oldest article listed then.
        recovered: missed articles that other sources named since.
        closed_at: when another source reached back beyond it; ``None``: none has.
    """

    id: int
    source_id: int
    source: str
    found_at: datetime
    since: datetime
    until: datetime
    estimate: int
    recovered: int
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class SourceGaps:
    """The gaps of one source, summed up; no other source reached the ``open`` ones."""

    url: str
    kind: str
    gaps: int
    open: int
    estimate: int
    recovered: int
    missing: int


@dataclass(frozen=True, slots=True)
class Completeness:
    """An outlet's losses, as far as known.

    Sources of different kinds list the same articles: the numbers are sums of the kind that lost most.
    """

    sources: Sequence[SourceGaps]

    @property
    def estimate(self) -> int:
        return self._most({one.url: one.estimate for one in self.sources})

    @property
    def missing(self) -> int:
        return self._most({one.url: one.missing for one in self.sources})

    @property
    def recovered(self) -> int:
        return self.estimate - self.missing

    @property
    def open(self) -> int:
        return sum(one.open for one in self.sources)

    def _most(self, articles: Mapping[str, int]) -> int:
        kinds = {one.kind for one in self.sources}
        sums = (sum(articles[one.url] for one in self.sources if one.kind == kind) for kind in kinds)
        return max(sums, default=0)


def record_gap(session: Session, source: Source, unseen: MissedArticles, now: datetime) -> GapView:
    """Insert a gap, closed at once if other sources have filled or reached it."""
    values = {"found_at": now, "since": unseen.since, "until": unseen.until, "estimate": unseen.estimate}
    gap = Gap(outlet=source.outlet, source_id=source.id, recovered=0, **values)
    session.add(gap)
    session.flush()
    _recount(session, gap, now)
    if gap.closed_at is None and _reached_before(session, gap):
        gap.closed_at = now
    return _view(gap, source.url)


def close_gaps(
    session: Session, source: Source, now: datetime, *, reached: datetime | None, from_: datetime | None = None
) -> int:
    """Close the gaps that the source reached back to; return their number.

    A feed may cover one section: it closes another source's gap only if as many articles came as were missed.
    ``reached`` is the oldest publication listed (``None``: everything), ``from_`` the newest (``None``: up to now).
    """
    closed = 0
    for gap in _open_rows(session, source.outlet, now):
        beyond = (reached is None or reached <= gap.since) and (from_ is None or from_ >= gap.until)
        if beyond and gap.source_id != source.id:
            _recount(session, gap, now)
            if source.kind in _WHOLE:
                gap.closed_at = now
            closed += gap.closed_at is not None
    session.flush()
    return closed


def find_gaps(session: Session, outlet: str, *, limit: int | None = None) -> list[GapView]:
    """Return the outlet's gaps, the one found last first."""
    query = select(Gap, Source.url).join(Source, Source.id == Gap.source_id).where(Gap.outlet == outlet)
    rows = session.execute(query.order_by(Gap.found_at.desc(), Gap.id.desc()).limit(limit))
    return [_view(gap, url) for gap, url in rows]


def gaps_of(session: Session, names: Collection[str], since: datetime) -> dict[str, Completeness]:
    grouped: dict[str, dict[int, list[tuple[Gap, str, str]]]] = {}
    for chunk in chunks(sorted(names)):
        query = select(Gap, Source.url, Source.kind).join(Source, Source.id == Gap.source_id)
        query = query.where(Gap.outlet.in_(chunk), Gap.found_at >= since).order_by(Gap.outlet, Gap.source_id)
        for gap, url, kind in session.execute(query):
            grouped.setdefault(gap.outlet, {}).setdefault(gap.source_id, []).append((gap, url, kind))
    return {outlet: Completeness([_summed(rows) for rows in sources.values()]) for outlet, sources in grouped.items()}


def _summed(rows: Sequence[tuple[Gap, str, str]]) -> SourceGaps:
    gaps = [gap for gap, _, _ in rows]
    return SourceGaps(
        url=rows[0][1],
        kind=rows[0][2],
        gaps=len(gaps),
        open=sum(gap.closed_at is None for gap in gaps),
        estimate=sum(gap.estimate for gap in gaps),
        recovered=sum(gap.recovered for gap in gaps),
        missing=sum(max(0, gap.estimate - gap.recovered) for gap in gaps),
    )


def _reached_before(session: Session, gap: Gap) -> bool:
    """Return True if a source of the whole outlet named articles across the gap.

    It lost nothing itself, so all in between is known, even if less than the estimate.
    """
    others = select(Source.id).where(Source.outlet == gap.outlet, Source.id != gap.source_id)
    for source_id in session.scalars(others.where(Source.kind.in_(_WHOLE), Source.checked_at >= gap.until)):
        named = select(UrlEvent.id).where(
            UrlEvent.url_id == Url.id, UrlEvent.event == "named", UrlEvent.source_id == source_id
        )
        about = (Url.outlet == gap.outlet, Url.published_hint >= gap.since - _WORTH_CLOSING, named.exists())
        oldest, newest = session.execute(
            select(func.min(Url.published_hint), func.max(Url.published_hint)).where(*about)
        ).one()
        lost = select(Gap.id).where(Gap.source_id == source_id, Gap.since < gap.until, Gap.until > gap.since)
        across = oldest and newest and oldest <= gap.since and newest >= gap.until
        if across and session.scalar(lost.limit(1)) is None:
            return True
    return False


def _open_rows(session: Session, outlet: str, now: datetime) -> Sequence[Gap]:
    query = select(Gap).where(Gap.outlet == outlet, Gap.closed_at.is_(None), Gap.found_at > now - _WORTH_CLOSING)
    return session.scalars(query.order_by(Gap.id)).all()


def _recount(session: Session, gap: Gap, now: datetime) -> None:
    named = select(UrlEvent.id).where(
        UrlEvent.url_id == Url.id, UrlEvent.event == "named", UrlEvent.source_id == gap.source_id
    )
    within = (Url.published_hint > gap.since, Url.published_hint < gap.until)
    query = select(func.count()).select_from(Url).where(Url.outlet == gap.outlet, *within, ~named.exists())
    gap.recovered = session.scalar(query) or 0
    if gap.recovered >= gap.estimate:
        gap.closed_at = now


def _view(gap: Gap, source: str) -> GapView:
    return GapView(
        gap.id,
        gap.source_id,
        source,
        gap.found_at,
        gap.since,
        gap.until,
        gap.estimate,
        gap.recovered,
        gap.closed_at,
    )
