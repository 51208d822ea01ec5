"""What is said of an article's page: what was found on it and where, or why it is no article. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from cssselect import HTMLTranslator

from core.formatting import counted, long_date, long_time
from core.models import Article, Candidate, Page, Reason, Rejection, Timestamp
from crawler.checking.steps import Answer, Step, no_answer
from crawler.extraction import extract
from crawler.extraction.document import parse
from outlets.schema import Outlet

# These are what they say they are, and no fault of anybody's.
_HARMLESS = frozenset({Reason.VIDEO, Reason.PHOTO})
_ADVICE = {
    Reason.LISTING: "article.url should refuse such addresses",
    Reason.ERROR_PAGE: "look with a browser; if it shows the article there, the outlet refuses us",
    Reason.NO_TEXT: "declare article.body: where the text is",
    Reason.TOO_SHORT: "declare article.body, if there is more text on the page",
    Reason.LANGUAGE: "article.url should refuse such addresses, or the declared language is wrong",
}
# Of so many pages one at least should be an article, strays among them as everywhere.
_FEWEST = 3
_SELECTED = ("title", "date", "author", "body")


def look_at(candidate: Candidate, answer: Answer, outlet: Outlet, now: datetime) -> Step:
    """What an article's page is worth; a page that is not taken for an article is a note.

    Args:
        candidate: what a source says of it.
        answer: to the request for it.
        outlet: whose page it is.
        now: when it came, aware.
    """
    what = f"page {answer.asked}"
    if wrong := no_answer(answer, advice=False):
        return Step("note", what, wrong)
    page = Page(answer.url, answer.body, answer.charset, now, candidate, answer.asked)
    found = extract(page, outlet, now)
    if isinstance(found, Rejection) and found.reason in _HARMLESS:
        return Step("note", what, _rejected(found))
    lost = list(_lost(answer, outlet))
    if isinstance(found, Rejection):
        return Step("problem" if lost else "note", what, "; ".join([_rejected(found), *lost]))
    missing = [name for name, value in (("title", found.title), ("date", found.published)) if not value]
    faults = [f"no {' and no '.join(missing)} found: declare article.{missing[0]}"] if missing else []
    words = "; ".join(filter(None, [*faults, *lost, answer.redirected, *_found(found, outlet)]))
    return Step("problem" if faults or lost else "ok", what, words)


def sum_up(looked: Sequence[Step]) -> Step:
    """The verdict on all the pages together."""
    taken = sum(step.verdict != "note" for step in looked)
    if not looked:
        return Step("problem", "articles", "no source names one that could be looked at")
    words = f"{taken} of {counted(len(looked), 'page')} could be taken"
    if _FEWEST * taken < len(looked):
        advice = "article.url should refuse what are none; if they are articles, declare how they are read"
        return Step("problem", "articles", f"{words}: {advice}")
    return Step("ok", "articles", words)


def _rejected(found: Rejection) -> str:
    detail = f" ({found.detail})" if found.detail else ""
    advice = f": {_ADVICE[found.reason]}" if found.reason in _ADVICE else ""
    return f"rejected as {found.reason}{detail}{advice}"


def _found(article: Article, outlet: Outlet) -> Iterator[str]:
    yield f"{counted(len(article.text.split()), 'word')} of text{_declared(outlet.article.body, 'body')}"
    if article.title:
        yield f"title{_declared(outlet.article.title, 'title')}"
    if article.published:
        yield f"date {_shown(article.published, outlet)} from {article.published.source}"
    if article.authors:
        yield f"by {', '.join(article.authors)}{_declared(outlet.article.author, 'author')}"
    absent = [name for name, value in (("author", article.authors), ("section", article.section)) if not value]
    yield from (f"no {name}" for name in absent)


def _declared(selector: str | None, name: str) -> str:
    return f" (article.{name})" if selector else ""


def _shown(published: Timestamp, outlet: Outlet) -> str:
    at = published.at.astimezone(outlet.zone)
    return long_date(at) if published.precision == "day" else long_time(at, outlet.timezone)


def _lost(answer: Answer, outlet: Outlet) -> Iterator[str]:
    """The declared selectors that find nothing on the page."""
    tree = parse(answer.body, answer.charset)
    for name in _SELECTED:
        selector = getattr(outlet.article, name)
        if selector and tree is not None and not tree.xpath(HTMLTranslator().css_to_xpath(selector, prefix="//")):
            yield f"article.{name} ({selector}) finds nothing on it: the layout changed: declare what holds it now"
