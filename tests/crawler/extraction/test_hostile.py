import random
import time

import pytest

from core.models import Page
from crawler.extraction.article import extract, next_page
from tests.crawler.extraction.made_up import NOW, SENTENCES, URL, article, article_html, outlet, paragraphs

STORY = paragraphs().encode()
SLOWEST = 20.0  # CPU seconds; each takes one or two

PAGES = {
    "empty": b"",
    "binary": random.Random(1).randbytes(200_000),
    "deep": b"<div>" * 2_000_000,
    "deep with text": b"<div>" * 1_000 + STORY,
    "deep inline": b"<p>" + b"<b>" * 50_000 + STORY,
    "deep tables": b"<table><tr><td>" * 20_000 + STORY,
    "unclosed": b"<html><body><div class=a><p>kata " * 20_000,
    "huge attribute": b'<div class="' + b"a-" * 3_000_000 + b'">' + STORY,
    "long word": b"<p>" + b"a" * 5_000_000,
    "many links": b"<a href=x>judul berita yang panjang sekali</a>" * 100_000,
    "many headings": b"<h1>judul berita yang panjang</h1>" * 20_000 + STORY,
    "many dates": b"<h1>Judul</h1>" + b"<div class=date>1 Januari 2020</div>" * 50_000 + STORY,
    "many blocks": b"".join(b'<div class="a%d related-%d">%s</div>' % (n, n, STORY[:120]) for n in range(20_000)),
    "open comments": b"<!--" * 500_000,
    "deep json": b'<script type="application/ld+json">' + b"[" * 100_000 + b"</script>" + STORY,
    "long json": b'<script type="application/ld+json">{"@type":"' + b"\\" * 900_000 + b"</script>" + STORY,
    "deep state": b'<script id="__NEXT_DATA__">' + b'{"a":' * 50_000 + b"</script>" + STORY,
    "many metas": b'<meta property="article:published_time" content="x">' * 50_000 + STORY,
    "digits": b"<p>Halaman " + b"1 " * 40 + b"x</p>" + b"1 " * 1_000_000,
    "spaces": b"<p>Komentar" + b" " * 1_000_000 + b"x</p>" + STORY,
    "declaration": b'<?xml version="1.0" encoding="iso-8859-1"?>' + STORY,
}


@pytest.mark.parametrize("body", PAGES.values(), ids=PAGES.keys())
def test_hostile_pages_neither_raise_nor_hang(body: bytes) -> None:
    started = time.process_time()
    page = Page(url=URL, body=body, charset="x-unknown", rest=((body, None),) if len(body) < 300_000 else ())
    extract(page, outlet(next="a"), NOW)
    next_page(page, outlet(next="a"))
    assert time.process_time() - started < SLOWEST


def test_null_bytes_are_dropped() -> None:
    assert article(article_html().encode().replace(b"Warga", b"Wa\0rga")).text.splitlines()[0] == SENTENCES[0]


def test_text_below_hundreds_of_unclosed_elements_is_read() -> None:
    assert article(article_html(text="<font>" * 400 + paragraphs())).text == "\n".join(SENTENCES)
