"""``scrapy search``: the stored articles that hold some words, best first, or how many they are and where and when."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy.orm import Session

from cli import hits
from cli.console import PantauCommand
from cli.hits import (
    FORMATS,
    Facets,
    Named,
    bar_records,
    by_seeds,
    print_facets,
    print_timeline,
    read_example,
    value_records,
)
from cli.selection_options import add_selection_options, positive, read_selection
from core.errors import UsageError
from search.export import write_records
from search.facets import STEPS, Tally, Timeline, tally
from search.ranking import SORTS, Sort
from search.records import Record
from search.results import Counts, count, search
from search.selection import Selection
from search.similar import find_similar
from search.stories import stories_of

_FACET_KEYS, _BAR_KEYS, _COUNT_KEYS = ("facet", "value", "hits"), ("start", "stop", "hits"), ("total", "with_copies")


class Command(PantauCommand):
    """Prints the best hits and how many articles match in all."""

    takes_dashes = True

    def syntax(self) -> str:
        """How it is called."""
        return (
            "[QUERY] [--outlet NAME]… [--since DAY] [--until DAY] [--copies] [--sort relevance|newest|oldest|similarity"
            " [--limit N] [--after CURSOR] | --like-seeds | --like ID|URL|FILE | --count | "
            "--facets --timeline [day|week|month]] [--format table|json|jsonl|csv]"
        )

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Search the stored articles"

    def long_desc(self) -> str:
        """What the query language is, and what comes out."""
        return (
            "Finds articles by words in any of their Indonesian forms (pertemuan finds bertemu). Words side by side "
            "must all occur; AND, OR, NOT in capitals, -word, +word and parentheses combine them; '\"kerja sama\"' "
            "(in the shell, the double quotes inside single ones) finds words next to each other, near(wang, lavrov, "
            "10) close to each other, diplom* what begins so. title: author: section: outlet: lang: origin: story: "
            "date: and similarity: ask for more, as in 'title:gempa date:2024-09 NOT outlet:antara'. Other names of "
            "what is named are looked up, too, and the answer says which. Best first, equals newest first. Of the "
            "copies of one text only the best hit is listed, with how many copies there are and who was first; "
            "--copies lists all that match. Without a QUERY, all that the options select. json, jsonl and csv give "
            "the export record with rank, snippet, copies and outlets added; --count, --facets and --timeline give "
            "numbers in each of them."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our options beside Scrapy's."""
        super().add_options(parser)
        add_selection_options(parser)
        parser.add_argument("--copies", action="store_true", help="every copy of a text is a hit, not only the best")
        parser.add_argument("--sort", choices=SORTS, help="default: relevance, and newest without words")
        parser.add_argument(
            "--like-seeds", action="store_true", help="what is most like the seed corpus first (--sort similarity)"
        )
        parser.add_argument(
            "--like", metavar="ID|URL|FILE", help="what is most like this article or document first, and how much"
        )
        parser.add_argument("--limit", metavar="N", type=positive, default=20, help="hits shown at most (default: 20)")
        parser.add_argument("--after", metavar="CURSOR", help="the next page, as the page before this one said")
        parser.add_argument("--count", action="store_true", help="only how many there are, exactly")
        parser.add_argument(
            "--facets", action="store_true", help="only how many of which outlet, section, author and language"
        )
        parser.add_argument(
            "--timeline", metavar="day|week|month", nargs="?", const=True, type=_step,
            help="only how many were published when; by what fits, if nothing is said",
        )  # fmt: skip
        parser.add_argument("--format", choices=FORMATS, default="table", help="how to print it (default: table)")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        """Search and print."""
        _check(args, opts)
        selection = read_selection(" ".join(args) if args else None, opts, self.settings)
        with self.reading() as session:
            if opts.like:
                _print_alike(session, read_example(session, opts.like, self.settings), selection, opts)
            elif opts.count:
                _print_count(session, selection, opts)
            elif opts.facets or opts.timeline:
                _print_numbers(session, selection, opts)
            else:
                _print_hits(session, selection, opts)
        return 0


def _check(args: Sequence[str], opts: argparse.Namespace) -> None:
    narrowed = (opts.outlet, opts.section, opts.author, opts.lang, opts.since, opts.until)
    numbers = [name for name in ("count", "facets", "timeline") if getattr(opts, name)]
    lists = [name for name in ("after", "sort", "like_seeds") if getattr(opts, name)]
    if not (args or any(narrowed) or numbers or lists or opts.like):
        raise UsageError("a QUERY is needed, e.g. scrapy search 'Rusia AND (Tiongkok OR Beijing)'")
    if opts.like and (numbers or lists):
        raise UsageError(f"--like makes a list of its own, in which --{_name([*numbers, *lists])} has no place")
    if numbers and lists:
        raise UsageError(f"--{_name(lists)} is for lists; --{numbers[0]} gives numbers")
    if opts.count and len(numbers) > 1:
        raise UsageError(f"--{numbers[1]} tells how many there are, too; leave --count out")
    if opts.format == "csv" and len(numbers) > 1:
        raise UsageError("CSV has room for one table: ask for --facets or for --timeline")
    if opts.like_seeds and opts.sort not in {None, "similarity"}:
        raise UsageError(f"--like-seeds sorts by similarity, not by --sort {opts.sort}")


def _print_hits(session: Session, selection: Selection, opts: argparse.Namespace) -> None:
    sort: Sort = "similarity" if opts.like_seeds else opts.sort or "relevance"
    results = search(session, selection, limit=opts.limit, copies=opts.copies, sort=sort, after=opts.after)
    told = stories_of(session, (hit.article for hit in results.hits))
    if opts.format != "table":
        rows = hits.hit_records(session, results.hits, told)
        numbers = {key: getattr(results, key) for key in (*_COUNT_KEYS, "exact", "after")}
        hits.print_records(rows, opts.format, hits.answer(selection, **numbers))
        return
    hits.print_hits(results.hits, told, by_seeds(results.hits) if sort == "similarity" else None)
    hits.print_remarks(session, selection)
    if sort == "similarity" and results.hits and results.hits[0].article.seed_similarity is None:
        print("nothing was compared with seeds yet: `scrapy seeds import` makes a beginning")
    if results.after:
        print(f"next page: --after {results.after}")
    print(hits.total(results) if results.total else hits.nothing(session, selection))


def _print_alike(session: Session, named: Named, selection: Selection, opts: argparse.Namespace) -> None:
    alike = find_similar(session, named.example, selection, limit=opts.limit, copies=opts.copies)
    found, likeness = hits.alike_hits(alike)
    told = stories_of(session, (hit.article for hit in found))
    if opts.format != "table":
        rows = hits.hit_records(session, found, told)
        hits.print_records(rows, opts.format, hits.answer(selection, like=named.name))
        return
    hits.print_hits(found, told, likeness)
    hits.print_remarks(session, selection)
    print(hits.number_alike(found, named.name))


def _print_count(session: Session, selection: Selection, opts: argparse.Namespace) -> None:
    counts = count(session, selection)
    numbers = {"total": counts.with_copies if opts.copies else counts.total, "with_copies": counts.with_copies}
    if opts.format == "table":
        hits.print_remarks(session, selection)
        print(hits.number(counts, copies=opts.copies))
    elif opts.format == "json":
        hits.print_json(hits.answer(selection, **numbers))
    else:
        write_records([numbers], opts.format, sys.stdout, _COUNT_KEYS)


def _print_numbers(session: Session, selection: Selection, opts: argparse.Namespace) -> None:
    numbers = tally(session, selection, copies=opts.copies)
    timeline = numbers.timeline(None if opts.timeline is True else opts.timeline) if opts.timeline else None
    facets = numbers.facets if opts.facets else {}
    if opts.format == "json":
        hits.print_json(hits.answer(selection, **_answer(numbers, facets, timeline)))
    elif opts.format != "table":
        rows = [*value_records(facets), *(_bars(timeline) if timeline else ())]
        write_records(rows, opts.format, sys.stdout, _FACET_KEYS if opts.facets else _BAR_KEYS)
    else:
        print_facets(facets)
        if timeline:
            print_timeline(timeline)
        hits.print_remarks(session, selection)
        counts = Counts(numbers.total, numbers.with_copies)
        print(hits.number(counts) if counts.total else hits.nothing(session, selection))


def _bars(timeline: Timeline) -> list[Record]:
    """A last one without days has the undated, if there are any."""
    undated = {"start": None, "stop": None, "hits": timeline.undated}
    return [*bar_records(timeline), *([undated] if timeline.undated else [])]


def _answer(numbers: Tally, facets: Facets, timeline: Timeline | None) -> Record:
    answer: Record = {"total": numbers.total, "with_copies": numbers.with_copies}
    if facets:
        answer["facets"] = {facet: [asdict(value) for value in values] for facet, values in facets.items()}
    if timeline:
        answer["timeline"] = {"step": timeline.step, "bars": list(bar_records(timeline)), "undated": timeline.undated}
    return answer


def _name(options: Sequence[str]) -> str:
    return options[0].replace("_", "-")


def _step(value: str) -> str:
    if value not in STEPS:
        raise argparse.ArgumentTypeError(
            f"{value!r} is no {', '.join(STEPS[:-1])} or {STEPS[-1]}; a QUERY stands before --timeline"
        )
    return value
