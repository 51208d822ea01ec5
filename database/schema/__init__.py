"""The tables. Alembic (``database/migrations``) makes and changes them; nothing else does.

``urls`` is the ledger: one row for every URL ever seen, with exactly one state. ``articles`` holds what was stored.
``article_terms`` holds the stemmed words that the full-text indexes of both databases are built from; the indexes
themselves (FTS5 table and triggers, generated tsvector) are made by migrations, since no ORM describes them.
"""

from database.schema.alerts import Delivery, DeliveryMatch, Watch, WatchMatch
from database.schema.articles import Band, Fingerprint, Original, Revision, StoredArticle, Story
from database.schema.base import Base
from database.schema.ledger import Recheck, Run, Source, Url, UrlEvent
from database.schema.monitoring import DeliveryFlag, Flag, Gap, HostState, OutletDay, Round
from database.schema.search import ArticleTerms, Profile, SavedSearch

__all__ = [
    "ArticleTerms", "Band", "Base", "Delivery", "DeliveryFlag", "DeliveryMatch", "Fingerprint", "Flag", "Gap",
    "HostState", "Original", "OutletDay", "Profile", "Recheck", "Revision", "Round", "Run", "SavedSearch", "Source",
    "StoredArticle", "Story", "Url", "UrlEvent", "Watch", "WatchMatch",
]  # fmt: skip
