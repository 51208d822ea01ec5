import pytest

from core.models import Reason
from tests.crawler.extraction.made_up import SENTENCES, TITLE, article_html, html, paragraphs, read, rejection

LINKS = "".join(f'<li><a href="/berita/{n}/x">Judul berita nomor {n} yang cukup panjang</a></li>' for n in range(20))
TEASERS = "".join(
    f'<li><h3><a href="/berita/{n}/x">Judul berita nomor {n} panjang</a></h3><p>{SENTENCES[0]}</p></li>'
    for n in range(9)
)


@pytest.mark.parametrize(
    ("page", "url"),
    [
        (html(f"<ul>{LINKS}</ul>", title="Berita"), "https://www.kabarcontoh.id/daerah"),
        (html(f"<ul>{LINKS}</ul>", '<meta property="og:type" content="article">'), "https://www.kabarcontoh.id/"),
        (html(f"<h1>Indeks Berita</h1><ul>{LINKS}</ul>", title="Indeks Berita"), ""),
        (html(f"{paragraphs()}<ul>{LINKS}</ul>", title="Topik Pohon"), "https://www.kabarcontoh.id/tag/pohon"),
        (html(f"<ul>{TEASERS}</ul>", title="Daerah"), ""),
    ],
)
def test_pages_of_links_are_listings(page: str, url: str) -> None:
    assert rejection(page, url=url).reason is Reason.LISTING


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("404 Not Found", "Halaman tidak ditemukan"),
        ("Just a moment...", "Checking your browser before accessing the site, which takes a few seconds only."),
        ("Kabar Contoh", "Maaf, halaman yang Anda cari tidak ditemukan atau sudah dihapus oleh redaksi kami."),
        ("Login", "Silakan masuk dengan akun Anda untuk membaca berita ini sampai selesai, gratis."),
        ("Access Denied", "You don't have permission to access this page on this server right now."),
    ],
)
def test_error_pages_answered_as_found_are_seen(title: str, said: str) -> None:
    assert rejection(html(f"<h1>{title}</h1><p>{said}</p>", title=title)).reason is Reason.ERROR_PAGE


def rejection_reason(page: str, url: str = "https://www.kabarcontoh.id/berita/1/x") -> Reason | None:
    return getattr(read(page, url=url), "reason", None)


def test_long_article_about_an_error_is_an_article() -> None:
    about = [f"Halaman tidak ditemukan, kata warga nomor {n}. {SENTENCES[1]}" for n in range(6)]
    assert rejection_reason(article_html(text=paragraphs(*about))) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://www.kabarcontoh.id/index.php/beritalengkap/Ab3dEf9h",
        "https://www.kabarcontoh.id/?p=12345",
        "https://www.kabarcontoh.id/index.php?id=12345",
        "https://www.kabarcontoh.id/topik/12345/warga-menanam-pohon",
        "https://www.kabarcontoh.id/indeks-harga-saham-naik",
    ],
)
def test_addresses_that_only_look_like_listings(url: str) -> None:
    page = article_html().replace("</body>", f"<ul>{LINKS}</ul></body>")
    assert rejection_reason(page, url) is None


@pytest.mark.parametrize(
    "title",
    [
        "Masuk Musim Hujan, Warga Diminta Waspada",
        "Daftar Harga Cabai Hari Ini",
        "Foto Bupati di Pasar Ramai Dibicarakan",
    ],
)
def test_headlines_with_treacherous_words_are_articles(title: str) -> None:
    page = article_html().replace(TITLE, title)
    assert rejection_reason(page) is None


def test_picture_with_caption_is_a_photo_page() -> None:
    page = html(f"<h1>FOTO: {TITLE}</h1><div>{paragraphs(*SENTENCES[:2])}</div>", title=f"FOTO: {TITLE}")
    found = rejection(page)
    assert found.reason is Reason.PHOTO
    assert found.title == f"FOTO: {TITLE}"
    assert found.text == "\n".join(SENTENCES[:2])


def test_article_with_a_photo_address_and_real_text_is_kept() -> None:
    page = article_html(text=paragraphs(*SENTENCES, *(f"{n}. {SENTENCES[2]}" for n in range(4))))
    assert rejection_reason(page, "https://www.kabarcontoh.id/foto/1/x") is None


def test_video_stub_is_a_video() -> None:
    head = '<meta property="og:type" content="video.other">'
    assert rejection(article_html(head=head, text=paragraphs(*SENTENCES[:2]))).reason is Reason.VIDEO


def test_article_that_carries_a_video_is_kept() -> None:
    head = """<script type="application/ld+json">[{"@type":"VideoObject"},{"@type":"NewsArticle"}]</script>"""
    assert rejection_reason(article_html(head=head)) is None


def test_page_without_text_says_so() -> None:
    assert rejection(html(f"<h1>{TITLE}</h1>")).reason is Reason.NO_TEXT


def test_stub_is_too_short() -> None:
    found = rejection(article_html(text=paragraphs(SENTENCES[0])))
    assert (found.reason, found.title) == (Reason.TOO_SHORT, TITLE)


def test_characters_without_letters_are_no_text() -> None:
    assert rejection(article_html(text=paragraphs("1.234 5.678 " * 60))).reason is Reason.TOO_SHORT


@pytest.mark.parametrize(
    "story",
    [
        (
            "The villagers planted a thousand trees on the hillside on Sunday morning together with the pupils.",
            "The village head said that the planting would prevent the landslides that come every rainy season.",
            "The seedlings were given by the forestry office, and the fertiliser was paid for by the village.",
        ),
        (
            "Kerajaan mengumumkan bahawa syarikat itu akan membina kilang baharu di pinggir bandar kerana permintaan.",
            "Setiausaha kementerian berkata projek itu ialah usaha bagi meningkatkan kualiti hidup penduduk.",
            "Polis turut mengawal lalu lintas semasa mesyuarat itu diadakan pada hari Jumaat di pejabat daerah.",
        ),
    ],
)
def test_other_languages_are_refused_for_an_indonesian_outlet(story: tuple[str, ...]) -> None:
    assert rejection(article_html(text=paragraphs(*story))).reason is Reason.LANGUAGE
