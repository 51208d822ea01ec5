"""The outlets together, and what happens between them."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

from tests.site.article import ARTICLE, Article
from tests.site.makes.bulk import Bulk
from tests.site.makes.cri import SiaranSamudra
from tests.site.makes.faulty import GemaRetak
from tests.site.makes.homepage import PenaMuara
from tests.site.makes.inline import KabarContoh
from tests.site.makes.listing import LintasRantau
from tests.site.makes.multipage import HarianBukit, WartaSelasar
from tests.site.makes.tables import SuluhLama
from tests.site.makes.wordpress import KabarPesisir
from tests.site.newsroom import Clock, Newsroom

PLAIN: Final[tuple[type[Newsroom], ...]] = (
    KabarPesisir, LintasRantau, SiaranSamudra, KabarContoh, WartaSelasar, HarianBukit, SuluhLama, PenaMuara,
)  # fmt: skip
_WIRES: Final = 3  # texts that two outlets share


def names(bulk: int) -> list[str]:
    """The outlets that there will be."""
    return [make.name for make in PLAIN] + [GemaRetak.name] + ([Bulk.name] if bulk else [])


def build(bases: Mapping[str, str], clock: Clock, seed: int, bulk: int, slow: float) -> list[Newsroom]:
    """All outlets, each below its base URL, with wire copies between neighbours."""
    plain = [make(bases[make.name], clock, seed) for make in PLAIN]
    share_wires(plain)
    faulty = GemaRetak(bases[GemaRetak.name], clock, seed, slow)
    faulty.elsewhere = plain[0].base + _articles(plain[0])[0].path
    heavy = [Bulk(bases[Bulk.name], clock, seed, bulk)] if bulk else []
    return [*plain, faulty, *heavy]


def share_wires(newsrooms: Sequence[Newsroom]) -> None:
    """Let an outlet print its neighbour's text under a headline of its own, a little later."""
    for first, second in list(pairwise(newsrooms))[: 2 * _WIRES : 2]:
        original = _articles(first)[len(_articles(first)) // 2]
        copy = next(one for one in _articles(second) if one.published > original.published)
        copy.paragraphs = list(original.paragraphs)
        copy.copy_of = first.base + original.path


def _articles(newsroom: Newsroom) -> list[Article]:
    return [one for one in newsroom.articles if one.kind == ARTICLE]
