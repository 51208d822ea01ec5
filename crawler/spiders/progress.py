"""How far the walk of a listing has come, and whether it goes on; decided here, done by the spider."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crawler.discovery import Reading
from crawler.discovery.walks import MAX_LISTING_PAGES, Walk
from database.ledger import Pending, SourceState, Validators


@dataclass(frozen=True, slots=True)
class Progress:
    """A walk at one of its pages.

    Attributes:
        began_at: when its first page was asked for.
        first: the validators of page 1, kept when the walk is complete.
        seen: the URLs of the pages so far.
        fetching: the articles that the page before brought.
    """

    walk: Walk
    state: SourceState
    began_at: datetime
    page: int = 1
    first: Validators | None = None
    seen: frozenset[str] = frozenset()
    fetching: tuple[Pending, ...] = ()

    @property
    def url(self) -> str:
        """The address of the page."""
        return self.walk.url(self.page)

    @property
    def may_be_empty(self) -> bool:
        """Whether a page without articles is no fault.

        Behind the last page there is nothing, nor on a day that has only begun; elsewhere the layout has changed.
        """
        return self.page > 1 or self.walk.day is not None

    @property
    def truncated(self) -> bool:
        """Whether this is as far as a walk may go, whatever follows."""
        return self.page >= MAX_LISTING_PAGES

    def is_last(self, reading: Reading, fresh: int) -> bool:
        """Whether the walk ends with this page.

        It does where nothing is new, where the outlet answers with pages that it gave before, and at the last page.
        ``fresh`` is the ledger's (``Admission.fresh``).
        """
        repeated = {candidate.url for candidate in reading.candidates} <= self.seen
        return repeated or not fresh or self.page == self.walk.pages

    def onward(self, reading: Reading, fetching: Sequence[Pending]) -> "Progress":
        """The next page."""
        urls = {candidate.url for candidate in reading.candidates}
        return replace(self, page=self.page + 1, seen=self.seen | urls, fetching=tuple(fetching))
