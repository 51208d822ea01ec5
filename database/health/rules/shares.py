"""Fields that are gone, pages that turned into something else, dates that are all the same. Pure."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from database.health.days import Part, recent
from database.health.facts import Facts, Finding, Kind, OutletFlag
from database.health.rules.causes import check
from database.health.shares import Excess, UsualShare, excess, lately, suspects, usual_share, well_again
from database.health.taints import Measured
from database.health.wording import counted, share

# What was decided of URLs that were never fetched says nothing of pages, nor does the age of an article.
_UNSEEN = frozenset(
    {"robots", "not-article-url", "url-too-long", "too-many-redirects", "too-old", "too-new", "off-site"}
)
_LISTINGS = frozenset({"listing", "home-page"})
_CHALLENGES = frozenset({"error-page"})
# Of an outlet that is new: so many pages and not one article among them.
_ALL_OF = 10
_DAY = timedelta(days=1)
_LAYOUT = "the layout changed: "


@dataclass(frozen=True, slots=True)
class Share:
    """A share that is watched.

    Attributes:
        what: what of the outlet's history it belongs to.
        so: of how many articles or pages of a part it is true; ``of`` how many there are.
        told: what is so of "12 of 12 …".
        absolute: an outlet without a history is flagged where it is true of all.
    """

    kind: Kind
    what: Measured
    so: Callable[[Part], int]
    of: Callable[[Part], int]
    things: str
    told: str
    advice: str
    absolute: bool = False

    def __call__(self, facts: Facts) -> Finding | None:
        """Where more are so than is usual."""
        if not facts.parts:
            return None
        if flag := facts.open(self.kind):
            return self._go_on(facts, flag)
        found = suspects(facts, self.what, self.count)
        if not found:
            return None
        usual = usual_share(facts, self.what, self.count)
        worst = excess(found, usual) if usual else self._all(facts)
        return self._finding(facts, worst, usual) if worst else None

    def _go_on(self, facts: Facts, flag: OutletFlag) -> Finding | None:
        usual = usual_share(facts, self.what, self.count)
        since = lately(facts, self.count, since=flag.raised_at)
        if usual is None:
            well = since.of > 0 and 2 * since.part <= since.of
        else:
            well = well_again(facts, self.count, usual, float(flag.facts.get("share", 1.0)), flag.raised_at)
        if well:
            return None
        most = 2 * since.part > since.of
        return self._finding(facts, since, usual) if most else Finding(self.kind, flag.words, flag.facts)

    def count(self, part: Part) -> tuple[int, int]:
        """Of how many in a part it is true, and how many there are."""
        return self.so(part), self.of(part)

    def _all(self, facts: Facts) -> Excess | None:
        seen = lately(facts, self.count)
        stored = sum(part.stored for part in facts.parts)
        return seen if self.absolute and not stored and seen.of >= _ALL_OF and 2 * seen.part > seen.of else None

    def _finding(self, facts: Facts, found: Excess, usual: UsualShare | None) -> Finding:
        before = f" (usual {share(usual.part / usual.of)})" if usual else ""
        words = f"{found.part} of {counted(found.of, self.things)} {self.told}{before}: {self.advice}{check(facts)}"
        return Finding(self.kind, words, {"share": found.share, "of": found.of, "part": found.part})


def pages(part: Part) -> int:
    """How many pages were read and decided."""
    return part.stored + _rejected(part.rejected)


def _rejected(reasons: Counter[str], only: frozenset[str] | None = None) -> int:
    return sum(
        number for reason, number in reasons.items() if (reason not in _UNSEEN if only is None else reason in only)
    )


def _dated(part: Part) -> int:
    return part.stored - part.undated


def _gone(kind: Kind, field: str, so: Callable[[Part], int]) -> Share:
    return Share(kind, "fields", so, lambda part: part.stored, "article", f"have no {field}", _LAYOUT)


SHARES: tuple[Share, ...] = (
    Share(
        "challenge-pages", "pages", lambda part: _rejected(part.rejected, _CHALLENGES), pages, "page",
        "were login, challenge or error pages answered with 200", "the outlet keeps us out, or is out of order: ",
        absolute=True,
    ),
    Share(
        "listing-pages", "pages", lambda part: _rejected(part.rejected, _LISTINGS), pages, "page",
        "were pages of links instead of articles", _LAYOUT, absolute=True,
    ),
    Share(
        "rejections", "pages",
        lambda part: _rejected(part.rejected) - _rejected(part.rejected, _CHALLENGES | _LISTINGS), pages, "page",
        "could not be read as articles", _LAYOUT, absolute=True,
    ),
    _gone("date-gone", "date", lambda part: part.undated),
    _gone("author-gone", "author", lambda part: part.unsigned),
    _gone("section-gone", "section", lambda part: part.unsectioned),
    _gone("title-gone", "title", lambda part: part.untitled),
    Share(
        "dates-equal", "fields", lambda part: max(part.minutes.values(), default=1) - 1,
        lambda part: max(_dated(part) - 1, 0), "further article", "state the same minute of publication",
        "another date of the page is taken for it: ",
    ),
    Share(
        "clock", "fields", lambda part: part.clock_ahead, _dated, "article", "are dated in the future",
        "the outlet's clock or its declared zone is wrong: ",
    ),
)  # fmt: skip


def moved(facts: Facts) -> Finding | None:
    """Sources and pages that lead to another domain."""
    found = _MOVED(facts) or _only_elsewhere(facts)
    if found is None:
        return None
    hosts = sum((part.moved_to for part in recent(facts.parts, _DAY)), Counter[str]())
    if not hosts:
        return found
    host = hosts.most_common(1)[0][0]
    words = f"{found.facts['part']} of {counted(int(found.facts['of']), 'answer')} lead to {host}: it moved: declare "
    return Finding("moved", f"{words}that domain: {check(facts)}", dict(found.facts) | {"host": host})


def _elsewhere(part: Part) -> int:
    return part.moved_to.total()


def _only_elsewhere(facts: Facts) -> Finding | None:
    """Of an outlet that is new: whatever was asked leads elsewhere."""
    seen = lately(facts, _MOVED.count) if facts.parts else Excess(0, 0)
    if not seen.part or seen.part < seen.of or facts.ever_stored:
        return None
    return Finding("moved", "", {"share": 1.0, "of": seen.of, "part": seen.part})


_MOVED = Share(
    "moved", "pages", _elsewhere, lambda part: _elsewhere(part) + pages(part) + part.sources_answered, "answer",
    "lead to another domain", "it moved: ",
)  # fmt: skip
