import gzip
import time
import zlib

import pytest

from crawler.discovery.payload import MAX_SITEMAP_BYTES
from crawler.discovery.result import MAX_CANDIDATES, SourceLink
from tests.crawler.discovery.sources import dates, read, titles, urls

NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)


def urlset(entries: str, attributes: str = NAMESPACES) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {attributes}>{entries}</urlset>'


def many(count: int) -> str:
    entry = "<url><loc>https://contoh.id/berita/{}/beras-naik</loc><lastmod>2026-07-24T10:00:00+07:00</lastmod></url>"
    return urlset("\n".join(entry.format(number) for number in range(count)))


def test_urlset_gives_urls_with_lastmod() -> None:
    entry = "<url><loc> https://contoh.id/berita/7/beras?a=1&amp;b=2 </loc><lastmod>2026-07-24</lastmod></url>"
    (candidate,) = read("sitemap", urlset(entry)).candidates
    assert candidate.url == "https://contoh.id/berita/7/beras?a=1&b=2"
    assert candidate.published is None
    assert candidate.modified is not None
    assert candidate.modified.isoformat() == "2026-07-24T00:00:00+07:00"


def test_news_sitemap_gives_title_and_publication() -> None:
    entry = """<url><loc><![CDATA[https://contoh.id/berita/7/beras]]></loc><news:news><news:publication>
      <news:name>Contoh</news:name></news:publication><news:title><![CDATA[Harga beras & gula]]></news:title>
      <news:publication_date>2026-07-24T16:05:09+07:00</news:publication_date></news:news></url>"""
    reading = read("sitemap", urlset(entry))
    assert titles(reading) == ["Harga beras & gula"]
    assert dates(reading) == ["2026-07-24T16:05:09+07:00"]
    assert reading.candidates[0].published is not None
    assert reading.candidates[0].published.source == "sitemap:publication_date"
    assert reading.candidates[0].published.confidence == "medium"


def test_undeclared_prefixes_are_understood() -> None:
    entry = """<url><loc>https://contoh.id/berita/7/beras</loc><news:news><news:title>Beras</news:title></news:news>
      <image:image><image:loc>https://contoh.id/gambar/7.jpg</image:loc></image:image></url>"""
    reading = read("sitemap", urlset(entry, ""))
    assert urls(reading) == ["https://contoh.id/berita/7/beras"]
    assert titles(reading) == ["Beras"]


def test_pictures_and_videos_are_no_candidates() -> None:
    entry = """<url><image:image><image:loc>https://contoh.id/gambar/7.jpg</image:loc></image:image>
      <loc>https://contoh.id/berita/7/beras</loc></url><url><image:image><image:loc>https://contoh.id/8.jpg</image:loc>
      </image:image></url>"""
    assert urls(read("sitemap", urlset(entry))) == ["https://contoh.id/berita/7/beras"]


def test_index_gives_children_with_lastmod() -> None:
    body = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
      <sitemap><loc>https://contoh.id/peta-1.xml.gz</loc><lastmod>2026-07-24T10:00:00Z</lastmod></sitemap>
      <sitemap><loc>/peta-2.xml</loc></sitemap><sitemap><loc>https://lain.id/peta.xml</loc></sitemap></sitemapindex>"""
    reading = read("sitemap", body)
    assert [child.url for child in reading.children] == [
        "https://contoh.id/peta-1.xml.gz",
        "https://contoh.id/peta-2.xml",
    ]
    assert reading.children[0].lastmod is not None
    assert reading.children[1] == SourceLink("https://contoh.id/peta-2.xml", "sitemap")
    assert reading.candidates == ()


@pytest.mark.parametrize("layers", [0, 1, 2])
def test_gzip_is_told_by_its_bytes(layers: int) -> None:
    body = many(3).encode()
    for _ in range(layers):
        body = gzip.compress(body)
    assert len(read("sitemap", body, url="https://contoh.id/sitemap.xml").candidates) == 3


def test_gzip_of_several_members_is_one_text() -> None:
    body = many(3).encode()
    assert len(read("sitemap", gzip.compress(body[:200]) + gzip.compress(body[200:])).candidates) == 3


def test_cut_gzip_gives_what_came() -> None:
    reading = read("sitemap", gzip.compress(many(2000).encode())[:-1000])
    assert reading.candidates
    assert "gzip data ends early" in (reading.problem or "")


def test_damaged_gzip_gives_what_stands_before() -> None:
    packed = bytearray(gzip.compress(many(3000).encode()))
    packed[len(packed) // 2 : len(packed) // 2 + 50] = bytes(50)
    reading = read("sitemap", bytes(packed))
    assert reading.problem is not None
    assert reading.candidates


def test_gzip_bomb_is_a_problem_and_cheap() -> None:
    packer = zlib.compressobj(wbits=31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(2 * (MAX_SITEMAP_BYTES >> 20))) + packer.flush()
    assert len(bomb) < 200_000
    assert read("sitemap", bomb).problem == "larger than 50 MB when decompressed"


def test_plain_body_over_the_limit_is_a_problem() -> None:
    assert read("sitemap", b" " * (MAX_SITEMAP_BYTES + 1)).problem == "larger than 50 MB"


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE x [<!entity % a SYSTEM "http://127.0.0.1/a.dtd"> %a;]>',
        '<!DOCTYPE x [<!-- <urlset> --><!ENTITY a "<urlset>">]>',
    ],
)
def test_entity_definitions_are_refused(doctype: str) -> None:
    body = doctype + urlset("<url><loc>https://contoh.id/berita/7/&b;</loc></url>").partition("\n")[2]
    reading = read("sitemap", body)
    assert reading.candidates == ()
    assert reading.problem == "it defines XML entities, which are refused"


def test_entities_after_the_root_are_inert() -> None:
    body = urlset('<!DOCTYPE x [<!ENTITY a "b">]><url><loc>https://contoh.id/berita/7/&a;beras</loc></url>')
    assert "b" * 2 not in "".join(urls(read("sitemap", body)))


def test_doctype_without_definitions_is_passed_over() -> None:
    body = '<!DOCTYPE urlset SYSTEM "http://127.0.0.1/tidak-diambil.dtd">' + many(1).partition("\n")[2]
    assert len(read("sitemap", body).candidates) == 1


def test_text_sitemap_has_a_url_a_line() -> None:
    reading = read("sitemap", "https://contoh.id/berita/7/beras\r\nhttps://contoh.id/berita/8/gula\n\nbukan alamat\n")
    assert urls(reading) == ["https://contoh.id/berita/7/beras", "https://contoh.id/berita/8/gula"]


def test_feed_served_as_sitemap_is_read_as_feed() -> None:
    body = (
        "<rss><channel><item><title>Beras</title><link>https://contoh.id/berita/7/beras</link></item></channel></rss>"
    )
    assert titles(read("sitemap", body)) == ["Beras"]


def test_sitemap_served_as_feed_is_read_as_sitemap() -> None:
    assert len(read("feed", many(2)).candidates) == 2


def test_urls_before_a_break_are_kept() -> None:
    reading = read("sitemap", many(100)[:-700])
    assert 85 < len(reading.candidates) < 100
    assert "XML breaks at line" in (reading.problem or "")


def test_sitemap_of_other_sites_urls_is_a_problem() -> None:
    reading = read("sitemap", urlset("<url><loc>https://lain.id/a</loc></url>"))
    assert reading.problem == "all 1 URLs are off the outlet's domains"


def test_full_sitemap_is_cut_at_the_cap_and_says_so() -> None:
    body = many(MAX_CANDIDATES + 1).encode()
    started = time.process_time()
    reading = read("sitemap", body)
    print(f"{MAX_CANDIDATES} URLs, {len(body) >> 20} MB: {time.process_time() - started:.2f} s CPU")
    assert len(reading.candidates) == MAX_CANDIDATES
    assert reading.truncated
    assert "more than 50000 URLs" in (reading.problem or "")
