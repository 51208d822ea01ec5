"""What one run measured of its outlet: filled while it runs, added to the outlet's day when it ends."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Measures:
    """Counted and summed over one run of one outlet.

    Attributes:
        answers: answers to requests for sources and pages, whatever their status.
        latency_s: from sending the request to its last byte, summed over ``answers``.
        sources_answered: sources that answered 200 or 304; ``sources_failed`` gave nothing usable.
        empty_listings: sources of kind listing, home or feed that answered 200 and named no article at all.
        named: candidates of all sources; ``fresh`` of them were new to the ledger and not too old.
        stored: new articles. The following are of these.
        undated: without a publication date; ``unsigned`` without an author; ``untitled`` without a title;
            ``unsectioned`` without a section.
        words: of each article's text.
        published: how many articles state the same minute, by ISO string (UTC).
        rejected: pages that were fetched and are no articles, by reason; ``failed`` URLs likewise.
        moved_to: hosts off the outlet's domains to which its sources or pages redirected.
        certificate: the failure's words, where a host's certificate was refused.
        robots: hosts whose robots.txt was read: its SHA-256 in hex (``None``: there is none), and whether it forbids
            all or any of the outlet's sources.
        newest_at: the newest publication of an article stored in the run.
        clock_ahead: articles whose stated time lay in the future.
    """

    requests: int = 0
    bytes: int = 0
    answers: int = 0
    latency_s: float = 0.0
    sources_answered: int = 0
    sources_failed: int = 0
    empty_listings: int = 0
    named: int = 0
    fresh: int = 0
    stored: int = 0
    undated: int = 0
    unsigned: int = 0
    untitled: int = 0
    unsectioned: int = 0
    words: list[int] = field(default_factory=list)
    published: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    moved_to: Counter[str] = field(default_factory=Counter)
    certificate: str | None = None
    robots: dict[str, tuple[str | None, bool]] = field(default_factory=dict)
    newest_at: datetime | None = None
    clock_ahead: int = 0
