"""Answers of ``scrapy search``, for people and for programs."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

from scrapy.settings import BaseSettings
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cli.console import harmless, may_be_terminal
from core.errors import PantauError, UsageError
from core.formatting import format_count, format_published, format_removed, format_similarity
from core.models import Rejection
from core.periods import HOME
from database.schema import StoredArticle
from search.choices import Sort
from search.export import write_records
from search.facets import Facets, Tally, Timeline, tally
from search.records import KEYS, Record, load_records
from search.results import Counts, Hit, Results, count, search
from search.selection import Selection
from search.similar import Example, SimilarArticle, find_similar, load_example
from search.snippet import Span, snippet
from search.stories import StoryView, format_origin, format_reach, stories_of

if TYPE_CHECKING:
    from rich.text import Text

_FACET_KEYS, _BAR_KEYS, _COUNT_KEYS = ("facet", "value", "hits"), ("start", "stop", "hits"), ("total", "with_copies")
_FOUND_KEYS = (*KEYS, "rank", "snippet", "copies", "outlets")
_MATCH = "bold yellow"
# Longer lines of text are hard to read.
_WIDEST = 100

Stories = Mapping[int, StoryView]  # by the ids of the articles that are in them


@dataclass(frozen=True, slots=True)
class Similarities:
    """Similarities to the seeds or an example, by article id."""

    target: str
    by_id: Mapping[int, float | None]

    def format(self, hit: Hit) -> str:
        """Format a similarity: "41 % like the seeds"."""
        similarity = self.by_id[hit.article.id]
        return (
            f"not compared with {self.target}"
            if similarity is None
            else f"{format_similarity(similarity)} like {self.target}"
        )


def seed_similarities(hits: Iterable[Hit]) -> Similarities:
    return Similarities("the seeds", {hit.article.id: hit.article.seed_similarity for hit in hits})


def print_hits(hits: Sequence[Hit], stories: Stories, similarities: Similarities | None = None) -> None:
    if may_be_terminal() and _print_in_colour(hits, stories, similarities):
        return
    for hit in hits:
        article = hit.article
        print(f"{article.id:>7}  {format_published(article)}  {_outlet(article)}  {harmless(article.title or '-')}")
        for line in (hit.snippet.text, notes(hit, stories, similarities)):
            if line:
                print(f"         {harmless(line)}")


def _print_in_colour(hits: Sequence[Hit], stories: Stories, similarities: Similarities | None) -> bool:
    """Print the hits on a terminal; return False if there is none."""
    from rich.table import Table

    from cli.terminal import Printer

    console = Printer(highlight=False)
    if not console.is_terminal:
        return False
    # Columns side by side would leave the texts half of a terminal.
    grid = Table.grid(padding=(0, 2))
    grid.add_column(justify="right", style="dim")
    for hit in hits:
        grid.add_row(str(hit.article.id), _cell(hit, stories, similarities))
    console.print(grid, width=min(console.width, _WIDEST))
    return True


def notes(hit: Hit, stories: Stories, similarities: Similarities | None = None) -> str:
    story, article = stories.get(hit.article.id), hit.article
    parts = [
        similarities.format(hit) if similarities else "",
        "seed" if similarities and article.origin == "seed" else "",
        f"{format_reach(story)}; {format_origin(story)}" if story else "",
        format_removed(article.removed_at, article.timezone) if article.removed_at else "",
    ]
    return "; ".join(part for part in parts if part)


def format_total(results: Results) -> str:
    shown = f"{len(results.hits):,} shown"
    if not results.exact:
        return f"more than {results.with_copies:,} articles, {shown} (--count counts them)"
    if results.total == results.with_copies:
        return f"{format_count(results.total, 'article')}, {shown}"
    listed = f"{format_count(results.total, 'different article')}, {shown}"
    return f"{listed} ({results.with_copies:,} with copies: --copies lists them)"


def print_remarks(session: Session, selection: Selection, stream: TextIO | None = None) -> None:
    """Print remarks: "also searched: China, Cina, RRT for Tiongkok"."""
    if selection.query and selection.query.aliases:
        names = "; ".join(f"{', '.join(others)} for {harmless(name)}" for name, others in selection.query.aliases)
        print(f"also searched: {names} (--no-aliases turns this off)", file=stream)
    if unknown := _without_articles(session, selection):
        outlets = ", ".join(map(harmless, unknown))
        print(f"no articles stored for {outlets}; `scrapy list` shows the outlets", file=stream)


def _without_articles(session: Session, selection: Selection) -> list[str]:
    asked = dict.fromkeys([*selection.outlets, *(selection.query.outlets() if selection.query else ())])
    any_article = select(StoredArticle.id).limit(1)
    return [name for name in asked if session.scalar(any_article.where(StoredArticle.outlet == name)) is None]


def format_number(counts: Counts, *, copies: bool = False) -> str:
    """Format a count: "54 different articles (66 with copies)"."""
    if copies or counts.total == counts.with_copies:
        return format_count(counts.with_copies, "article")
    return f"{format_count(counts.total, 'different article')} ({counts.with_copies:,} with copies)"


def explain_nothing(session: Session, selection: Selection) -> str:
    stored, oldest, newest = session.execute(
        select(func.count(), func.min(StoredArticle.published_at), func.max(StoredArticle.published_at))
    ).one()
    if not stored:
        return "0 articles: the database is empty; crawl an outlet or import seeds first"
    days = [f"{at.astimezone(HOME):%Y-%m-%d}" for at in (oldest, newest) if at]
    period = f" from {' to '.join(days)}" if days else ""
    narrowed = {
        "--outlet": selection.outlets, "--section": selection.sections, "--author": selection.authors,
        "--lang": selection.languages, "--since": selection.since, "--until": selection.until,
    }  # fmt: skip
    given = [name for name, value in narrowed.items() if value]
    advice = f"search without {' and '.join(given)}" if given else "try fewer words, or OR between them"
    return f"0 articles of the {stored:,} stored{period}; {advice}"


def similar_hits(articles: Iterable[SimilarArticle]) -> tuple[list[Hit], Similarities]:
    hits = [Hit(found.article, found.similarity, (), snippet(found.article.text, ())) for found in articles]
    return hits, Similarities("it", {hit.article.id: hit.rank for hit in hits})


def format_similar_total(hits: Sequence[Hit], name: str) -> str:
    if not hits:
        return f"0 articles like {name}: none of the selected articles shares a rare word with it"
    return f"{format_count(len(hits), 'article')} like {name}, most similar first"


def hit_records(session: Session, hits: Sequence[Hit], stories: Stories) -> list[Record]:
    """Return export records with ``rank``, ``snippet``, ``copies``, ``outlets``."""
    rows = load_records(session, [hit.article for hit in hits])
    return [_record(row, hit, stories.get(hit.article.id)) for row, hit in zip(rows, hits, strict=True)]


def print_records(rows: Sequence[Record], form: str, answer: Mapping[str, Any]) -> None:
    """Print lines or rows; in JSON, the ``articles`` of the answer."""
    if form == "json":
        print_json({**answer, "articles": rows})
    else:
        write_records(rows, "csv" if form == "csv" else "jsonl", sys.stdout, _FOUND_KEYS)


def answer_record(selection: Selection, **numbers: Any) -> Record:
    """Return the head of a JSON answer: numbers and other names searched."""
    return {**numbers, "aliases": dict(selection.query.aliases) if selection.query else {}}


def print_json(answer: Mapping[str, Any]) -> None:
    print(json.dumps(answer, ensure_ascii=False, indent=2))


def _outlet(article: StoredArticle) -> str:
    return harmless(article.outlet or "-")


def _cell(hit: Hit, stories: Stories, similarities: Similarities | None) -> "Text":
    from rich.text import Text

    lines = [
        Text(f"{format_published(hit.article)}  {_outlet(hit.article)}", "dim"),
        _marked(hit.article.title or "-", hit.title_highlights, "bold"),
        _marked(hit.snippet.text, hit.snippet.highlights, ""),
        Text(harmless(notes(hit, stories, similarities)), "cyan"),
    ]
    return Text("\n").join(line for line in lines if line.plain)


def _marked(text: str, spans: Iterable[Span], style: str) -> "Text":
    from rich.text import Text

    marked = Text(style=style)
    end = 0
    for start, stop in spans:
        marked.append(harmless(text[end:start]))
        marked.append(harmless(text[start:stop]), _MATCH)
        end = stop
    return marked.append(harmless(text[end:]))


def _record(row: Record, hit: Hit, story: StoryView | None) -> Record:
    fields = {"rank": round(hit.rank, 6), "snippet": hit.snippet.text}
    outlets = len(story.outlets) if story else int(row["outlet"] is not None)
    return row | fields | {"copies": len(story.members) if story else 1, "outlets": outlets}


class NamedExample(NamedTuple):
    """An example, with a name for messages."""

    example: Example
    name: str


def read_example(session: Session, reference: str, settings: BaseSettings) -> NamedExample:
    """Read the example: an article id, a URL or a file.

    Raises:
        UsageError: none of the three, or a file with several documents.
        PantauError: no such article, or no document in the file.
    """
    if reference.isdecimal():
        return NamedExample(load_example(session, reference), f"article {reference}")
    if "://" in reference:
        return NamedExample(load_example(session, reference), reference)
    if not Path(reference).is_file():
        raise UsageError(f"--like {reference}: no such file; give an article's id, a URL or a file")
    return NamedExample(_document(reference, settings), reference)


def _document(path: str, settings: BaseSettings) -> Example:
    # Importing the readers of documents takes a third of a second.
    from core.text.analyser import analyse
    from database.articles import Terms
    from outlets.registry import Registry
    from pipelines.seeds.files import UnreadableDocument, find_documents

    outlets = Registry.from_settings(settings["OUTLET_PATHS"]).all()
    document, *others = find_documents([path])
    if others:
        raise UsageError(f"--like {path}: the file holds {len(others) + 1:,} documents; name a file with one")
    if isinstance(document, UnreadableDocument):
        raise PantauError(f"--like {path}: {document.reason}")
    article = document.read(outlets, datetime.now(UTC))
    if isinstance(article, Rejection):
        raise PantauError(f"--like {path}: {article.detail.removeprefix(f'{path}: ') or article.reason}")
    return Example(Terms(analyse(article.title or ""), analyse(article.text)))


def print_answer(session: Session, selection: Selection, opts: argparse.Namespace, settings: BaseSettings) -> None:
    """Print the answer in the form of the options.

    Raises:
        UsageError: ``--like`` or ``--after`` cannot be read.
        PantauError: no such example.
    """
    if opts.like:
        _print_similar(session, read_example(session, opts.like, settings), selection, opts)
    elif opts.count:
        _print_count(session, selection, opts)
    elif opts.facets or opts.timeline:
        _print_tally(session, selection, opts)
    else:
        _print_list(session, selection, opts)


def _print_list(session: Session, selection: Selection, opts: argparse.Namespace) -> None:
    sort: Sort = "similarity" if opts.like_seeds else opts.sort or "relevance"
    results = search(session, selection, limit=opts.limit, copies=opts.copies, sort=sort, after=opts.after)
    stories = stories_of(session, (hit.article for hit in results.hits))
    if opts.format != "table":
        rows = hit_records(session, results.hits, stories)
        numbers = {key: getattr(results, key) for key in (*_COUNT_KEYS, "exact", "after")}
        print_records(rows, opts.format, answer_record(selection, **numbers))
        return
    print_hits(results.hits, stories, seed_similarities(results.hits) if sort == "similarity" else None)
    print_remarks(session, selection)
    if sort == "similarity" and results.hits and results.hits[0].article.seed_similarity is None:
        print("no article is compared with seeds yet; import some with `scrapy seeds import`")
    if results.after:
        print(f"next page: --after {results.after}")
    print(format_total(results) if results.total else explain_nothing(session, selection))


def _print_similar(session: Session, named: NamedExample, selection: Selection, opts: argparse.Namespace) -> None:
    articles = find_similar(session, named.example, selection, limit=opts.limit, copies=opts.copies)
    hits, similarities = similar_hits(articles)
    stories = stories_of(session, (hit.article for hit in hits))
    if opts.format != "table":
        rows = hit_records(session, hits, stories)
        print_records(rows, opts.format, answer_record(selection, like=named.name))
        return
    print_hits(hits, stories, similarities)
    print_remarks(session, selection)
    print(format_similar_total(hits, named.name))


def _print_count(session: Session, selection: Selection, opts: argparse.Namespace) -> None:
    counts = count(session, selection)
    numbers = {"total": counts.with_copies if opts.copies else counts.total, "with_copies": counts.with_copies}
    if opts.format == "table":
        print_remarks(session, selection)
        print(format_number(counts, copies=opts.copies))
    elif opts.format == "json":
        print_json(answer_record(selection, **numbers))
    else:
        write_records([numbers], opts.format, sys.stdout, _COUNT_KEYS)


def _print_tally(session: Session, selection: Selection, opts: argparse.Namespace) -> None:
    from cli import charts

    numbers = tally(session, selection, copies=opts.copies)
    timeline = numbers.timeline(None if opts.timeline is True else opts.timeline) if opts.timeline else None
    facets = numbers.facets if opts.facets else {}
    if opts.format == "json":
        print_json(answer_record(selection, **_tally_record(numbers, facets, timeline)))
    elif opts.format != "table":
        rows = [*value_records(facets), *(_timeline_rows(timeline) if timeline else ())]
        write_records(rows, opts.format, sys.stdout, _FACET_KEYS if opts.facets else _BAR_KEYS)
    else:
        charts.print_facets(facets)
        if timeline:
            charts.print_timeline(timeline)
        print_remarks(session, selection)
        counts = Counts(numbers.total, numbers.with_copies)
        print(format_number(counts) if counts.total else explain_nothing(session, selection))


def _timeline_rows(timeline: Timeline) -> list[Record]:
    undated = {"start": None, "stop": None, "hits": timeline.undated}
    return [*bar_records(timeline), *([undated] if timeline.undated else [])]


def _tally_record(numbers: Tally, facets: Facets, timeline: Timeline | None) -> Record:
    record: Record = {"total": numbers.total, "with_copies": numbers.with_copies}
    if facets:
        record["facets"] = {facet: [asdict(value) for value in values] for facet, values in facets.items()}
    if timeline:
        record["timeline"] = {"step": timeline.step, "bars": list(bar_records(timeline)), "undated": timeline.undated}
    return record


def value_records(facets: Facets) -> Iterator[Record]:
    for facet, values in facets.items():
        for value in values:
            yield {"facet": facet, "value": value.name, "hits": value.hits}


def bar_records(timeline: Timeline) -> Iterator[Record]:
    """Return a row per bar; ``start`` and ``stop`` are half-open days (WIB)."""
    for bar in timeline.bars:
        yield {"start": bar.start.isoformat(), "stop": bar.stop.isoformat(), "hits": bar.hits}
