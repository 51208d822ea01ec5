"""How hits are listed: lines for people, records for programs."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from rich.bar import Bar as Drawn
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text
from scrapy.settings import BaseSettings
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cli.console import Printer, harmless
from core.errors import PantauError, UsageError
from core.formatting import format_count, format_published, format_removed, format_similarity
from core.models import Rejection
from core.periods import HOME
from core.text.analyser import analyse
from database.articles import Terms
from database.schema import StoredArticle
from outlets.registry import Registry
from search.export import write_records
from search.facets import Bar, Facet, Step, Timeline, Value
from search.records import KEYS, Record, load_records
from search.results import Counts, Hit, Results
from search.selection import Selection
from search.similar import Example, SimilarArticle, load_example
from search.snippet import Span, snippet
from search.stories import StoryView, format_origin, format_reach

FORMATS = ("table", "json", "jsonl", "csv")
_FOUND_KEYS = (*KEYS, "rank", "snippet", "copies", "outlets")
_MATCH = "bold yellow"
# Longer lines of text are hard to read.
_WIDEST = 100

Stories = Mapping[int, StoryView]  # by the ids of the articles that are in them


@dataclass(frozen=True, slots=True)
class Likeness:
    """Says of each hit how much it is like something: the seeds, or an article, by the hits' ids."""

    what: str
    by_id: Mapping[int, float | None]

    def of(self, hit: Hit) -> str:
        """In words: "41 % like the seeds"."""
        similarity = self.by_id[hit.article.id]
        return (
            f"not compared with {self.what}"
            if similarity is None
            else f"{format_similarity(similarity)} like {self.what}"
        )


def by_seeds(hits: Iterable[Hit]) -> Likeness:
    """How much each hit is like the seed corpus."""
    return Likeness("the seeds", {hit.article.id: hit.article.seed_similarity for hit in hits})


def print_hits(hits: Sequence[Hit], told: Stories, alike: Likeness | None = None) -> None:
    """Some lines for each hit, on a terminal with what matches in colours."""
    console = Printer(highlight=False)
    if not console.is_terminal:
        for hit in hits:
            article = hit.article
            print(f"{article.id:>7}  {format_published(article)}  {_outlet(article)}  {harmless(article.title or '-')}")
            for line in (hit.snippet.text, notes(hit, told, alike)):
                if line:
                    print(f"         {harmless(line)}")
        return
    # Beside each other, the columns would leave half of a usual terminal to the texts.
    grid = Table.grid(padding=(0, 2))
    grid.add_column(justify="right", style="dim")
    for hit in hits:
        grid.add_row(str(hit.article.id), _shown(hit, told, alike))
    console.print(grid, width=min(console.width, _WIDEST))


def notes(hit: Hit, told: Stories, alike: Likeness | None = None) -> str:
    """What is to be said of a hit beside its words: likeness, copies, that its page is gone."""
    story, article = told.get(hit.article.id), hit.article
    parts = [
        alike.of(hit) if alike else "",
        "seed" if alike and article.origin == "seed" else "",
        f"{format_reach(story)}; {format_origin(story)}" if story else "",
        format_removed(article.removed_at, article.timezone) if article.removed_at else "",
    ]
    return "; ".join(part for part in parts if part)


def total(results: Results) -> str:
    """The last line of a list: how many there are, and how many of them were shown."""
    shown = f"{len(results.hits):,} shown"
    if not results.exact:
        return f"more than {results.with_copies:,} articles, {shown} (--count counts them)"
    if results.total == results.with_copies:
        return f"{format_count(results.total, 'article')}, {shown}"
    listed = f"{format_count(results.total, 'different article')}, {shown}"
    return f"{listed} ({results.with_copies:,} with copies: --copies lists them)"


def print_remarks(session: Session, selection: Selection, stream: TextIO | None = None) -> None:
    """What is to be known of the answer, if anything: which other names were looked up, and which outlets have nothing.

    "also searched: China, Cina, RRT for Tiongkok"
    """
    if selection.query and selection.query.aliases:
        names = "; ".join(f"{', '.join(others)} for {harmless(name)}" for name, others in selection.query.aliases)
        print(f"also searched: {names} (--no-aliases: not)", file=stream)
    if unknown := _without_articles(session, selection):
        outlets = ", ".join(map(harmless, unknown))
        print(f"nothing is stored of {outlets}: `scrapy list` names the declared outlets", file=stream)


def _without_articles(session: Session, selection: Selection) -> list[str]:
    """The outlets asked for of which nothing is stored: not crawled yet, or mistyped."""
    asked = dict.fromkeys([*selection.outlets, *(selection.query.outlets() if selection.query else ())])
    one = select(StoredArticle.id).limit(1)
    return [name for name in asked if session.scalar(one.where(StoredArticle.outlet == name)) is None]


def number(counts: Counts, *, copies: bool = False) -> str:
    """How many there are: "54 different articles (66 with copies)"; "66 articles" if copies are wanted."""
    if copies or counts.total == counts.with_copies:
        return format_count(counts.with_copies, "article")
    return f"{format_count(counts.total, 'different article')} ({counts.with_copies:,} with copies)"


def nothing(session: Session, selection: Selection) -> str:
    """What may help somebody who found nothing."""
    held, oldest, newest = session.execute(
        select(func.count(), func.min(StoredArticle.published_at), func.max(StoredArticle.published_at))
    ).one()
    if not held:
        return "0 articles: the database is empty; crawl an outlet or import seeds first"
    days = [f"{at.astimezone(HOME):%Y-%m-%d}" for at in (oldest, newest) if at]
    period = f" from {' to '.join(days)}" if days else ""
    narrowed = {
        "--outlet": selection.outlets, "--section": selection.sections, "--author": selection.authors,
        "--lang": selection.languages, "--since": selection.since, "--until": selection.until,
    }  # fmt: skip
    given = [name for name, value in narrowed.items() if value]
    advice = f"search without {' and '.join(given)}" if given else "try fewer words, or OR between them"
    return f"0 articles of the {held:,} stored{period}; {advice}"


def alike_hits(alike: Iterable[SimilarArticle]) -> tuple[list[Hit], Likeness]:
    """What is like the example, as hits, and how much."""
    hits = [Hit(one.article, one.similarity, (), snippet(one.article.text, ())) for one in alike]
    return hits, Likeness("it", {hit.article.id: hit.rank for hit in hits})


def number_alike(hits: Sequence[Hit], name: str) -> str:
    """The last line of a list by likeness to an article or document of this name."""
    if not hits:
        return f"0 articles like {name}: none of those asked for has a telling word of it"
    return f"{format_count(len(hits), 'article')} like {name}, most like it first"


def hit_records(session: Session, hits: Sequence[Hit], told: Stories) -> list[Record]:
    """The export records of the hits, with ``rank``, ``snippet``, ``copies`` and ``outlets``."""
    rows = load_records(session, [hit.article for hit in hits])
    return [_record(row, hit, told.get(hit.article.id)) for row, hit in zip(rows, hits, strict=True)]


def print_records(rows: Sequence[Record], form: str, answer: Mapping[str, Any]) -> None:
    """The hits' records as lines or rows; as JSON inside the whole answer, as its ``articles``."""
    if form == "json":
        print_json({**answer, "articles": rows})
    else:
        write_records(rows, "csv" if form == "csv" else "jsonl", sys.stdout, _FOUND_KEYS)


def answer(selection: Selection, **numbers: Any) -> Record:
    """What every answer in JSON begins with: numbers, and which other names were looked up."""
    return {**numbers, "aliases": dict(selection.query.aliases) if selection.query else {}}


def print_json(answer: Mapping[str, Any]) -> None:
    """For programs, and readable."""
    print(json.dumps(answer, ensure_ascii=False, indent=2))


def _outlet(article: StoredArticle) -> str:
    return harmless(article.outlet or "-")


def _shown(hit: Hit, told: Stories, alike: Likeness | None) -> Text:
    lines = [
        Text(f"{format_published(hit.article)}  {_outlet(hit.article)}", "dim"),
        _marked(hit.article.title or "-", hit.title_highlights, "bold"),
        _marked(hit.snippet.text, hit.snippet.highlights, ""),
        Text(harmless(notes(hit, told, alike)), "cyan"),
    ]
    return Text("\n").join(line for line in lines if line.plain)


def _marked(text: str, spans: Iterable[Span], style: str) -> Text:
    marked = Text(style=style)
    end = 0
    for start, stop in spans:
        marked.append(harmless(text[end:start]))
        marked.append(harmless(text[start:stop]), _MATCH)
        end = stop
    return marked.append(harmless(text[end:]))


def _record(row: Record, hit: Hit, story: StoryView | None) -> Record:
    found = {"rank": round(hit.rank, 6), "snippet": hit.snippet.text}
    outlets = len(story.outlets) if story else int(row["outlet"] is not None)
    return row | found | {"copies": len(story.members) if story else 1, "outlets": outlets}


class Named(NamedTuple):
    """An example, and what to call it."""

    example: Example
    name: str


def read_example(session: Session, wanted: str, settings: BaseSettings) -> Named:
    """The example that is meant.

    Raises:
        UsageError: it is neither a number, nor a URL, nor a file.
        PantauError: there is no such article, or the file holds no document.
    """
    if wanted.isdecimal():
        return Named(load_example(session, wanted), f"article {wanted}")
    if "://" in wanted:
        return Named(load_example(session, wanted), wanted)
    if not Path(wanted).is_file():
        raise UsageError(f"--like {wanted}: there is no such file; an article's number, a URL or a file is needed")
    return Named(_document(wanted, settings), wanted)


def _document(path: str, settings: BaseSettings) -> Example:
    # Reading documents needs all of extraction, which takes a third of a second to import.
    from pipelines.seeds.files import UnreadableDocument, find_documents  # noqa: PLC0415

    outlets = Registry.from_settings(settings["OUTLET_PATHS"]).all()
    document, *others = find_documents([path])
    if others:
        raise UsageError(f"--like {path}: it holds {len(others) + 1:,} documents; name a file with one")
    if isinstance(document, UnreadableDocument):
        raise PantauError(f"--like {path}: {document.reason}")
    article = document.read(outlets, datetime.now(UTC))
    if isinstance(article, Rejection):
        raise PantauError(f"--like {path}: {article.detail.removeprefix(f'{path}: ') or article.reason}")
    return Example(Terms(analyse(article.title or ""), analyse(article.text)))


# Without a terminal, and at most: bars longer than this tell no more.
_WIDTH, _WIDEST_CHARTS = 80, 100
_LABEL, _NUMBER = 32, 6
# The values of a facet for which there is room on a screen.
TOP = 10
# So many empty bars in a row are told in a line.
_GAP = 4
Facets = Mapping[Facet, Sequence[Value]]
_TITLES: Mapping[Facet, str] = {
    "outlet": "outlets",
    "section": "sections",
    "author": "authors",
    "language": "languages",
}


def print_facets(facets: Facets) -> None:
    """The most frequent values of each facet, with bars that can be compared with each other."""
    shown = {facet: values[:TOP] for facet, values in facets.items() if values}
    most = max((value.hits for values in shown.values() for value in values), default=0)
    width = max((cell_len(value.name) for values in shown.values() for value in values), default=0)
    for facet, values in shown.items():
        grid = _grid(width)
        for value in values:
            grid.add_row(Text(harmless(value.name)), f"{value.hits:,}", _bar(value.hits, most))
        print(_TITLES[facet])
        _print(grid)
        if more := len(facets[facet]) - len(values):
            print(f"… {more:,} more")
        print()


def print_timeline(timeline: Timeline) -> None:
    """A bar for each day, week or month; long stretches without any hit in a line. Nothing if nothing was found."""
    if not timeline.bars and not timeline.undated:
        return
    most = max((bar.hits for bar in timeline.bars), default=0)
    grid = _grid()
    for bars in _stretches(timeline.bars):
        if len(bars) >= _GAP and not bars[0].hits:
            grid.add_row(Text("…", "dim"), "0", Text(format_count(len(bars), timeline.step), "dim"))
            continue
        for bar in bars:
            grid.add_row(label(bar.start, timeline.step), f"{bar.hits:,}", _bar(bar.hits, most))
    _print(grid)
    print(f"by {timeline.step}, days in Jakarta{f'; {timeline.undated:,} undated' if timeline.undated else ''}")
    print()


def label(start: date, step: Step) -> str:
    """What a bar is called: "2024-09-14", "week of 2024-09-09", "2024-09"."""
    match step:
        case "day":
            return start.isoformat()
        case "week":
            return f"week of {start.isoformat()}"
        case "month":
            return f"{start:%Y-%m}"


def value_records(facets: Facets) -> Iterator[Record]:
    """A row for each value of each facet: ``facet``, ``value``, ``hits``."""
    for facet, values in facets.items():
        for value in values:
            yield {"facet": facet, "value": value.name, "hits": value.hits}


def bar_records(timeline: Timeline) -> Iterator[Record]:
    """A row for each bar: ``start``, ``stop`` (days in Jakarta; the bar ends before the latter) and ``hits``."""
    for bar in timeline.bars:
        yield {"start": bar.start.isoformat(), "stop": bar.stop.isoformat(), "hits": bar.hits}


def _stretches(bars: Iterable[Bar]) -> Iterator[list[Bar]]:
    """The bars in order, those with hits and those without in turn."""
    for _, alike in groupby(bars, key=lambda bar: bar.hits > 0):
        yield list(alike)


def _grid(width: int = 0) -> Table:
    grid = Table.grid(padding=(0, 1), expand=True)
    grid.add_column(min_width=min(width, _LABEL), max_width=_LABEL, no_wrap=True, overflow="ellipsis")
    grid.add_column(min_width=_NUMBER, justify="right", no_wrap=True)
    grid.add_column(ratio=1, no_wrap=True)
    return grid


def _bar(hits: int, most: int) -> Drawn:
    return Drawn(most, 0, hits, color="cyan")


def _print(grid: Table) -> None:
    """Nothing but the bars stands at the right, so that what is piped holds no blanks there."""
    console = Printer(highlight=False)
    console.width = min(console.width, _WIDEST_CHARTS) if console.is_terminal else _WIDTH
    for line in _drawn(console, grid).splitlines():
        print(line.rstrip())


def _drawn(console: Console, grid: Table) -> str:
    with console.capture() as drawn:
        console.print(grid)
    return drawn.get()
