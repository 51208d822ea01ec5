"""The outlets together, and what happens between them."""

from collections.abc import Mapping
from typing import Final

from tests.site.article import ARTICLE
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
from tests.site.wires import print_bulletins, share_wires

PLAIN: Final[tuple[type[Newsroom], ...]] = (
    KabarPesisir, LintasRantau, SiaranSamudra, KabarContoh, WartaSelasar, HarianBukit, SuluhLama, PenaMuara,
)  # fmt: skip


def names(bulk: int) -> list[str]:
    """The outlets that there will be."""
    return [make.name for make in PLAIN] + [GemaRetak.name] + ([Bulk.name] if bulk else [])


def build(bases: Mapping[str, str], clock: Clock, seed: int, bulk: int, slow: float) -> list[Newsroom]:
    """All outlets, each below its base URL, with copies of each other's texts between them."""
    plain = [make(bases[make.name], clock, seed) for make in PLAIN]
    rooms = {room.name: room for room in plain}
    share_wires(rooms)
    print_bulletins(rooms)
    faulty = GemaRetak(bases[GemaRetak.name], clock, seed, slow)
    faulty.elsewhere = plain[0].base + next(one.path for one in plain[0].articles if one.kind == ARTICLE)
    heavy = [Bulk(bases[Bulk.name], clock, seed, bulk)] if bulk else []
    return [*plain, faulty, *heavy]
