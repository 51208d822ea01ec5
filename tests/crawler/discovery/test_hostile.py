"""Whatever the bytes hold, reading a source gives a value."""

import gzip
import time
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.urls import belongs
from crawler.discovery.home import sitemaps_of_robots
from crawler.discovery.result import SourceKind
from tests.crawler.discovery.sources import OUTLET, read

KINDS: tuple[SourceKind, ...] = get_args(SourceKind)
FRAGMENTS = [
    b"<rss>", b"<channel>", b"<item>", b"<link>", b"</link>", b"<title>", b"</item>", b"<urlset>", b"<url>", b"<loc>",
    b"</loc>", b"</url>", b"<lastmod>", b"<sitemapindex>", b"<sitemap>", b"<html>", b"<body>", b"<a href='", b"'>",
    b"</a>", b"<time datetime='", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"&", b"&nbsp;", b"&#0;", b"&#x110000;",
    b"<?xml", b"<!DOCTYPE x [", b"<!ENTITY", b"<base href='", b"https://contoh.id/berita/7001/x", b"https://[::1",
    b"//", b"%zz",
    b"2026-07-24", b"9999-12-31T23:59:59-23:59", b"0001-01-01T00:00:00+23:59", b"Fri, 32 Foo 99999 25:61 +99999",
    b"1 jam lalu", b"99999999999 tahun lalu", b"d-time='19999999999'", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf",
    b"\x1f\x8b", b"{", b'"items": [', b"null", b"xml:base='http://[", b"xmlns='", b"\xed\xa0\x80",
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@given(st.lists(st.sampled_from(FRAGMENTS) | st.binary(max_size=8), max_size=40).map(b"".join), st.booleans())
def test_no_body_breaks_a_reader(kind: SourceKind, body: bytes, packed: bool) -> None:  # noqa: FBT001 - hypothesis
    reading = read(kind, gzip.compress(body) if packed else body, charset="x-tak-ada")
    assert all(belongs(candidate.url, OUTLET.domains) for candidate in reading.candidates)
    assert all(one.published is None or one.published.at.tzinfo for one in reading.candidates)


@settings(deadline=None)
@given(st.lists(st.sampled_from([b"Sitemap:", b"User-agent:", b"\n", b"\x00", b"http://[", b"/x"]) | st.binary()))
def test_no_robots_breaks_the_reader(parts: list[bytes]) -> None:
    assert isinstance(sitemaps_of_robots(b"".join(parts), "https://contoh.id/robots.txt"), tuple)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "body",
    [
        b"<" * 200_000,
        b"<rss>" + b"<item>" * 50_000,
        b"<rss><channel><item><title>" + b"&amp" * 100_000,
        b"<!--" * 50_000,
        b"<rss>" + b"<![CDATA[" * 50_000,
        b"<rss " + b" ".join(b"xmlns:a%d='u'" % number for number in range(5000)) + b"><item/></rss>",
        b"<html><body>" + b"<div>" * 50_000 + b"<a href='/berita/8001/x'>x</a>",
        b"<html><body>" + b"<a href='/berita/8001/x'>Harga beras naik</a>" * 5000,
        b"<html><body>" + b"<p>teks</p>" * 50_000 + b"<a href='/berita/8001/x'>Harga beras naik</a>",
        b"[" * 200_000,
        b"charset=" + b" " * 100_000 + b"\xff",
        gzip.compress(b"") * 50_000,
        b"<?xml encoding='punycode'?><rss>" + b"-a\xff" * 50_000,
    ],
    ids=[
        "less", "deep", "amp", "comments", "cdata", "namespaces", "divs", "same", "gap", "json", "charset",
        "members", "codec",
    ],
)  # fmt: skip
def test_no_body_costs_more_than_its_size(kind: SourceKind, body: bytes) -> None:
    started = time.process_time()
    read(kind, body)
    assert time.process_time() - started < 5  # each took below 0.5 s; a quadratic one takes minutes
