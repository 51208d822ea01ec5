"""Made-up articles with everything that a query can ask for: outlets, authors, sections, languages, days, stories."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from search.aliases import Aliases
from tests.database.made_stories import add_story
from tests.search.articles import JAKARTA, add_article


class Made(NamedTuple):
    outlet: str | None
    published: str | None  # by Jakarta's clock
    title: str | None
    text: str
    section: str | None = None
    authors: tuple[str, ...] = ()
    language: str | None = "id"
    origin: str = "crawl"
    similarity: float | None = None


SHOYGU = "Menteri pertahanan Sergey Shoygu tiba di Beijing."
APART = "Wang satu dua tiga empat lima enam tujuh delapan sembilan sepuluh Lavrov."
# The ids of these are 1, 2, 3 …
PRESS = (
    Made("antara", "2024-09-14T00:00", "Wang Yi Bertemu Lavrov di Moskow", "Menteri luar negeri Tiongkok Wang Yi "
         "bertemu Menteri Luar Negeri Rusia Sergei Lavrov.", "Dunia", ("Eko Satrio",), similarity=0.9),
    Made("antara_daerah", "2024-09-14T23:59", "Gempa Guncang Pesisir Selatan", "BMKG mencatat magnitudo 5,6. Warga "
         "diminta tenang.", "Daerah", ("Siti Aminah", "Eko Prasetyo"), similarity=0.1),
    Made("samudra", "2024-09-15T00:00", "Perdagangan China dan Rusia Naik", "Nilai perdagangan kedua negara naik.",
         "Ekonomi", ("Budi Hartono",), origin="seed", similarity=1.0),
    Made("samudra", "2024-09-30T23:30", "Ekspor Gandum", "Gandum dari Rusia tiba; kapal dari Cina menyusul.",
         "Ekonomi Dunia", ("Rina Eko",), similarity=0.3),
    Made("lentera", "2024-10-01T00:00", "China and Russia Hold Talks", "Foreign ministers met in Moscow.", "World",
         ("John Smith",), "en", similarity=0.5),
    Made("lentera", "2023-12-31T23:00", "KPK Periksa Saksi", "Komisi Pemberantasan Korupsi memeriksa saksi dari DPR.",
         "Politik"),
    Made("lentera", "2024-01-01T00:00", "Komisi Pemberantasan Korupsi Tahan Pejabat", "Penyidik menahan pejabat itu.",
         "Politik", similarity=0.0),
    Made("cakrawala", None, "Lawatan Peking", "Perdana menteri melawat dan berunding tentang kereta api.",
         language="ms", origin="seed", similarity=0.7),
    Made(None, "2024-09-10T08:00", None, "Shoigu dan rekannya berunding di Beijing tentang latihan bersama.",
         origin="seed", similarity=0.8, language=None),
    Made("cakrawala", "2024-09-11T08:00", "Shoygu Tiba", SHOYGU),
    Made("samudra", "2024-09-12T08:00", "Sergey Shoygu Tiba di Beijing", SHOYGU),
    Made("cakrawala", "2024-09-13T08:00", "Diplomasi dan Diplomat", "Para diplomat senior membahas energi."),
    Made("cakrawala", "2024-09-16T08:00", "Jauh", APART),
    Made("cakrawala", "2024-09-17T08:00", "Kabar Lavrov", "Wang hadir dalam pertemuan itu."),
    Made("cakrawala", "2024-09-18T08:00", "Tiga Nama", "Lavrov, Putin, lalu Wang."),
    Made("lentera", "2024-09-19T08:00", "Timnas Menang 2-1", "Pertandingan dimulai pukul 19.30.", "Olahraga",
         ("Maya Dewi",)),
    Made("lentera", "2024-09-20T08:00", "Perserikatan Bangsa-Bangsa Bersidang", "Sidang umum dimulai."),
    Made("lentera", "2024-09-21T08:00", "Sidang PBB", "PBB membahas perang di Ukraina.", "Dunia"),
    Made("samudra", "2024-09-22T08:00", "Situs", "Kunjungi https://aman.example/lapor?x=1 untuk melapor."),
    Made("samudra", "2024-09-23T08:00", "Negeri di Luar", "Di luar, negeri itu tenang. KTT G20 ditutup."),
)  # fmt: skip
ALIASES = Aliases(
    [
        ("Tiongkok", "China", "Cina", "RRT"),
        ("Shoigu", "Shoygu", "Sergei Shoigu"),
        ("PBB", "Perserikatan Bangsa-Bangsa"),
        ("KPK", "Komisi Pemberantasan Korupsi"),
        ("Beijing", "Peking"),
        ("Moskow", "Moscow"),
        ("Rusia", "Russia"),
    ]
)


def add_press(session: Session) -> None:
    """Stores all of ``PRESS``; 10 and 11 are one story, with the number 1."""
    for made in PRESS:
        published = datetime.fromisoformat(made.published).replace(tzinfo=JAKARTA) if made.published else None
        add_article(
            session,
            made.title,
            made.text,
            outlet=made.outlet,
            published_at=published,
            section=made.section,
            authors=list(made.authors),
            language=made.language,
            origin=made.origin,
            seed_similarity=made.similarity,
        )
    add_story(session, [10, 11])
