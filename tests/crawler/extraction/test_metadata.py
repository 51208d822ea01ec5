import pytest

from core.models import Candidate
from tests.crawler.extraction.made_up import TITLE, URL, article, article_html, html, paragraphs

STORY = f'<div class="detail-content">{paragraphs()}</div>'


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", f"<h1>{TITLE}</h1>"),
        (f'<meta property="og:title" content="{TITLE[:25]}...">', f"<h1>{TITLE}</h1>"),
        (f'<meta property="og:title" content="{TITLE} - Kabar Contoh">', "<h1>Kabar Contoh</h1>"),
        (
            f'<meta property="og:title" content="{TITLE} | kabarcontoh.id">',
            f'<h1><a href="/">Logo</a></h1><h2>{TITLE}</h2>',
        ),
        ("", f'<div class="judul">{TITLE}</div>'),
        ("", ""),
    ],
)
def test_title_is_the_headline_without_the_site(head: str, body: str) -> None:
    assert article(html(body + STORY, head)).title == TITLE


def test_title_is_the_first_heading_where_only_the_site_is_stated() -> None:
    page = html(f'<h3><a href="/">Kabar Contoh hari ini</a></h3><h2>{TITLE}</h2>{STORY}', title="Kabar Contoh")
    assert article(page).title == TITLE


def test_title_that_the_source_gave_finds_the_headline() -> None:
    page = html(f"<b>{TITLE}</b>{STORY}", title="Berita - Kabar Contoh")
    assert article(page, candidate=Candidate(URL, title=TITLE)).title == TITLE


def test_labels_above_the_dateline_are_not_text() -> None:
    story = "<p>Internasional</p><p>Budi Santoso</p>" + paragraphs().replace("<p>", "<p>MOSKOW, KABARCONTOH.ID - ", 1)
    found = article(article_html(text=story))
    assert found.dateline == "MOSKOW, KABARCONTOH.ID"
    assert found.text.startswith("Warga Desa")


def test_entities_in_titles_are_resolved() -> None:
    page = html(f"<h1>Tom &amp; Siti: &quot;Kami Siap&quot;</h1>{STORY}", title="Tom &amp; Siti: &quot;Kami Siap&quot;")
    assert article(page).title == 'Tom & Siti: "Kami Siap"'


def test_declared_title_wins() -> None:
    page = article_html('<div class="besar">Judul yang Dinyatakan</div>')
    assert article(page, rules={"title": ".besar"}).title == "Judul yang Dinyatakan"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ('<script type="application/ld+json">{"@type":"NewsArticle","author":{"name":"Budi Santoso"}}</script>', ""),
        ('<meta name="author" content="Budi Santoso">', ""),
        ('<meta name="author" content="Redaksi">', '<div class="author">Oleh: Budi Santoso</div>'),
        ("", "<p>Penulis : Budi Santoso</p>"),
        (
            '<meta property="article:author" content="https://www.facebook.com/x">',
            '<span class="penulis">Budi Santoso</span>',
        ),
    ],
)
def test_authors_are_names_without_roles(head: str, body: str) -> None:
    assert article(article_html(body, head)).authors == ["Budi Santoso"]


def test_declared_author_is_used() -> None:
    page = article_html('<em class="oleh">Pewarta: Siti Aminah</em>', '<meta name="author" content="Budi">')
    assert article(page, rules={"author": ".oleh"}).authors == ["Siti Aminah"]


def test_other_facts_are_read() -> None:
    head = """
    <meta property="og:description" content="Ringkasan &amp; isi"><meta property="article:section" content="Daerah">
    <meta name="keywords" content="desa, pohon, desa"><meta property="og:image" content="/foto/1.jpg">
    <link rel="canonical" href="/berita/12345/warga">
    """
    found = article(article_html(head=head))
    assert (found.summary, found.section, found.tags) == ("Ringkasan & isi", "Daerah", ["desa", "pohon"])
    assert found.image_url == "https://www.kabarcontoh.id/foto/1.jpg"
    assert found.canonical_url == "https://www.kabarcontoh.id/berita/12345/warga"
    assert found.url == URL


@pytest.mark.parametrize("address", ["javascript:void(0)", "http://[", "", "mailto:a@b.id"])
def test_addresses_that_are_none_are_unknown(address: str) -> None:
    assert article(article_html(head=f'<link rel="canonical" href="{address}">')).canonical_url is None


def test_dateline_and_credit_are_fields() -> None:
    first, *rest = paragraphs().split("</p>", 1)
    story = f"{first.replace('<p>', '<p>SUKAMAJU, KABARCONTOH.ID - ')}</p>{rest[0]}<p>Sumber: Dinas Kehutanan</p>"
    found = article(article_html(text=story))
    assert (found.dateline, found.credit) == ("SUKAMAJU, KABARCONTOH.ID", "Dinas Kehutanan")
    assert found.text.startswith("Warga Desa")
    assert "Sumber" not in found.text


def test_dateline_in_a_paragraph_of_its_own_is_split_off() -> None:
    found = article(article_html(text=f"<p><strong>Jakarta, CNN Indonesia</strong> --</p>{paragraphs()}"))
    assert found.dateline == "Jakarta, CNN Indonesia"
    assert found.text.startswith("Warga Desa")


def test_bold_dateline_without_a_dash_is_split_off() -> None:
    story = paragraphs().replace("<p>", "<p><b>Kabarcontoh.id, Jakarta</b> ", 1)
    found = article(article_html(text=story))
    assert found.dateline == "Kabarcontoh.id, Jakarta"
    assert found.text.startswith("Warga Desa")


def test_language_is_judged_on_the_text() -> None:
    assert article(article_html()).language == "id"
