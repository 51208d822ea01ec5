"""A search's hits with their stories, its facets and its filters."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from search.facets import FACETS, Facet, Tally, Value, tally
from search.ranking import Orders
from search.results import Results, search
from search.selection import Selection, lower_ascii, select_columns
from search.stories import StoryView, stories_of
from web.parameters import SearchParameters

# Tallying so many articles takes a fifth of a second.
MOST_TALLIED = 50_000

# Most values of a facet that are shown at once, and that open on demand.
_SHOWN, _MORE = 8, 40
_TITLES: dict[Facet, str] = {
    "outlet": "Outlets",
    "section": "Sections",
    "author": "Authors",
    "language": "Languages",
}
_LANGUAGES = {"id": "Indonesian", "ms": "Malay", "en": "English"}

Label = Callable[[Facet, str], str]


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page of hits, and their stories by article id."""

    results: Results
    stories: dict[int, StoryView]


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet; its ``address`` adds the filter, or removes a chosen one."""

    label: str
    hits: int
    share: float
    address: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class FacetChoices:
    """A facet with the values shown at once and on demand."""

    title: str
    shown: Sequence[Choice]
    more: Sequence[Choice]


@dataclass(frozen=True, slots=True)
class ActiveFilter:
    """A filter in words, and the address of the search without it."""

    words: str
    address: str


def find(session: Session, parameters: SearchParameters, selection: Selection, orders: Orders) -> FoundPage:
    """Search, and load the stories of the hits.

    Raises:
        CursorError: ``parameters.after`` is no cursor of this search.
    """
    results = search(
        session,
        selection,
        limit=parameters.limit,
        copies=parameters.copies,
        sort=parameters.sort,
        after=parameters.after or None,
        orders=orders,
    )
    return FoundPage(results, stories_of(session, (hit.article for hit in results.hits)))


def cheap_tally(session: Session, selection: Selection, page: FoundPage, *, copies: bool) -> Tally | None:
    """Tally the hits; ``None`` if there are more than ``MOST_TALLIED``."""
    if not page.results.exact and _more_than(session, selection, MOST_TALLIED):
        return None
    return tally(session, selection, copies=copies)


def facet_choices(parameters: SearchParameters, numbers: Tally, label: Label) -> list[FacetChoices]:
    values_by_facet = ((name, _with_chosen(numbers.facets[name], getattr(parameters, name))) for name in FACETS)
    return [
        _choices(parameters, name, values, numbers.total, label)
        for name, values in values_by_facet
        if getattr(parameters, name) or any(value.hits < numbers.total for value in values)
    ]


def active_filters(parameters: SearchParameters, label: Label) -> Iterator[ActiveFilter]:
    for name in FACETS:
        for value in getattr(parameters, name):
            yield ActiveFilter(f"{name}: {label(name, value)}", parameters.with_value(name, value))
    if parameters.since and parameters.since == parameters.until:
        yield ActiveFilter(f"on {parameters.since}", parameters.address(since="", until=""))
    else:
        for end in ("since", "until"):
            if value := getattr(parameters, end):
                yield ActiveFilter(f"{end} {value}", parameters.address(**{end: ""}))
    if parameters.copies:
        yield ActiveFilter("with all copies", parameters.address(copies=False))
    if not parameters.aliases:
        yield ActiveFilter("only the names as typed", parameters.address(aliases=True))


def language_name(code: str) -> str:
    return _LANGUAGES.get(code, code)


def _more_than(session: Session, selection: Selection, number: int) -> bool:
    first_rows = select_columns(session, selection, literal(1)).limit(number + 1).subquery()
    return session.scalars(select(func.count()).select_from(first_rows)).one() > number


def _with_chosen(values: Sequence[Value], chosen: Sequence[str]) -> list[Value]:
    names = {lower_ascii(name): name for name in chosen}
    by_key = {lower_ascii(value.name): value for value in values}
    first = [by_key.get(key, Value(name, 0)) for key, name in names.items()]
    return [*first, *(value for key, value in by_key.items() if key not in names)]


def _choices(
    parameters: SearchParameters, name: Facet, values: Sequence[Value], total: int, label: Label
) -> FacetChoices:
    chosen = {lower_ascii(value): value for value in getattr(parameters, name)}
    choices = [
        Choice(
            label=label(name, value.name),
            hits=value.hits,
            share=value.hits / total if total else 0.0,
            # As in the address, whose case may differ.
            address=parameters.with_value(name, chosen.get(lower_ascii(value.name), value.name)),
            chosen=lower_ascii(value.name) in chosen,
        )
        for value in values[: _SHOWN + _MORE]
    ]
    return FacetChoices(_TITLES[name], choices[:_SHOWN], choices[_SHOWN:])
