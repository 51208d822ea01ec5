"""One stored article, by its number or by any address that the ledger knows it by."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import PantauError, UsageError
from core.urls import identify
from database.schema import StoredArticle, Url

# The largest id either database can give.
_MAX_ID = 2**63 - 1


def find_article(session: Session, wanted: str) -> StoredArticle:
    """The article that is meant.

    Args:
        session: of either database; it is only read.
        wanted: its number, or any address of it (mobile, AMP, with tracking parameters).

    Raises:
        UsageError: it is neither a number nor a URL.
        PantauError: there is no such article; what to do about it.
    """
    if wanted.isdecimal():
        article = session.get(StoredArticle, int(wanted)) if int(wanted) <= _MAX_ID else None
        if article is None:
            raise PantauError(f"there is no article {wanted}; `scrapy search` shows the ids")
        return article
    if "." not in wanted and "/" not in wanted:
        raise UsageError(f"{wanted!r} is neither an article's number nor a URL")
    return _by_url(session, wanted)


def _by_url(session: Session, url: str) -> StoredArticle:
    row = _ledger_row(session, url)
    if row is not None and row.article_id is not None:
        return session.get_one(StoredArticle, row.article_id)
    # Imported articles may have an address that no source ever named.
    article = session.scalar(select(StoredArticle).where(StoredArticle.url == url).order_by(StoredArticle.id).limit(1))
    if article is not None:
        return article
    if row is None:
        raise PantauError(f"{url} was never seen; `scrapy crawl OUTLET` fetches what an outlet lists")
    reason = f" ({row.reason})" if row.reason else ""
    raise PantauError(f"{url} is known but no article: {row.state}{reason}; `scrapy explain {url}` tells its history")


def _ledger_row(session: Session, url: str) -> Url | None:
    """The URL's row; for one that is the same as another's, that one's."""
    row = session.scalar(select(Url).where(Url.identity == identify(url)))
    seen: set[int] = set()
    while row is not None and row.article_id is None and row.same_as_id is not None and row.id not in seen:
        seen.add(row.id)
        row = session.get(Url, row.same_as_id)
    return row
