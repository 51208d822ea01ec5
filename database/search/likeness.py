"""More like this: the articles that are most like a given one, stored or not."""

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.orm import Session

from database.articles import Terms
from database.schema import StoredArticle
from database.search.search import PAGE
from database.search.selection import Selection


@dataclass(frozen=True, slots=True)
class Example:
    """What others shall be like: its words, and which stored article it is, if it is one (and its story, if any)."""

    terms: Terms
    article_id: int | None = None
    story_id: int | None = None


class Alike(NamedTuple):
    """An article, and how much it is like the example, 0 to 1."""

    article: StoredArticle
    similarity: float


def stored_example(session: Session, wanted: str) -> Example:
    """A stored article as an example.

    Args:
        session: of either database; it is only read.
        wanted: its number, or any address of it.

    Raises:
        PantauError: there is no such article (a UsageError: it is neither a number nor a URL).
    """
    raise NotImplementedError


def find_like(
    session: Session, example: Example, selection: Selection, *, limit: int = PAGE, copies: bool = False
) -> list[Alike]:
    """The selected articles that are most like the example, best first, itself left out.

    Args:
        session: of either database; it is only read.
        example: of a stored article, or of a document's words alone.
        selection: which articles may be found.
        limit: how many at most.
        copies: whether copies of the example and of what was found already are found, too.
    """
    raise NotImplementedError
