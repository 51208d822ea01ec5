import pytest

from crawler.extraction.document import clean_text, is_source, parse, select, text_of, to_utf8

TEXT = "“Café” – naïve résumé"
PAGE = f"<html><head>{{meta}}</head><body><p>{TEXT}</p></body></html>"


@pytest.mark.parametrize(
    ("encoding", "header", "meta"),
    [
        ("utf-8", None, ""),
        ("utf-8", "iso-8859-1", '<meta charset="iso-8859-1">'),
        ("cp1252", "iso-8859-1", ""),
        ("cp1252", None, '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">'),
        ("cp1252", "utf-8", '<meta charset="utf-8">'),
        ("cp1252", None, ""),
        ("utf-16", "utf-8", ""),
        ("utf-8-sig", "windows-1252", ""),
    ],
)
def test_charset_comes_out_right_whatever_the_label(encoding: str, header: str | None, meta: str) -> None:
    tree = parse(PAGE.format(meta=meta).encode(encoding), header)
    assert tree is not None
    assert text_of(tree.xpath("//p")[0]) == TEXT


def test_declared_eastern_charset_is_used() -> None:
    body = '<meta charset="gb2312"><p>新闻：王毅会见</p>'.encode("gbk")
    assert "王毅会见" in to_utf8(body).decode()


def test_unknown_charset_name_is_passed_over() -> None:
    assert to_utf8("é".encode("cp1252"), "x-no-such-charset").decode() == "é"


def test_utf8_cut_in_the_middle_of_a_letter_stays_utf8() -> None:
    assert to_utf8("kafé kafé kafé".encode()[:-1]).decode().startswith("kafé kafé kaf")


@pytest.mark.parametrize("body", [b"", b" \n\t", bytes(range(1, 32)) * 50])
def test_no_markup_is_no_tree(body: bytes) -> None:
    assert parse(body) is None


def test_text_is_composed_and_visible_only() -> None:
    assert clean_text(" Kafe\u0301\u00a0 di\u200b \u00adkota\ufeff\n") == "Kafé di kota"


def test_selectors_match_in_document_order() -> None:
    tree = parse(b"<p class=a>satu</p><div><p class=a>dua</p></div>")
    assert tree is not None
    assert [text_of(element) for element in select(tree, "p.a")] == ["satu", "dua"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'\n<?xml version="1.0"?>\n<rss version="2.0"><channel/></rss>', True),
        (b"\xef\xbb\xbf<feed xmlns='http://www.w3.org/2005/Atom'></feed>", True),
        (b"<?xml version='1.0'?><!-- made by hand --><rdf:RDF></rdf:RDF>", True),
        (b'<?xml version="1.0"?><urlset></urlset>', True),
        (b'<?xml version="1.0"?><!DOCTYPE html><html><body><p>feed</p></body></html>', False),
        (b"<p>rss</p>", False),
        (b"", False),
    ],
)
def test_feeds_and_sitemaps_are_told_from_pages(body: bytes, expected: bool) -> None:  # noqa: FBT001 - a table's column
    assert is_source(body) is expected


def test_a_prolog_without_end_costs_no_time() -> None:
    assert not is_source(b"<?" * 500_000)
