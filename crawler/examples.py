"""What ``--like`` names: a stored article by its number or address, or a document in a file."""

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from scrapy.settings import BaseSettings
from sqlalchemy.orm import Session

from core.errors import PantauError, UsageError
from core.models import Rejection
from core.text.analyser import analyse
from crawler.seeds import Unreadable, documents
from database.articles import Terms
from outlets.registry import Registry
from search.likeness import Example, stored_example


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
        return Named(stored_example(session, wanted), f"article {wanted}")
    if "://" in wanted:
        return Named(stored_example(session, wanted), wanted)
    if not Path(wanted).is_file():
        raise UsageError(f"--like {wanted}: there is no such file; an article's number, a URL or a file is needed")
    return Named(_document(wanted, settings), wanted)


def _document(path: str, settings: BaseSettings) -> Example:
    outlets = Registry.from_settings(settings["OUTLET_PATHS"]).all()
    document, *others = documents([path])
    if others:
        raise UsageError(f"--like {path}: it holds {len(others) + 1:,} documents; name a file with one")
    if isinstance(document, Unreadable):
        raise PantauError(f"--like {path}: {document.reason}")
    article = document.read(outlets, datetime.now(UTC))
    if isinstance(article, Rejection):
        raise PantauError(f"--like {path}: {article.detail.removeprefix(f'{path}: ') or article.reason}")
    return Example(Terms(analyse(article.title or ""), analyse(article.text)))
