"""What outlets print of each other's texts: copies as desks make them, and bulletins that only look like copies.

A copy keeps its outlet's own headline, dateline, credit and furniture ("Baca juga" between the paragraphs where its
make has it); what is done to the text is told here.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from tests.site.article import ARTICLE, Article
from tests.site.newsroom import Newsroom
from tests.site.words import Writer

Change = Callable[[list[str], Writer], list[str]]
_RECENT: Final = timedelta(days=5)  # within the days that a first crawl looks back


def whole(texts: list[str], _: Writer) -> list[str]:
    """The text as it is."""
    return list(texts)


def shortened(texts: list[str], _: Writer) -> list[str]:
    """Without its last third."""
    return texts[: -(len(texts) // 3)]


def without_lead(texts: list[str], _: Writer) -> list[str]:
    """Without its first third."""
    return texts[len(texts) // 3 :]


def first_half(texts: list[str], _: Writer) -> list[str]:
    """Its first half."""
    return texts[: (len(texts) + 1) // 2]


def second_half(texts: list[str], _: Writer) -> list[str]:
    """Its second half, which has nothing in common with the first."""
    return texts[(len(texts) + 1) // 2 :]


def extended(texts: list[str], writer: Writer) -> list[str]:
    """With a paragraph of one's own before its end."""
    return [*texts[:-1], writer.paragraph(2), texts[-1]]


def edited(texts: list[str], writer: Writer) -> list[str]:
    """With a new first sentence, and without its last paragraph."""
    return [f"{writer.sentence()} {texts[0]}", *texts[1:-1]]


_EXACT: Final = (
    ("kabar_pesisir", "lintas_rantau"),
    ("siaran_samudra", "kabar_contoh"),
    ("warta_selasar", "harian_bukit"),
)
# Who had it first, and who printed what of it.
_NEAR: Final[tuple[tuple[str, Mapping[str, Change]], ...]] = (
    (
        "kabar_pesisir",
        {"kabar_contoh": shortened, "pena_muara": extended, "suluh_lama": without_lead, "harian_bukit": whole},
    ),
    ("lintas_rantau", {"siaran_samudra": edited, "warta_selasar": extended}),
    ("pena_muara", {"kabar_contoh": first_half, "lintas_rantau": second_half}),  # only the whole joins the halves
    ("warta_selasar", {"kabar_pesisir": whole, "siaran_samudra": first_half}),
)
_BULLETINS: Final = ("suluh_lama", "lintas_rantau", "harian_bukit")  # print the same table with other numbers


def share_wires(newsrooms: Mapping[str, Newsroom]) -> None:
    """Let outlets print their neighbours' texts, each a little later than the one before it."""
    for first, second in _EXACT:
        origin = _middle(newsrooms[first])
        _print(newsrooms[first], origin, newsrooms[second], whole)
    for name, copies in _NEAR:
        origin = _recent(newsrooms[name])
        for other, change in copies.items():
            _print(newsrooms[name], origin, newsrooms[other], change)


def print_bulletins(newsrooms: Mapping[str, Newsroom]) -> None:
    """Let some outlets print market bulletins day after day: one form of words, other numbers."""
    for name in _BULLETINS:
        room = newsrooms[name]
        for article in [one for one in _free(room) if room.clock.now - one.published < _RECENT][:3]:
            article.paragraphs = room.writer.bulletin()


def _print(first: Newsroom, origin: Article, second: Newsroom, change: Change) -> None:
    """The other outlet's next article, if it has one, gets the text, changed."""
    copy = next((one for one in _free(second) if one.published > origin.published), None)
    if copy is None:
        return
    copy.paragraphs = change(origin.paragraphs, second.writer)
    origin.story = copy.story = first.base + origin.path
    copy.copy_of = origin.story if change is whole else None


def _middle(newsroom: Newsroom) -> Article:
    stock = [one for one in newsroom.articles if one.kind == ARTICLE]
    return stock[len(stock) // 2]


def _recent(newsroom: Newsroom) -> Article:
    """The longest of the oldest articles that a first crawl stores: half of it is still an article."""
    since = newsroom.clock.now - _RECENT
    oldest = [one for one in _free(newsroom) if one.published > since][:4]
    return max(oldest, key=lambda one: len(one.paragraphs))


def _free(newsroom: Newsroom) -> list[Article]:
    return [one for one in newsroom.articles if one.kind == ARTICLE and one.story is None]
