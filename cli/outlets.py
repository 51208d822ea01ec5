"""Outlets and their health on the terminal."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from cli.monitor.text import missed
from core.formatting import format_bytes, format_count, format_duration, iso_time, one_line
from core.periods import HOME
from database.ledger import Completeness, SourceStatus, find_sources, gaps_of
from database.schema import Run
from health.overview import OutletState, load_outlet_states
from health.statistics import format_usual_range
from outlets.schema import Outlet

# Gaps are listed for this period; an overview's days cover it, too.
_GAP_PERIOD = timedelta(days=30)
_NO_GAPS = Completeness(())
_LABEL = 10


def format_outlets(outlets: Sequence[Outlet]) -> Iterator[str]:
    rows = [
        (
            outlet.name,
            outlet.status,
            one_line(outlet.title),
            one_line(", ".join(outlet.groups)) or "-",
            sources_declared(outlet),
        )
        for outlet in outlets
    ]
    return _aligned(rows)


def sources_declared(outlet: Outlet) -> str:
    """Format the sources: "2 feeds, 1 sitemap"."""
    discover = outlet.discover
    numbers = (
        (len(discover.feeds), "feed"),
        (len(discover.sitemaps), "sitemap"),
        (len(discover.pages), "listing page"),
    )
    return ", ".join(format_count(number, noun) for number, noun in numbers if number) or "found by the crawler"


def format_health_overview(session: Session, outlets: Sequence[Outlet], now: datetime) -> Iterator[str]:
    """List the outlets and their open flags, the troubled ones first."""
    names = [outlet.name for outlet in outlets]
    gaps = gaps_of(session, names, now - _GAP_PERIOD)
    states = sorted(
        load_outlet_states(session, names, now), key=lambda state: (not state.health.needs_attention, state.name)
    )
    rows = [
        (
            state.name,
            state.health.condition,
            _usual(state),
            f"newest {_at(state.newest_at)}",
            f"last run {_at(state.last_run.started_at if state.last_run else None)}",
            _missing(gaps.get(state.name, _NO_GAPS)),
        )
        for state in states
    ]
    for state, line in zip(states, _aligned(rows), strict=True):
        yield line
        yield from (f"  {one_line(flag.words)}" for flag in state.health.flags)
    attention = sum(state.health.needs_attention for state in states)
    total = format_count(len(states), "outlet")
    verb = "needs" if attention == 1 else "need"
    yield f"{total}, {attention:,} {verb} attention (`scrapy outlets health NAME` shows details)"


def format_health_details(session: Session, outlets: Sequence[Outlet], now: datetime) -> Iterator[str]:
    by_name = {outlet.name: outlet for outlet in outlets}
    gaps = gaps_of(session, by_name, now - _GAP_PERIOD)
    sources = defaultdict(list)
    for source in find_sources(session, by_name, polled=True):
        sources[source.outlet].append(source)
    for state in load_outlet_states(session, by_name, now):
        outlet = by_name[state.name]
        yield f"{state.name}  {one_line(outlet.title)}  {outlet.status}  {state.health.condition}"
        for flag in state.health.flags:
            yield f"  since {_at(flag.raised_at)}: {one_line(flag.words)}"
        yield _labelled("articles", f"{_usual(state)}; newest article {_at(state.newest_at)}")
        yield _labelled("last run", _run(state.last_run))
        if state.pending or state.failed:
            urls = format_count(state.pending, "URL")
            yield _labelled("waiting", f"{urls} to be fetched, {state.failed:,} failed and tried again")
        if state.last_run:
            yield from _completeness(gaps.get(state.name, _NO_GAPS))
        yield from _sources(sources[state.name], outlet, now)


def _usual(state: OutletState) -> str:
    """Format the usual articles a day, from whole days only."""
    days = state.days[:-1]
    first = next((place for place, number in enumerate(days) if number), len(days))
    return format_usual_range(days[first:])


def _missing(gaps: Completeness) -> str:
    return missed(gaps.missing) if gaps.missing else ""


def _run(run: Run | None) -> str:
    if run is None:
        return "none yet"
    took = f" after {format_duration(run.finished_at - run.started_at)}" if run.finished_at else ""
    effort = f"{format_count(run.requests, 'request')}, {format_bytes(run.bytes)}"
    message = f"; {one_line(run.message)}" if run.message else ""
    return f"{_at(run.started_at)}, {run.state}{took}: {effort}{message}"


def _completeness(gaps: Completeness) -> Iterator[str]:
    days = _GAP_PERIOD.days
    if not gaps.sources:
        yield _labelled("missed", f"no source is known to have lost articles in {days} days")
        return
    recovered = f"{gaps.recovered:,} of them came from other sources"
    yield _labelled(
        "missed",
        f"sources lost about {format_count(gaps.estimate, 'article')} in {days} days, {recovered}, "
        f"{gaps.missing:,} did not; {format_count(gaps.open, 'gap')} open",
    )
    for source in gaps.sources:
        number = f"{format_count(source.gaps, 'gap')}, {source.open:,} open"
        estimate = f"about {format_count(source.estimate, 'article')}, {source.recovered:,} recovered"
        yield f"    {one_line(source.url)}: {number}, {estimate}"


def _sources(sources: Sequence[SourceStatus], outlet: Outlet, now: datetime) -> Iterator[str]:
    if not sources:
        yield _labelled("sources", f"none polled yet; declared: {sources_declared(outlet)}")
        return
    yield _labelled("sources", format_count(len(sources), "source"))
    for source in sources:
        children = f" and {source.children:,} that it names" if source.children else ""
        yield f"    {source.kind} {one_line(source.url)}{children}: {', '.join(_polling(source, now))}"


def _polling(source: SourceStatus, now: datetime) -> Iterator[str]:
    if source.interval_s is not None:
        yield f"every {format_duration(source.interval_s)}"
    yield f"due {iso_time(source.due_at, HOME.key)}" if source.due_at and source.due_at > now else "due now"
    if source.failures:
        last = f"last answered {_at(source.checked_at)}" if source.checked_at else "it never answered"
        problem = one_line(source.problem or "not known why")
        yield f"{format_count(source.failures, 'failure')} in a row, {last}: {problem}"
    else:
        yield f"answered {_at(source.checked_at)}" if source.checked_at else "not asked yet"


def _labelled(label: str, words: str) -> str:
    return f"  {label:<{_LABEL}}{words}"


def _at(at: datetime | None) -> str:
    return iso_time(at, HOME.key) if at else "never"


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
