"""What made-up outlets printed in a fortnight: stories with copies, and what nobody copied."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from core.models import Article, Timestamp
from outlets.schema import Outlet
from tests.site.words import Writer

# Sunday, 09.00 in Jakarta.
NOW = datetime(2024, 9, 15, 2, tzinfo=UTC)
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
# The day on which most stories began, 00.00 in Jakarta.
SATURDAY = datetime(2024, 9, 13, 17, tzinfo=UTC)
_SECTIONS = ("Nasional", "Ekonomi", "Daerah", "Lingkungan")
_WRITERS = ("Rini Wulandari", "Bagas Prakoso", "Maria Lende", "Togar Sihite")


def _outlet(name: str, title: str, **values: Any) -> Outlet:
    domain = f"{name.replace('_', '-')}.example"
    return Outlet(name=name, title=title, site=f"https://{domain}/", domains=(domain,), **values)


OUTLETS = {
    outlet.name: outlet
    for outlet in (
        _outlet("samudra", "Kabar Samudra", city="Jakarta", kind="news site", status="active"),
        _outlet("lentera", "Lentera Pagi", city="Bandung", kind="newspaper", status="active"),
        _outlet("cakrawala", "Cakrawala Timur", city="Makassar", timezone="Asia/Makassar", status="active"),
        _outlet("pena_muara", "Pena Muara", city="Jayapura", timezone="Asia/Jayapura"),
        _outlet("suluh", "Suluh Lama", status="blocked", note="answers 403 to everybody since August"),
        _outlet("hampa", "Hampa", note="declared, never crawled"),
        _outlet("jahat", "<script>alert('outlet')</script>", note="\"><img src=x onerror=alert('note')>"),
    )
}

VISIT = (
    "Menteri Pertahanan Rusia tiba di Beijing pada Sabtu pagi untuk memulai kunjungan resmi selama tiga hari.",
    "Ia disambut oleh Menteri Pertahanan Tiongkok di bandara militer, lalu keduanya memeriksa barisan kehormatan.",
    "Menurut kementerian, pembicaraan akan mencakup latihan bersama di laut, pertukaran perwira, dan keamanan kawasan.",
    "Moskow menyatakan bahwa kedua negara ingin memperdalam kemitraan strategis tanpa menargetkan pihak ketiga.",
    "Sekitar 40 perwira dari kedua pihak mengikuti sidang tertutup yang dijadwalkan selesai pada hari Minggu malam.",
    "Seorang pengamat di Jakarta menilai kunjungan itu penting menjelang pertemuan puncak pada bulan Oktober.",
)
GRAIN = (
    "Kapal pertama yang mengangkut gandum dari Rusia merapat di pelabuhan utama pada Jumat malam.",
    "Menteri Perdagangan mengatakan 60.000 ton gandum itu akan dibagikan kepada pabrik tepung di empat provinsi.",
    "Harga tepung di pasar induk belum berubah, tetapi pedagang berharap pasokan baru menahan kenaikan.",
    "Petugas karantina mengambil contoh dari setiap palka sebelum bongkar muat dimulai pada dini hari.",
    "Pengiriman kedua dijadwalkan tiba akhir bulan ini bila cuaca di Laut Hitam memungkinkan.",
)
_TRADE = (
    "Nilai perdagangan Tiongkok dan Rusia naik 7,5 persen pada paruh pertama tahun ini, kata bea cukai di Beijing.",
    "Ekspor gas lewat pipa menyumbang sebagian besar kenaikan, diikuti oleh mobil dan mesin dari pabrik Tiongkok.",
    "Wakil Perdana Menteri menyebut penyelesaian dalam mata uang sendiri kini mencapai sembilan puluh persen.",
    "Para analis mengingatkan bahwa bank-bank di kedua negara masih berhati-hati karena ancaman sanksi.",
)


@dataclass(frozen=True)
class Printed:
    """A page of an outlet; ``at`` is when it came out."""

    outlet: str
    slug: str
    title: str
    paragraphs: Sequence[str]
    at: datetime | None
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Its address."""
        return f"{OUTLETS[self.outlet].site}{(self.at or SATURDAY):%Y/%m/%d}/{self.slug}"

    def article(self) -> Article:
        """What its page says."""
        zone = OUTLETS[self.outlet].zone
        at = self.at and self.at.astimezone(zone)
        published = at and Timestamp(at, at.isoformat(), "json-ld:datePublished", "minute")
        given = {"published": published, "language": "id", "timezone": zone.key, "canonical_url": self.url}
        return Article(self.url, self.outlet, self.title, "\n".join(self.paragraphs), **given | self.fields)


def pages() -> list[Printed]:
    """Everything that was crawled, in the order of publication, undated last."""
    told = [*_stories(), *_others()]
    return sorted(told, key=lambda page: page.at or NOW)


def _stories() -> Iterator[Printed]:
    """A visit told by four outlets, grain by three, trade by two."""
    dunia = {"section": "Dunia", "tags": ["Rusia", "Tiongkok"], "authors": ["Rini Wulandari"]}
    visit, edited = list(VISIT), [one.replace("40 perwira", "60 perwira") for one in VISIT[:5]]
    own = "Redaksi mencatat bahwa kunjungan serupa terakhir kali berlangsung pada musim semi dua tahun yang lalu."
    ten = SATURDAY + 10 * HOUR
    yield Printed("samudra", "menhan-rusia-di-beijing", "Menteri Pertahanan Rusia Tiba di Beijing", visit, ten,
                  fields={**dunia, "dateline": "Beijing, Kabar Samudra", "credit": "Antara"})  # fmt: skip
    yield Printed("lentera", "menteri-pertahanan-rusia", "Menhan Rusia Mulai Kunjungan Tiga Hari di Beijing", visit,
                  ten + 80 * MINUTE, fields={"section": "Internasional", "authors": ["Bagas Prakoso"]})  # fmt: skip
    yield Printed("cakrawala", "rusia-tiongkok", "Rusia dan Tiongkok Bahas Latihan Laut", [*edited, own],
                  ten + 7 * HOUR, fields={"section": "Dunia", "authors": ["Maria Lende", "Togar Sihite"]})  # fmt: skip
    yield Printed("lentera", "arsip/menhan", "Arsip: Kunjungan Menteri Pertahanan Rusia", visit[:4], None)
    midnight = SATURDAY + 22 * HOUR  # in Jayapura
    day = Timestamp(midnight, "15 September 2024", "css:.tanggal", "day", "medium")
    yield Printed("pena_muara", "menhan", "Tamu dari Moskow Disambut Barisan Kehormatan", visit, midnight,
                  fields={"published": day, "section": "Dunia"})  # fmt: skip
    grain = {"section": "Ekonomi", "tags": ["gandum", "impor"]}
    friday = SATURDAY - 4 * HOUR
    yield Printed("cakrawala", "gandum", "Gandum Rusia Tiba di Pelabuhan", GRAIN, friday, fields=grain)
    yield Printed("samudra", "gandum-rusia", "60.000 Ton Gandum Rusia Dibongkar", GRAIN, friday + 12 * MINUTE,
                  fields={**grain, "authors": ["Bagas Prakoso"]})  # fmt: skip
    yield Printed("pena_muara", "gandum-tiba", "Kapal Gandum Merapat, Harga Tepung Ditunggu", GRAIN[:4],
                  friday + 26 * HOUR, fields={"section": "Bisnis"})  # fmt: skip
    yield Printed("lentera", "dagang", "Dagang Tiongkok-Rusia Naik 7,5 Persen", _TRADE, SATURDAY - 5 * DAY,
                  fields={"section": "Ekonomi", "authors": ["Rini Wulandari"]})  # fmt: skip
    yield Printed("samudra", "dagang-tiongkok", "Perdagangan dengan Rusia Naik, Kata Bea Cukai Tiongkok", _TRADE,
                  SATURDAY - 5 * DAY + 31 * HOUR, fields={"section": "Ekonomi"})  # fmt: skip


def _others() -> Iterator[Printed]:
    """Fifty-two articles that nobody copied, some every day."""
    names = ("samudra", "lentera", "samudra", "cakrawala")
    for number in range(52):
        outlet, writer = names[number % len(names)], Writer(f"web-{number}")
        at = SATURDAY - 13 * DAY + number * 6.6 * HOUR
        fields: dict[str, Any] = {"section": _SECTIONS[number % 4], "tags": [writer["kota"]]}
        fields |= {"authors": [_WRITERS[number % 3]]} if number % 5 else {}
        title = writer.title()
        yield Printed(outlet, f"berita-{number}", title, writer.paragraphs(4 + number % 5), at, fields=fields)
