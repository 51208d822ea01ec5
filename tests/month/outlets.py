"""The month's twelve outlets: makes of the test site, with other names and a rhythm of their own."""

from typing import Final

from tests.month.monthly import Monthly
from tests.site.makes.cri import SiaranSamudra
from tests.site.makes.homepage import PenaMuara
from tests.site.makes.inline import KabarContoh
from tests.site.makes.listing import LintasRantau
from tests.site.makes.tables import SuluhLama
from tests.site.makes.wordpress import KabarPesisir


class _HomePage(PenaMuara, Monthly):
    """Pena Muara without its closed paths and the delay that its robots.txt asks for: a month has many rounds."""

    def populate(self) -> None:
        Monthly.populate(self)

    def robots(self) -> str:
        return f"User-agent: *\nDisallow: /private/\nSitemap: {self.base}/peta-situs.xml\n"


class KabarHulu(KabarPesisir, Monthly):
    name, title, rate = "kabar_hulu", "Kabar Hulu", 6


class LintasBukit(LintasRantau, Monthly):
    name, title, rate = "lintas_bukit", "Lintas Bukit", 5


class SiaranTeluk(SiaranSamudra, Monthly):
    name, title, rate = "siaran_teluk", "Siaran Teluk", 4


class PenaDanau(_HomePage):
    name, title, rate = "pena_danau", "Pena Danau", 4


class SuluhDesa(SuluhLama, Monthly):
    name, title, rate = "suluh_desa", "Suluh Desa", 3


class KabarLereng(KabarPesisir, Monthly):
    name, title, rate, steady = "kabar_lereng", "Kabar Lereng", 48, True


class SuluhTanjung(SuluhLama, Monthly):
    name, title, rate = "suluh_tanjung", "Suluh Tanjung", 10


class TintaMuara(_HomePage):
    name, title, rate = "tinta_muara", "Tinta Muara", 8


class LintasBenua(LintasRantau, Monthly):
    name, title, rate = "lintas_benua", "Lintas Benua", 7


class KabarKemarau(KabarContoh, Monthly):
    name, title, rate = "kabar_kemarau", "Kabar Kemarau", 10


class LintasSelat(LintasRantau, Monthly):
    name, title, rate = "lintas_selat", "Lintas Selat", 5


class KabarRimba(KabarContoh, Monthly):
    name, title, rate = "kabar_rimba", "Kabar Rimba", 6


OUTLETS: Final[tuple[type[Monthly], ...]] = (
    KabarHulu, LintasBukit, SiaranTeluk, PenaDanau, SuluhDesa,
    KabarLereng, SuluhTanjung, TintaMuara, LintasBenua, KabarKemarau, LintasSelat, KabarRimba,
)  # fmt: skip
