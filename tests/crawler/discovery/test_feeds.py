import json
from datetime import timedelta

import pytest

from tests.crawler.discovery.sources import dates, outlet, read, titles, urls

ITEM = """<item><title>Harga beras naik</title><link>https://contoh.id/berita/7/beras</link>
<pubDate>Fri, 24 Jul 2026 16:05:09 +0700</pubDate></item>"""


def rss(items: str, declaration: str = '<?xml version="1.0" encoding="utf-8"?>', attributes: str = "") -> str:
    return f'{declaration}<rss version="2.0" {attributes}><channel><title>Contoh</title>{items}</channel></rss>'


def test_rss_gives_url_title_and_date() -> None:
    reading = read("feed", rss(ITEM))
    (candidate,) = reading.candidates
    assert reading.problem is None
    assert candidate.url == "https://contoh.id/berita/7/beras"
    assert candidate.title == "Harga beras naik"
    assert candidate.published is not None
    assert candidate.published.at.isoformat() == "2026-07-24T16:05:09+07:00"
    assert candidate.published.raw == "Fri, 24 Jul 2026 16:05:09 +0700"
    assert candidate.published.source == "feed:pubDate"
    assert candidate.published.confidence == "medium"
    assert candidate.published.precision == "second"


SY = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("", None),
        ("<ttl>30</ttl>", timedelta(minutes=30)),
        ("<ttl> 0 </ttl>", None),
        ("<ttl>sering</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<sy:updatePeriod> hourly </sy:updatePeriod><sy:updateFrequency>1</sy:updateFrequency>", timedelta(hours=1)),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", timedelta(hours=6)),
        ("<sy:updateFrequency>2</sy:updateFrequency>", timedelta(hours=12)),  # a day is the module's default
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", timedelta(days=1)),
        ("<sy:updatePeriod>kadang</sy:updatePeriod>", None),
        ("<ttl>15</ttl><sy:updatePeriod>hourly</sy:updatePeriod>", timedelta(hours=1)),
    ],
)
def test_feed_says_how_long_it_stays(said: str, hint: timedelta | None) -> None:
    assert read("feed", rss(said + ITEM, attributes=SY)).hint == hint


def test_rss_1_says_so_in_its_channel() -> None:
    feed = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" {SY} xmlns="http://purl.org/rss/1.0/">
      <channel><sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency></channel></rdf:RDF>"""
    assert read("feed", feed).hint == timedelta(minutes=30)


def test_rss_1_keeps_items_beside_the_channel() -> None:
    feed = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
      xmlns="http://purl.org/rss/1.0/" xmlns:d="http://purl.org/dc/elements/1.1/">
      <channel rdf:about="https://contoh.id/"><title>Contoh</title></channel>
      <item rdf:about="https://contoh.id/berita/8/gula"><title>Gula langka</title>
      <d:date>2026-07-24T16:00+07:00</d:date></item></rdf:RDF>"""
    reading = read("feed", feed)
    assert urls(reading) == ["https://contoh.id/berita/8/gula"]
    assert titles(reading) == ["Gula langka"]
    assert dates(reading) == ["2026-07-24T16:00:00+07:00"]


def test_atom_takes_the_alternate_link_and_both_dates() -> None:
    feed = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="html">Harga &lt;b&gt;beras&lt;/b&gt;</title>
      <link rel="self" href="https://contoh.id/api/7"/><link href="https://contoh.id/berita/7/beras"/>
      <id>tag:contoh.id,2026:7</id><published>2026-07-24T09:00:00Z</published><updated>2026-07-24T09:30:00Z</updated>
      </entry></feed>"""
    (candidate,) = read("feed", feed).candidates
    assert candidate.url == "https://contoh.id/berita/7/beras"
    assert candidate.title == "Harga beras"
    assert candidate.published is not None
    assert candidate.published.at.isoformat() == "2026-07-24T09:00:00+00:00"
    assert candidate.modified is not None
    assert candidate.modified.isoformat() == "2026-07-24T09:30:00+00:00"


def test_atom_with_updated_alone_states_no_publication() -> None:
    feed = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>https://contoh.id/berita/7/beras</id>
      <updated>2026-07-24T09:30:00Z</updated></entry></feed>"""
    (candidate,) = read("feed", feed).candidates
    assert candidate.published is None
    assert candidate.modified is not None


def test_json_feed_gives_its_items() -> None:
    items = [
        {"id": "7", "url": "/berita/7/beras", "title": "Harga beras", "date_published": "2026-07-24T16:00:00+07:00"},
        {"id": "https://contoh.id/berita/8/gula"},
        {"id": 9},
        "bukan",
    ]
    reading = read("feed", json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}))
    assert urls(reading) == ["https://contoh.id/berita/7/beras", "https://contoh.id/berita/8/gula"]
    assert dates(reading) == ["2026-07-24T16:00:00+07:00", None]


def test_json_feed_with_half_characters_is_cleaned() -> None:
    items = [{"url": "/berita/7/beras\ud83d"}, {"url": "/berita/8/gula", "title": "Gula\ud83d\u0000 langka"}]
    reading = read("feed", json.dumps({"items": items}))
    assert urls(reading) == ["https://contoh.id/berita/8/gula"]
    assert titles(reading) == ["Gula langka"]


@pytest.mark.parametrize(
    "before",
    ["\n\n", "\ufeff", "\ufeff\r\n", "<!-- cache <rss> -->\n", "PHP Warning: x in /a.php\n", '<?xml version="1.1"?>'],
)
def test_junk_before_the_declaration_does_no_harm(before: str) -> None:
    reading = read("feed", before + rss(ITEM))
    assert titles(reading) == ["Harga beras naik"]
    assert reading.problem is None


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Beras & gula", "Beras & gula"),
        ("Beras &amp; gula", "Beras & gula"),
        ("Beras &amp;amp; gula", "Beras & gula"),
        ("Beras&nbsp;naik", "Beras naik"),
        ("&ldquo;Beras&rdquo;", "“Beras”"),
        ("&tidakada; naik", "&tidakada; naik"),
        ("Beras\x0b naik", "Beras naik"),
        ("<![CDATA[Beras & <i>gula</i>]]>", "Beras & gula"),
        ("Beras <b>naik</b> lagi", "Beras naik lagi"),
        ("  Beras\n  naik ", "Beras naik"),
        ("Beras < Rp 15.000", "Beras < Rp 15.000"),
        ("", None),
    ],
)
def test_titles_survive_small_faults(title: str, expected: str | None) -> None:
    reading = read("feed", rss(ITEM.replace("Harga beras naik", title)))
    assert urls(reading) == ["https://contoh.id/berita/7/beras"]
    assert titles(reading) == [expected]


@pytest.mark.parametrize(
    ("declared", "encoding", "header"),
    [
        ("utf-8", "latin-1", None),
        ("iso-8859-1", "utf-8", None),
        ("utf-16", "utf-8", None),
        ("tak-dikenal", "utf-8", "latin-1"),
        ("iso-8859-1", "windows-1252", None),
        ("windows-1252", "windows-1252", "utf-8"),
        ("utf-16", "utf-16", None),
        ("utf-16", "utf-16-le", None),
        ("punycode", "windows-1252", "punycode"),
    ],
)
def test_charset_is_what_the_bytes_say(declared: str, encoding: str, header: str | None) -> None:
    feed = rss(ITEM.replace("beras", "café"), f'<?xml version="1.0" encoding="{declared}"?>')
    assert titles(read("feed", feed.encode(encoding), charset=header)) == ["Harga café naik"]


def test_declared_legacy_charset_is_believed() -> None:
    feed = rss(ITEM.replace("beras", "大米"), '<?xml version="1.0" encoding="gb2312"?>')
    assert titles(read("feed", feed.encode("gb2312"))) == ["Harga 大米 naik"]


def test_stray_bytes_leave_the_rest_of_a_title_alone() -> None:
    feed = rss(ITEM.replace("Harga beras", "“Harga” cafX")).encode().replace(b"cafX", b"caf\xe9")
    assert titles(read("feed", feed)) == ["“Harga” café naik"]


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ("<link>/berita/7/beras</link>", "https://contoh.id/berita/7/beras"),
        ("<link>\n  7?utm_source=rss&amp;id=3 \n</link>", "https://contoh.id/sumber/7?id=3"),
        ("<link>https://contoh.id/b?a=1&b=2</link>", "https://contoh.id/b?a=1&b=2"),
        ("<link><![CDATA[https://contoh.id/b?a=1&b=2]]></link>", "https://contoh.id/b?a=1&b=2"),
        ("<guid>https://contoh.id/berita/7/beras</guid>", "https://contoh.id/berita/7/beras"),
        ('<guid isPermaLink="false">7</guid><link>/berita/7/beras</link>', "https://contoh.id/berita/7/beras"),
        ("<link/><atom:link href='/berita/7/beras' rel='alternate'/>", "https://contoh.id/berita/7/beras"),
        (
            "<link>https://feeds.hitung.com/x/7</link><f:origLink>https://contoh.id/berita/7/beras</f:origLink>",
            "https://contoh.id/berita/7/beras",
        ),
        (
            '<link>https://hitung.com/x/7</link><guid isPermaLink="false">https://contoh.id/berita/7/beras</guid>',
            "https://contoh.id/berita/7/beras",
        ),
        ("<link xml:base='https://contoh.id/kanal/'>7</link>", "https://contoh.id/kanal/7"),
    ],
)
def test_links_are_found_and_made_absolute(links: str, expected: str) -> None:
    assert urls(read("feed", rss(f"<item><title>Beras</title>{links}</item>"))) == [expected]


def test_xml_base_of_the_feed_counts_for_entries() -> None:
    feed = '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/kanal/"><entry><link href="7"/></entry></feed>'
    assert urls(read("feed", feed)) == ["https://contoh.id/kanal/7"]


def test_other_namespaces_do_not_speak_for_the_article() -> None:
    item = """<item><media:title>Foto pasar</media:title><media:content><media:title>Foto</media:title></media:content>
      <itunes:title xmlns:itunes="urn:x">Siaran</itunes:title>
      <title>Harga beras</title><link>/berita/7/beras</link></item>"""
    assert titles(read("feed", rss(item))) == ["Harga beras"]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Fri, 24 Jul 26 16:05:09 +0700", "2026-07-24T16:05:09+07:00"),
        ("Fri, 24 Jul 2026 16:05:09", "2026-07-24T16:05:09+08:00"),
        ("Fri, 24 Jul 2026 16:05 WIB", "2026-07-24T16:05:00+07:00"),
        ("24 Jul 2026 16:05:09 WITA", "2026-07-24T16:05:09+08:00"),
        ("Jumat, 24 Juli 2026 16:05:09 +0700", "2026-07-24T16:05:09+07:00"),
        ("Fri, 24 Jul 2026 09:05:09 GMT", "2026-07-24T09:05:09+00:00"),
        ("2026-07-24 16:05:09", "2026-07-24T16:05:09+08:00"),
        ("2026-07-24T16:05:09.123+0700", "2026-07-24T16:05:09.123000+07:00"),
        ("2026-07-24", "2026-07-24T00:00:00+08:00"),
        ("0001-01-01T00:00:00Z", None),
        ("1970-01-01T00:00:00Z", None),
        ("2027-07-24T16:05:09Z", None),
        ("Fri, 99 Jul 2026 16:05:09 +9999", None),
        ("segera", None),
        ("", None),
    ],
)
def test_feed_dates_keep_their_zone_or_get_the_outlets(raw: str, expected: str | None) -> None:
    feed = rss(f"<item><link>/berita/7/beras</link><pubDate>{raw}</pubDate></item>")
    assert dates(read("feed", feed, of=outlet(timezone="Asia/Makassar"))) == [expected]


def test_local_time_labelled_as_utc_is_of_low_confidence() -> None:
    item = "<item><link>/berita/7/beras</link><pubDate>Fri, 24 Jul 2026 17:25:00 GMT</pubDate></item>"
    (candidate,) = read("feed", rss(item)).candidates
    assert candidate.published is not None
    assert candidate.published.confidence == "low"


def test_entries_before_a_break_are_kept() -> None:
    feed = rss("\n".join(ITEM.replace("7", str(number)) for number in range(240)))
    reading = read("feed", feed[: len(feed) - 400])
    assert 235 < len(reading.candidates) < 240
    assert reading.problem is not None
    assert reading.problem.startswith("XML breaks at line")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("", "an empty body"),
        ("<!DOCTYPE html><html><title>Beranda</title></html>", "an HTML page"),
        ("<html><form><input type='password'></form></html>", "login form"),
        ('{"pesan": "tidak ada"}', "without a list of items"),
        ("[1, 2", "cannot be read"),
        ("<opml/>", "other XML"),
        ("Akses ditolak", "no XML"),
    ],
)
def test_what_is_no_feed_is_told_in_words(body: str, problem: str) -> None:
    reading = read("feed", body)
    assert reading.candidates == ()
    assert problem in (reading.problem or "")


def test_feed_without_entries_is_no_problem() -> None:
    assert read("feed", rss("")).problem is None


def test_other_sites_links_are_dropped_in_silence() -> None:
    reading = read("feed", rss(ITEM + "<item><link>https://lain.id/a</link></item><item><link>/</link></item>"))
    assert urls(reading) == ["https://contoh.id/berita/7/beras"]
    assert reading.problem is None


def test_feed_of_other_sites_links_is_a_problem() -> None:
    reading = read("feed", rss("<item><link>https://lain.id/a</link></item>"))
    assert reading.problem == "all 1 URLs are off the outlet's domains"


def test_one_url_is_one_candidate() -> None:
    assert len(read("feed", rss(ITEM + ITEM.replace("/beras", "/beras?utm_source=x"))).candidates) == 1
