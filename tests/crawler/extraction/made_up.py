"""Made-up pages and an outlet for them."""

from datetime import UTC, datetime

from core.models import Article, Candidate, Page, Rejection
from crawler.extraction.article import extract
from outlets.schema import Outlet

NOW = datetime(2026, 8, 1, 12, 0, tzinfo=UTC)
URL = "https://www.kabarcontoh.id/berita/12345/warga-desa-menanam-pohon"
TITLE = "Warga Desa Menanam Seribu Pohon di Lereng Bukit"
SENTENCES = (
    "Warga Desa Sukamaju menanam seribu pohon di lereng bukit pada hari Minggu pagi bersama para pelajar setempat.",
    "Kepala desa mengatakan bahwa penanaman itu bertujuan untuk menahan longsor yang terjadi setiap musim hujan.",
    '"Kami ingin anak-anak kami nanti tidak takut lagi ketika hujan turun dengan deras," kata kepala desa itu.',
    "Bibit pohon diberikan oleh dinas kehutanan kabupaten, sedangkan pupuk dibeli dengan uang dari kas desa.",
)


def outlet(**rules: object) -> Outlet:
    """The made-up outlet with article rules."""
    return Outlet.model_validate(
        {
            "name": "kabarcontoh",
            "title": "Kabar Contoh",
            "site": "https://www.kabarcontoh.id/",
            "domains": ["kabarcontoh.id"],
            "article": rules,
        }
    )


def paragraphs(*texts: str) -> str:
    """The texts as ``<p>`` elements; by default four sentences of one story."""
    return "".join(f"<p>{text}</p>" for text in texts or SENTENCES)


def html(body: str, head: str = "", title: str = f"{TITLE} - Kabar Contoh") -> str:
    """A whole page."""
    return f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


def article_html(inside: str = "", head: str = "", *, text: str | None = None) -> str:
    """An article page: headline, something between headline and text, text."""
    story = paragraphs() if text is None else text
    return html(f'<h1>{TITLE}</h1>{inside}<div class="detail-content">{story}</div>', head)


def read(
    markup: str | bytes, *, url: str = URL, rules: dict[str, object] | None = None, candidate: Candidate | None = None
) -> Article | Rejection:
    """What extraction makes of a page."""
    body = markup.encode() if isinstance(markup, str) else markup
    return extract(Page(url=url, body=body, candidate=candidate), outlet(**rules or {}), NOW)


def article(
    markup: str | bytes, *, url: str = URL, rules: dict[str, object] | None = None, candidate: Candidate | None = None
) -> Article:
    """The article that a page must be."""
    result = read(markup, url=url, rules=rules, candidate=candidate)
    assert isinstance(result, Article), result
    return result


def rejection(markup: str | bytes, *, url: str = URL) -> Rejection:
    """The rejection that a page must meet."""
    result = read(markup, url=url)
    assert isinstance(result, Rejection), result
    return result
