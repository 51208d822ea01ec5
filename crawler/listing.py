"""How hits are listed: lines for people, records for programs."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from rich.table import Table
from rich.text import Text
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.formatting import counted, likeness, published, removed
from core.periods import HOME
from crawler.console import Printer, harmless
from database.export import write
from database.records import KEYS, Record, records
from database.schema import StoredArticle
from database.story_queries import Told
from search.likeness import Alike
from search.search import Counts, Hit, Results
from search.selection import Selection
from search.snippet import Span, snippet
from search.story_text import origin, reach

FORMATS = ("table", "json", "jsonl", "csv")
_FOUND_KEYS = (*KEYS, "rank", "snippet", "copies", "outlets")
_MATCH = "bold yellow"
# Longer lines of text are hard to read.
_WIDEST = 100

Stories = Mapping[int, Told]  # by the ids of the articles that are in them


@dataclass(frozen=True, slots=True)
class Likeness:
    """Says of each hit how much it is like something: the seeds, or an article, by the hits' ids."""

    what: str
    by_id: Mapping[int, float | None]

    def of(self, hit: Hit) -> str:
        """In words: "41 % like the seeds"."""
        similarity = self.by_id[hit.article.id]
        return f"not compared with {self.what}" if similarity is None else f"{likeness(similarity)} like {self.what}"


def by_seeds(hits: Iterable[Hit]) -> Likeness:
    """How much each hit is like the seed corpus."""
    return Likeness("the seeds", {hit.article.id: hit.article.seed_similarity for hit in hits})


def print_hits(hits: Sequence[Hit], told: Stories, alike: Likeness | None = None) -> None:
    """Some lines for each hit, on a terminal with what matches in colours."""
    console = Printer(highlight=False)
    if not console.is_terminal:
        for hit in hits:
            article = hit.article
            print(f"{article.id:>7}  {published(article)}  {_outlet(article)}  {harmless(article.title or '-')}")
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
        f"{reach(story)}; {origin(story)}" if story else "",
        removed(article.removed_at, article.timezone) if article.removed_at else "",
    ]
    return "; ".join(part for part in parts if part)


def total(results: Results) -> str:
    """The last line of a list: how many there are, and how many of them were shown."""
    shown = f"{len(results.hits):,} shown"
    if not results.exact:
        return f"more than {results.with_copies:,} articles, {shown} (--count counts them)"
    if results.total == results.with_copies:
        return f"{counted(results.total, 'article')}, {shown}"
    listed = f"{counted(results.total, 'different article')}, {shown}"
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
        return counted(counts.with_copies, "article")
    return f"{counted(counts.total, 'different article')} ({counts.with_copies:,} with copies)"


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


def alike_hits(alike: Iterable[Alike]) -> tuple[list[Hit], Likeness]:
    """What is like the example, as hits, and how much."""
    hits = [Hit(one.article, one.similarity, (), snippet(one.article.text, ())) for one in alike]
    return hits, Likeness("it", {hit.article.id: hit.rank for hit in hits})


def number_alike(hits: Sequence[Hit], name: str) -> str:
    """The last line of a list by likeness to an article or document of this name."""
    if not hits:
        return f"0 articles like {name}: none of those asked for has a telling word of it"
    return f"{counted(len(hits), 'article')} like {name}, most like it first"


def hit_records(session: Session, hits: Sequence[Hit], told: Stories) -> list[Record]:
    """The export records of the hits, with ``rank``, ``snippet``, ``copies`` and ``outlets``."""
    rows = records(session, [hit.article for hit in hits])
    return [_record(row, hit, told.get(hit.article.id)) for row, hit in zip(rows, hits, strict=True)]


def print_records(rows: Sequence[Record], form: str, answer: Mapping[str, Any]) -> None:
    """The hits' records as lines or rows; as JSON inside the whole answer, as its ``articles``."""
    if form == "json":
        print_json({**answer, "articles": rows})
    else:
        write(rows, "csv" if form == "csv" else "jsonl", sys.stdout, _FOUND_KEYS)


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
        Text(f"{published(hit.article)}  {_outlet(hit.article)}", "dim"),
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


def _record(row: Record, hit: Hit, story: Told | None) -> Record:
    found = {"rank": round(hit.rank, 6), "snippet": hit.snippet.text}
    outlets = len(story.outlets) if story else int(row["outlet"] is not None)
    return row | found | {"copies": len(story.members) if story else 1, "outlets": outlets}
