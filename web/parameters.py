"""What the search page, its API and its feed take, in one form: the query string of an address."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Self, get_origin
from urllib.parse import parse_qs, urlencode

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import UsageError
from core.periods import read_period
from search.aliases import NO_ALIASES, Aliases
from search.query import MAX_LENGTH, parse_query
from search.ranking import Sort
from search.selection import Selection

MAX_LIMIT = 100
_MAX_VALUES = 20
_MAX_NAME = 300

# No database compares control characters alike, and PostgreSQL takes no NUL.
Name = Annotated[str, Field(min_length=1, max_length=_MAX_NAME, pattern=r"^[^\x00-\x1f\x7f]+$")]
Names = Annotated[list[Name], Field(max_length=_MAX_VALUES)]


class Question(BaseModel):
    """Which articles are meant, by their words, outlets and dates; all fields narrow each other."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    q: Annotated[str, Field(max_length=MAX_LENGTH, description="a query in Pantau's query language")] = ""
    outlet: Annotated[Names, Field(description="names of outlets: one of these")] = []
    since: Annotated[str, Field(max_length=40, description="published then or later, e.g. 2024-09-01 or 7d")] = ""
    until: Annotated[str, Field(max_length=40, description="published before the end of that day or month")] = ""
    aliases: Annotated[bool, Field(description="also look up other names of what is named")] = True

    def selection(self, aliases: Aliases, now: datetime) -> Selection:
        """Which articles are meant.

        Raises:
            UsageError: the query, ``since`` or ``until`` cannot be read.
        """
        known = aliases if self.aliases else NO_ALIASES
        since, until = read_period(self.since or None, self.until or None, now, prefix="")
        query = parse_query(self.q, known, now) if self.q.strip() else None
        return Selection(query, outlets=tuple(self.outlet), since=since, until=until)


class Narrowing(Question):
    """Which articles are meant; every list is "one of these", all fields narrow each other."""

    section: Annotated[Names, Field(description="sections, as outlets call them")] = []
    author: Annotated[Names, Field(description="authors, in full")] = []
    language: Annotated[Names, Field(description="codes of languages, e.g. id")] = []
    copies: Annotated[bool, Field(description="every copy of a text is a hit, not only the best one")] = False

    def selection(self, aliases: Aliases, now: datetime) -> Selection:
        """As for every question."""
        return replace(
            super().selection(aliases, now),
            sections=tuple(self.section),
            authors=tuple(self.author),
            languages=tuple(self.language),
        )

    def narrowing(self) -> str:
        """The query string of what narrows alone, as facets, timelines and feeds take it."""
        return urlencode(_stated(self, self.model_dump(include=set(Narrowing.model_fields))), doseq=True)


class SearchParameters(Narrowing):
    """A search as it stands in an address."""

    sort: Annotated[Sort, Field(description="the order")] = "relevance"
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT, description="hits on a page")] = 20
    after: Annotated[str, Field(max_length=400, description="the cursor that the page before gave")] = ""

    @classmethod
    def read(cls, query_string: str) -> Self:
        """The search that a query string means.

        Raises:
            UsageError: it cannot be read, or states what no search has.
        """
        lists = {name for name, field in cls.model_fields.items() if get_origin(field.annotation) is list}
        try:
            given = parse_qs(
                query_string, keep_blank_values=True, strict_parsing=bool(query_string), max_num_fields=200
            )
            return cls.model_validate({name: values if name in lists else values[-1] for name, values in given.items()})
        except ValidationError as error:
            wrong = "; ".join(f"{one['loc'][0]}: {one['msg']}" for one in error.errors())
            raise UsageError(f"this is no search: {wrong}") from error
        except ValueError as error:
            raise UsageError("this is no search: a query string is needed, e.g. q=beras&sort=newest") from error

    def address(self, **changes: Any) -> str:
        """The query string of this search with some parameters changed, without what is as by default.

        A change to anything but ``after`` begins with the first page again.
        """
        values = self.model_dump() | ({} if "after" in changes else {"after": ""}) | changes
        return urlencode(_stated(self, values), doseq=True)

    def with_value(self, facet: str, value: str) -> str:
        """The address of this search narrowed to a value of a facet as well, or no longer, where it is already."""
        values: list[str] = getattr(self, facet)
        changed = [one for one in values if one != value] if value in values else [*values, value]
        return self.address(**{facet: changed})


def _stated(parameters: BaseModel, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that are not as by default, as an address states them."""
    fields = type(parameters).model_fields
    return {
        name: ("1" if value is True else "0" if value is False else value)
        for name, value in values.items()
        if name not in fields or value != fields[name].get_default(call_default_factory=True)
    }
