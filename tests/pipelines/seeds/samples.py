"""Made-up outlets and paragraphs for the seed tests."""

from datetime import UTC, datetime

from core.models import Article
from outlets.schema import Outlet
from pipelines.seeds.document import read_document

NOW = datetime(2026, 7, 24, 10, 30, tzinfo=UTC)


def _outlet(name: str, title: str, domain: str, timezone: str = "Asia/Jakarta") -> Outlet:
    return Outlet(name=name, title=title, site=f"https://{domain}/", domains=(domain,), timezone=timezone)


OUTLETS = (
    _outlet("kabar", "Kabar Online", "kabaronline.id"),
    _outlet("celebes", "Celebes.com", "celebes.com", "Asia/Makassar"),
    _outlet("siaran", "Siaran (Radio Siaran Contoh)", "siaran.co.id"),
)
FIRST = "Warga Desa Contoh menanam seribu bibit bakau di tepi pantai pada hari Selasa (10/9) untuk menahan ombak besar."
SECOND = "Kepala desa berkata, penanaman itu akan diulang setiap awal musim hujan bersama para murid sekolah dasar."
THIRD = "Bibit bakau itu disumbang oleh kelompok tani dari desa tetangga."


def read(text: str | bytes) -> Article:
    content = text if isinstance(text, bytes) else text.encode()
    article = read_document(content, "contoh.txt", OUTLETS, NOW)
    assert isinstance(article, Article)
    return article
