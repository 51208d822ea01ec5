"""An answer from the web, and the verdict on it. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from core.formatting import format_duration, one_line, shorten
from core.models import Reason
from crawler.outcomes import GONE

OK = 200
_REFUSED = frozenset({401, 403, 429, 451})
_FAILING = range(500, 600)
_FEW_HOURS = timedelta(hours=48)
_LONGEST = 300

_ADVICE = {
    Reason.ROBOTS: "choose what robots.txt allows, or declare the outlet blocked",
    Reason.ROBOTS_UNREACHABLE: "nothing may be asked before robots.txt answers: try again later",
    Reason.OFF_SITE: "declare its new address, and the domain if it is the outlet's own",
    Reason.REDIRECTS: "look with a browser where it leads, and declare that address",
    Reason.TOO_LARGE: "declare a smaller source",
    Reason.WRONG_TYPE: "it is no page, feed or sitemap: declare another address",
    Reason.NETWORK: "try again later; if it stays so, look for the outlet's new address",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking for an address.

    Attributes:
        asked: the address; ``url`` the one that answered, after redirects.
        charset: what the Content-Type header says, if anything.
        valid_until: when the host's certificate ends; ``None`` without https.
        reason: why there is no answer; ``problem`` in words.
    """

    asked: str
    url: str
    status: int | None = None
    body: bytes = b""
    charset: str | None = None
    valid_until: datetime | None = None
    reason: Reason | None = None
    problem: str | None = None

    @property
    def redirected(self) -> str:
        """Where it led to, in words; empty if nowhere else."""
        return "" if self.url == self.asked else f"redirected to {self.url}"


# ``note``: not taken, as happens to single pages everywhere; many of them are a problem.
Verdict = Literal["ok", "note", "problem"]


@dataclass(frozen=True, slots=True)
class Step:
    """What was looked at, the verdict, and in words what it is like; of a problem, what to do about it."""

    verdict: Verdict
    what: str
    words: str

    @property
    def line(self) -> str:
        """For a terminal."""
        return f"{self.verdict:<8} {one_line(self.what)}: {shorten(one_line(self.words), _LONGEST)}"


def describe_failure(answer: Answer, *, advice: bool = True) -> str | None:
    """Why there is nothing to be read, and what to do about a source that gives that; ``None``: there is."""
    if answer.problem is None and answer.status == OK:
        return None
    if answer.problem is None:
        what, then = f"HTTP {answer.status}", _of_status(answer.status or 0)
    elif "certificate" in answer.problem.lower():
        what, then = answer.problem, "its certificate is refused: the outlet must renew it"
    else:
        what, then = answer.problem, _ADVICE.get(answer.reason, "") if answer.reason else ""
    return f"{what}: {then}" if advice and then else what


def format_age(at: datetime, shown: str, now: datetime) -> str:
    """When, and how long ago."""
    age = now - at
    if age < timedelta(0):
        return f"{shown}, in the future"
    return f"{shown}, {format_duration(age) if age < _FEW_HOURS else f'{age.days} days'} ago"


def _of_status(status: int) -> str:
    if status in GONE:
        return "it is not there any more: look on the home page for its new address, or take it out"
    if status in _REFUSED:
        return "the outlet refuses us: does it let a browser in? ask it, or declare it blocked"
    if status in _FAILING:
        return "its server fails: try again later"
    return "no page came with it: look with a browser what it is"
