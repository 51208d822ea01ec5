from crawler.discovery.home import sitemaps_of_robots, well_known_sources
from crawler.discovery.result import SourceLink
from tests.crawler.discovery.sources import read, urls

HOME = """<html><head>
<link rel="alternate" type="application/rss+xml" href="/feed/">
<link rel="alternate" type="application/rss+xml" href="/comments/feed/">
<link rel="alternate" type="application/atom+xml; charset=utf-8" href="https://www.contoh.id/atom.xml">
<link rel="alternate" type="application/rss+xml" href="https://lain.id/feed">
<link rel="alternate" hreflang="en" href="/en/">
<link rel="stylesheet" type="text/css" href="/gaya.css">
</head><body><a href="/berita/8001/beras">Harga beras naik</a><a href="/ekonomi">Ekonomi</a></body></html>"""


def test_home_page_names_its_feeds_and_articles() -> None:
    reading = read("home", HOME, url="https://contoh.id/")
    assert reading.children == (
        SourceLink("https://contoh.id/feed/", "feed"),
        SourceLink("https://www.contoh.id/atom.xml", "feed"),
    )
    assert urls(reading) == ["https://contoh.id/berita/8001/beras"]
    assert reading.problem is None


def test_home_page_that_is_none_is_a_problem() -> None:
    assert read("home", "").problem == "not a home page: no HTML page"


def test_robots_names_sitemaps_wherever_they_stand() -> None:
    robots = b"""\xef\xbb\xbfUser-agent: *
Disallow: /cari
sitemap: https://contoh.id/sitemap.xml
Sitemap:https://contoh.id/news.xml # terbaru
SITEMAP: /relatif.xml
Sitemap: https://contoh.id/sitemap.xml
Sitemap: ftp://contoh.id/x.xml
Sitemap:
"""
    assert sitemaps_of_robots(robots, "https://contoh.id/robots.txt") == (
        "https://contoh.id/sitemap.xml",
        "https://contoh.id/news.xml",
        "https://contoh.id/relatif.xml",
    )


def test_page_in_place_of_robots_names_nothing() -> None:
    assert sitemaps_of_robots(b"<html>404</html>\x00\xff", "https://contoh.id/robots.txt") == ()


def test_well_known_paths_start_at_the_root() -> None:
    links = well_known_sources("https://contoh.id/id/")
    assert SourceLink("https://contoh.id/feed/", "feed") in links
    assert SourceLink("https://contoh.id/news-sitemap.xml", "sitemap") in links
    assert len({link.url for link in links}) == len(links)
