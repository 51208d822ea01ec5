"""Query parameters of pages, API and feeds."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Self, get_origin
from urllib.parse import parse_qs, urlencode

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import UsageError
from core.periods import read_period
from search.aliases import NO_ALIASES, Aliases
from search.choices import Sort
from search.query import MAX_LENGTH, parse_query
from search.selection import Selection

MAX_LIMIT = 100
# The greatest id that both databases can hold.
MAX_ID = 2**63 - 1
_MAX_VALUES = 20
_MAX_NAME = 300

# PostgreSQL takes no NUL, databases compare control characters differently, and no name has any.
SAFE = r"^[^\x00-\x1f\x7f]*$"
Id = Annotated[int, Path(ge=1, le=MAX_ID)]
Name = Annotated[str, Field(min_length=1, max_length=_MAX_NAME, pattern=r"^[^\x00-\x1f\x7f]+$")]
Names = Annotated[list[Name], Field(max_length=_MAX_VALUES)]


class ListParameters(BaseModel):
    """One page of a list."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT, description="how many on a page")] = 50
    after: Annotated[int, Field(ge=0, le=MAX_ID, description="what the page before gave as `next`")] = 0

    def address(self, **changes: Any) -> str:
        values = self.model_dump(exclude_defaults=True) | {"after": 0} | changes
        return urlencode({name: value for name, value in values.items() if value})


class BasicFilters(BaseModel):
    """Articles by query, outlet and period; all conditions must hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    q: Annotated[str, Field(max_length=MAX_LENGTH, description="a query in Pantau's query language")] = ""
    outlet: Annotated[Names, Field(description="names of outlets: one of these")] = []
    since: Annotated[str, Field(max_length=40, description="published then or later, e.g. 2024-09-01 or 7d")] = ""
    until: Annotated[str, Field(max_length=40, description="published before the end of that day or month")] = ""
    aliases: Annotated[bool, Field(description="also look up other names of what is named")] = True

    def selection(self, aliases: Aliases, now: datetime) -> Selection:
        known = aliases if self.aliases else NO_ALIASES
        since, until = read_period(self.since or None, self.until or None, now, prefix="")
        query = parse_query(self.q, known, now) if self.q.strip() else None
        return Selection(query, outlets=tuple(self.outlet), since=since, until=until)


class SearchFilters(BasicFilters):
    """Articles by all filters; of each list one value must match."""

    section: Annotated[Names, Field(description="sections, as outlets call them")] = []
    author: Annotated[Names, Field(description="authors, in full")] = []
    language: Annotated[Names, Field(description="codes of languages, e.g. id")] = []
    copies: Annotated[bool, Field(description="every copy of a text is a hit, not only the best one")] = False

    def selection(self, aliases: Aliases, now: datetime) -> Selection:
        return replace(
            super().selection(aliases, now),
            sections=tuple(self.section),
            authors=tuple(self.author),
            languages=tuple(self.language),
        )

    def filter_address(self) -> str:
        return urlencode(_non_defaults(self, self.model_dump(include=set(SearchFilters.model_fields))), doseq=True)


class SearchParameters(SearchFilters):
    """A search as in an address."""

    sort: Annotated[Sort, Field(description="the order")] = "relevance"
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT, description="hits on a page")] = 20
    after: Annotated[str, Field(max_length=400, description="the cursor that the page before gave")] = ""

    @classmethod
    def read(cls, query_string: str) -> Self:
        """Read a search from a query string.

        Raises:
            UsageError: it cannot be read, or has other parameters.
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
        """Return the query string without defaults; a change resets ``after``."""
        values = self.model_dump() | ({} if "after" in changes else {"after": ""}) | changes
        return urlencode(_non_defaults(self, values), doseq=True)

    def with_value(self, facet: str, value: str) -> str:
        values: list[str] = getattr(self, facet)
        changed = [one for one in values if one != value] if value in values else [*values, value]
        return self.address(**{facet: changed})


def _non_defaults(parameters: BaseModel, values: Mapping[str, Any]) -> dict[str, Any]:
    fields = type(parameters).model_fields
    return {
        name: ("1" if value is True else "0" if value is False else value)
        for name, value in values.items()
        if name not in fields or value != fields[name].get_default(call_default_factory=True)
    }
