"""What a search may be narrowed to, and what it is narrowed to already, each with its address. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from search.facets import FACETS, Facet, Tally, Value
from search.selection import lower_ascii
from web.parameters import SearchParameters

# A facet's values that are shown, and those that open on demand.
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
class Choice:
    """A value of a facet.

    Attributes:
        share: of all hits, 0 to 1.
        address: the search narrowed to it; or no longer, where it is ``chosen``.
    """

    label: str
    hits: int
    share: float
    address: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """A facet: the values to show, and further ones."""

    title: str
    shown: Sequence[Choice]
    more: Sequence[Choice]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Something that narrows the search, in words, and the address of the search without it."""

    words: str
    address: str


def facets(parameters: SearchParameters, tally: Tally, label: Label) -> list[Choices]:
    """The facets by which the hits can be narrowed, or are. One in which all hits are the same helps nobody."""
    found = ((name, _with_chosen(tally.facets[name], getattr(parameters, name))) for name in FACETS)
    return [
        _choices(parameters, name, values, tally.total, label)
        for name, values in found
        if getattr(parameters, name) or any(value.hits < tally.total for value in values)
    ]


def narrowed(parameters: SearchParameters, label: Label) -> Iterator[Narrowed]:
    """All that narrows or changes the search beside its query."""
    for name in FACETS:
        for value in getattr(parameters, name):
            yield Narrowed(f"{name}: {label(name, value)}", parameters.with_value(name, value))
    if parameters.since and parameters.since == parameters.until:
        yield Narrowed(f"on {parameters.since}", parameters.address(since="", until=""))
    else:
        for end in ("since", "until"):
            if value := getattr(parameters, end):
                yield Narrowed(f"{end} {value}", parameters.address(**{end: ""}))
    if parameters.copies:
        yield Narrowed("with all copies", parameters.address(copies=False))
    if not parameters.aliases:
        yield Narrowed("only the names as typed", parameters.address(aliases=True))


def language_name(code: str) -> str:
    """A language in words, if it is one that Indonesian outlets use."""
    return _LANGUAGES.get(code, code)


def _with_chosen(values: Sequence[Value], chosen: Sequence[str]) -> list[Value]:
    """The values; those that are chosen come first, also where there is no hit for them."""
    wanted = {lower_ascii(name): name for name in chosen}
    known = {lower_ascii(value.name): value for value in values}
    first = [known.get(key, Value(name, 0)) for key, name in wanted.items()]
    return [*first, *(value for key, value in known.items() if key not in wanted)]


def _choices(parameters: SearchParameters, name: Facet, values: Sequence[Value], total: int, label: Label) -> Choices:
    chosen = {lower_ascii(one): one for one in getattr(parameters, name)}
    choices = [
        Choice(
            label=label(name, value.name),
            hits=value.hits,
            share=value.hits / total if total else 0.0,
            # As it stands in the address, whose case may be another.
            address=parameters.with_value(name, chosen.get(lower_ascii(value.name), value.name)),
            chosen=lower_ascii(value.name) in chosen,
        )
        for value in values[: _SHOWN + _MORE]
    ]
    return Choices(_TITLES[name], choices[:_SHOWN], choices[_SHOWN:])
