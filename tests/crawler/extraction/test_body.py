import pytest

from tests.crawler.extraction.made_up import SENTENCES, TITLE, article, article_html, html, paragraphs

TEXT = "\n".join(SENTENCES)
LINK = '<a href="/berita/9/harga-beras">Harga Beras Turun di Pasar Induk</a>'


@pytest.mark.parametrize(
    "block",
    [
        f'<div class="baca-juga">Baca juga: {LINK}</div>',
        f"<p>Baca juga: {LINK}</p>",
        f"<p><strong>BACA JUGA:</strong> {LINK}</p>",
        f"<p><b>Baca Juga:</b></p><ul><li>{LINK}</li><li>{LINK}</li></ul>",
        f'<div class="related-posts"><h3>Lain</h3>{LINK} dan cerita pendek tentang sawah</div>',
        f"<h3>Berita Terkait</h3><ul><li>{LINK}</li><li>Panen raya di desa seberang</li></ul>",
        '<div class="share-buttons">Bagikan <a href="#">Facebook</a></div>',
        '<ul class="tag-list"><li>desa</li><li>pohon</li></ul>',
        "<figure><img src=x><figcaption>Warga menanam pohon</figcaption></figure>",
        '<div class="photo-caption">Warga menanam pohon</div>',
        '<div class="ads-box">Pasang iklan di sini sekarang juga</div>',
        "<aside>Ringkasan berita untuk pembaca</aside>",
        '<div class="newsletter">Daftar buletin kami hari ini</div>',
        "<p>[Gambas:Video Contoh]</p>",
        "<p>ADVERTISEMENT</p><p>SCROLL TO CONTINUE WITH CONTENT</p>",
        "<p>Halaman selanjutnya</p>",
        "<p>Copyright © Kabar Contoh 2026</p>",
        "<script>var teks = 'bukan isi';</script><style>p {color: red}</style>",
        '<blockquote class="twitter-tweet">Cuitan seseorang tentang pohon</blockquote>',
        f"<p>{LINK}</p>",
        '<div role="navigation">Beranda Nasional Daerah</div>',
    ],
)
def test_furniture_inside_the_text_is_removed(block: str) -> None:
    first, *rest = SENTENCES
    assert article(article_html(text=paragraphs(first) + block + paragraphs(*rest))).text == TEXT


def test_prompt_inside_a_paragraph_is_removed() -> None:
    first, *rest = SENTENCES
    story = f"<p>{first} <strong>Baca juga:</strong> {LINK}</p>{paragraphs(*rest)}"
    assert article(article_html(text=story)).text == TEXT


def test_links_inside_sentences_keep_their_words() -> None:
    story = paragraphs().replace("Sukamaju", '<a class="tag" href="/tag/sukamaju">Sukamaju</a>')
    assert article(article_html(text=story)).text == TEXT


def test_text_between_line_breaks_is_paragraphs() -> None:
    cell = "<br><br>\n".join(SENTENCES)
    page = html(f"<table><tr><td>menu</td><td><font size=2>{cell}</font></td></tr></table><b>{TITLE}</b>")
    assert article(page).text == TEXT


def test_misnamed_block_with_most_of_the_text_stays() -> None:
    assert article(html(f'<h1>{TITLE}</h1><div class="related-wrapper">{paragraphs()}</div>')).text == TEXT


def test_text_in_many_misnamed_blocks_stays() -> None:
    blocks = "".join(f'<div class="builder-widget text-editor">{paragraphs(text)}</div>' for text in SENTENCES)
    assert article(html(f'<h1>{TITLE}</h1><div class="entry-content">{blocks}</div>')).text == TEXT


def test_declared_container_and_furniture_come_first() -> None:
    declared = f"<section id=isi>{paragraphs()}<p class=x>X</p></section>"
    page = html(f"<h1>{TITLE}</h1><div>{paragraphs(*SENTENCES * 2)}</div>{declared}")
    assert article(page, rules={"body": "#isi", "furniture": ["p.x"]}).text == TEXT


def test_marked_article_body_is_the_container() -> None:
    page = html(
        f"<h1>{TITLE}</h1><div>{paragraphs(*reversed(SENTENCES))}</div><div itemprop=articleBody>{paragraphs()}</div>"
    )
    assert article(page).text == TEXT


def test_teaser_lists_do_not_outweigh_the_text() -> None:
    teaser = f"<li><h4>{LINK}</h4><p>{SENTENCES[0]}</p></li>"
    page = html(f"<h1>{TITLE}</h1><article>{paragraphs()}</article><section><ul>{teaser * 12}</ul></section>")
    assert article(page).text == TEXT


def test_pages_of_an_article_on_one_page_are_joined() -> None:
    pages = "".join(f'<div class="article-page">{paragraphs(text)}</div>' for text in SENTENCES)
    assert article(html(f'<h1>{TITLE}</h1><div class="article-content">{pages}</div>')).text == TEXT


def test_title_and_date_line_are_not_text() -> None:
    story = f"<p>{TITLE}</p><p>Sabtu, 1 Agustus 2026 | 10:00 WIB</p>{paragraphs()}"
    assert article(article_html(text=story)).text == TEXT


def test_text_is_normalised() -> None:
    story = paragraphs().replace("Desa Sukamaju", "Desa\u00a0Suka\u200bmaju")
    assert article(article_html(text=story)).text == TEXT
