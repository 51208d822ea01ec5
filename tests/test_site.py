"""The test site itself: what it declares, serves, changes and logs."""

import gzip
import json
import signal
import subprocess
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from html import unescape
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path
from urllib.parse import urlsplit

import py3langid
import pytest

from core.models import Reason
from outlets.schema import Outlet
from tests.site import Site, Truth
from tests.site.makes.faulty import INFLATED

NOW = datetime(2026, 11, 21, 3, 30, 15, tzinfo=UTC)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        charset = self.headers.get_content_charset() or "utf-8"
        return unescape(self.body.decode("cp1252" if charset == "iso-8859-1" else charset))


def get(url: str, **headers: str) -> Answer:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=10)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", parts._replace(scheme="", netloc="").geturl(), headers=named)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path, now=NOW, slow=0.3) as site:
        yield site


def declared(site: Site) -> dict[str, Outlet]:
    files = site.declarations.glob("*.toml")
    return {file.stem: Outlet(name=file.stem, **tomllib.loads(file.read_text(encoding="utf-8"))) for file in files}


def articles(site: Site, outlet: str) -> list[Truth]:
    """The outlet's articles, newest first."""
    found = [one for one in site.truth() if one.outlet == outlet and one.kind == "article"]
    return sorted(found, key=lambda one: datetime.fromisoformat(one.published_at), reverse=True)


def kinds(site: Site, kind: str) -> list[Truth]:
    return [one for one in site.truth() if one.kind == kind]


def test_declarations_are_valid(site: Site) -> None:
    outlets = declared(site)
    assert len(outlets) == 9
    assert all(outlet.status == "active" and outlet.politeness.delay == 0 for outlet in outlets.values())
    assert not outlets["pena_muara"].discover.declared


def test_declared_sources_answer(site: Site) -> None:
    for outlet in declared(site).values():
        found = outlet.discover
        for url in (*found.feeds, *found.sitemaps, *found.pages):
            answer = get(url.replace("{page}", "1").replace("{date:%Y-%m-%d}", "2026-11-20"))
            assert answer.status == 200, url
            assert answer.body


def test_article_pages_hold_their_truth(site: Site) -> None:
    for one in site.truth():
        if one.kind == "article" and one.outlet not in {"gema_retak", "warta_selasar", "harian_bukit"}:
            page = get(one.url).text
            assert one.title in page
            assert all(line in page for line in one.text.splitlines()), one.url


def test_every_article_differs_but_wire_copies(site: Site) -> None:
    texts = Counter(one.text for one in site.truth() if one.kind == "article")
    copies = [one for one in site.truth() if one.copy_of]
    by_url = {one.url: one for one in site.truth()}
    assert len(copies) == 5
    assert all(by_url[str(one.copy_of)].text == one.text for one in copies)
    assert sum(count - 1 for count in texts.values()) == len(copies)


def test_kinds_are_reasons_of_the_crawler(site: Site) -> None:
    assert {one.kind for one in site.truth()} - {"article"} <= {str(reason) for reason in Reason}


def test_truth_file_equals_truth(site: Site) -> None:
    lines = (site.folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [one.record() for one in site.truth()]


def test_same_seed_gives_same_texts(site: Site, tmp_path: Path) -> None:
    with Site(tmp_path / "again", now=NOW) as again:
        assert [one.text for one in again.truth()] == [one.text for one in site.truth()]


def test_texts_are_in_the_language_they_state(site: Site) -> None:
    for one in site.truth():
        if one.kind in {"article", "other-language"}:
            language, _ = py3langid.classify(one.text[:500])  # type: ignore[attr-defined,no-untyped-call]  # untyped
            assert language == one.language


@pytest.mark.parametrize("outlet", ["kabar_pesisir", "siaran_samudra", "pena_muara"])
def test_seconds_are_shown_where_truth_has_them(site: Site, outlet: str) -> None:
    for one in articles(site, outlet):
        at = datetime.fromisoformat(one.published_at)
        page = get(one.url).text
        assert f"{at:%Y-%m-%d %H:%M:%S}" in page or at.isoformat() in page


def test_listing_shows_indonesian_dates(site: Site) -> None:
    url = articles(site, "lintas_rantau")[0].url
    pages = "".join(get(f"http://{urlsplit(url).netloc}/indeks?page={n}").text for n in range(1, 6))
    assert "jam lalu" in pages
    assert "Kemarin, " in pages
    assert "Jum'at, 13 November 2026 | " in pages


def test_pinned_item_is_on_every_listing_page(site: Site) -> None:
    pinned = articles(site, "lintas_rantau")[-1]
    base = f"http://{urlsplit(pinned.url).netloc}"
    assert all(urlsplit(pinned.url).path in get(f"{base}/indeks?page={n}").text for n in (1, 2, 9))


def test_tables_are_windows_1252_mislabelled(site: Site) -> None:
    answers = [get(one.url) for one in articles(site, "suluh_lama")]
    assert all("iso-8859-1" in answer.headers["Content-Type"] for answer in answers)
    assert any(b"\x93" in answer.body for answer in answers)


def test_feed_after_newline_has_relative_links(site: Site) -> None:
    feed = get(declared(site)["kabar_contoh"].discover.feeds[0]).body
    assert feed.startswith(b"\n<?xml")
    assert b"<link>/daerah/d-" in feed
    assert b"utm_source" in feed


def test_twins_state_the_canonical_url(site: Site) -> None:
    one = articles(site, "kabar_contoh")[0]
    assert len(one.other_urls) == 3
    assert all(f'rel="canonical" href="{one.url}"' in get(twin).text for twin in one.other_urls)


def test_pages_of_an_article_make_its_text(site: Site) -> None:
    one = next(one for one in articles(site, "harian_bukit") if one.text.count("\n") > 6)
    pages = [get(f"{one.url}?halaman={n}").text for n in (1, 2, 3)]
    assert ["halaman-berikut" in page for page in pages] == [True, True, False]
    assert all(sum(f"<p>{line}</p>" in page for page in pages) == 1 for line in one.text.splitlines())


def test_single_page_has_the_whole_text(site: Site) -> None:
    one = next(one for one in articles(site, "warta_selasar") if one.text.count("\n") > 6)
    assert one.text.splitlines()[-1] not in get(one.url).text
    assert all(line in get(f"{one.url}?page=all").text for line in one.text.splitlines())


def test_old_permalink_redirects(site: Site) -> None:
    one = articles(site, "kabar_pesisir")[0]
    answer = get(one.other_urls[0])
    assert (answer.status, answer.headers["Location"]) == (301, one.url)


def test_old_sitemap_months_are_forbidden(site: Site) -> None:
    index = get(f"{site.newsrooms['kabar_pesisir'].base}/arsip-sitemap.xml").text
    old = [url for url in site.forbidden() if "sitemap" in url]
    assert len(old) == 6
    assert all(url in index for url in old)


def test_gzip_sitemap_unpacks(site: Site) -> None:
    body = get(f"{site.newsrooms['kabar_pesisir'].base}/post-sitemap.xml.gz").body
    assert articles(site, "kabar_pesisir")[0].url.encode() in gzip.decompress(body)


def test_robots_names_sitemap_and_closed_paths(site: Site) -> None:
    base = site.newsrooms["pena_muara"].base
    robots = get(f"{base}/robots.txt").text
    assert "Disallow: /private/" in robots
    assert f"Sitemap: {base}/peta-situs.xml" in robots
    assert 'href="/private/' in get(f"{base}/").text
    assert 'type="application/atom+xml" href="/atom.xml"' in get(f"{base}/").text


@pytest.mark.parametrize(
    ("outlet", "path", "header", "condition"),
    [
        ("kabar_pesisir", "/feed/", "ETag", "If_None_Match"),
        ("kabar_pesisir", "/news-sitemap.xml", "Last-Modified", "If_Modified_Since"),
        ("kabar_contoh", "/rss", "Last-Modified", "If_Modified_Since"),
        ("pena_muara", "/atom.xml", "ETag", "If_None_Match"),
        ("lintas_rantau", "/indeks?page=1", "ETag", "If_None_Match"),
    ],
)
def test_unchanged_source_answers_304(site: Site, outlet: str, path: str, header: str, condition: str) -> None:
    url = site.newsrooms[outlet].base + path
    validator = get(url).headers[header]
    assert get(url, **{condition: validator}).status == 304
    site.publish(outlet)
    assert get(url, **{condition: validator}).status == 200
    validator = get(url).headers[header]
    site.publish(outlet)
    assert get(url, **{condition: validator}).status == 200


def test_lying_feed_keeps_its_etag(site: Site) -> None:
    url = declared(site)["gema_retak"].discover.feeds[0]
    before = get(url)
    site.publish("gema_retak")
    after = get(url, If_None_Match=before.headers["ETag"])
    assert after.status == 200
    assert after.headers["ETag"] == before.headers["ETag"]
    assert after.body != before.body


def test_failing_pages_recover(site: Site) -> None:
    urls = [one.url for one in articles(site, "gema_retak")]
    tries = {url: [get(url) for _ in range(3)] for url in urls}
    statuses = sorted([answer.status for answer in answers] for answers in tries.values())
    assert statuses[-2:] == [[500, 500, 200], [503, 200, 200]]
    assert next(found[0] for found in tries.values() if found[0].status == 503).headers["Retry-After"] == "1"


def test_dead_pages_fail_as_their_kind_says(site: Site) -> None:
    base = site.newsrooms["gema_retak"].base
    assert get(f"{base}/rusak/ke-beranda").headers["Location"] == "/"
    assert get(f"{base}/rusak/putar-a").headers["Location"] == "/rusak/putar-b"
    assert get(f"{base}/rusak/putar-b").headers["Location"] == "/rusak/putar-a"
    assert get(f"{base}/rusak/keluar").headers["Location"] in {one.url for one in articles(site, "kabar_pesisir")}
    assert [get(one.url).status for one in kinds(site, "gone")] == [404, 410]
    assert get(f"{base}/rusak/dokumen.pdf").headers["Content-Type"] == "application/pdf"
    with pytest.raises(RemoteDisconnected):
        get(f"{base}/rusak/putus")


def test_large_page_and_gzip_bomb(site: Site) -> None:
    large, bomb = [get(one.url) for one in kinds(site, "too-large")]
    assert len(large.body) > 15_000_000
    assert bomb.headers["Content-Encoding"] == "gzip"
    assert len(bomb.body) < 1_000_000
    assert len(gzip.decompress(bomb.body)) > INFLATED > 100_000_000


def test_strays_look_like_articles_in_listings(site: Site) -> None:
    feed = get(declared(site)["gema_retak"].discover.feeds[0]).text
    strays = [one for kind in ("video", "photo", "listing", "error-page") for one in kinds(site, kind)]
    assert {one.kind for one in strays if one.url in feed} == {"video", "photo", "listing", "error-page"}
    assert len({one.outlet for one in strays}) >= 6


def test_text_stored_twice_in_one_outlet(site: Site) -> None:
    one = next(one for one in articles(site, "gema_retak") if one.other_urls and "-ulang" in one.other_urls[0])
    assert one.text.splitlines()[0] in get(one.other_urls[0]).text


def test_edit_changes_page_and_truth(site: Site) -> None:
    url = articles(site, "kabar_contoh")[0].url
    before = get(url).headers["Last-Modified"]
    site.edit(url, title="Judul Baru", paragraphs=["Satu kalimat baru saja.", "Dan satu lagi."])
    page = get(url, If_Modified_Since=before)
    assert page.status == 200
    assert "Judul Baru" in page.text
    assert [one.text for one in site.truth() if one.url == url] == ["Satu kalimat baru saja.\nDan satu lagi."]


def test_touch_changes_furniture_alone(site: Site) -> None:
    one = articles(site, "kabar_pesisir")[0]
    before = get(one.url).text
    site.touch(one.outlet)
    after = get(one.url).text
    assert after != before
    assert all(line in after for line in one.text.splitlines())


def test_taken_down_article_is_gone_until_restored(site: Site) -> None:
    one = articles(site, "kabar_pesisir")[0]
    site.take_down(one.url, 410)
    assert get(one.url).status == 410
    assert one.url not in get(declared(site)[one.outlet].discover.feeds[0]).text
    site.restore(one.url)
    assert get(one.url).status == 200


def test_fail_and_hang_befall_any_url(site: Site) -> None:
    url = declared(site)["kabar_contoh"].discover.feeds[0]
    site.fail(url, times=1, status=503, retry_after=1)
    assert [get(url).status, get(url).status] == [503, 200]
    site.hang(url, 0.3)
    start = time.monotonic()
    assert get(url).status == 200
    assert time.monotonic() - start >= 0.3


def test_clock_brings_articles_online(site: Site) -> None:
    later = NOW + timedelta(days=3)
    new = site.publish("kabar_contoh", later)
    feed = declared(site)["kabar_contoh"].discover.feeds[0]
    path = urlsplit(new.url).path
    assert get(new.url).status == 404
    assert path not in get(feed).text
    site.set_clock(later)
    assert get(new.url).status == 200
    assert path in get(feed).text


@pytest.mark.parametrize("days", [0, 6, 45])
def test_sources_answer_at_any_time(site: Site, days: int) -> None:
    site.set_clock(NOW + timedelta(days=days))
    sitemaps = ("/sitemap_index.xml", "/post-sitemap.xml.gz", "/arsip-sitemap.xml", "/post-sitemap2.xml")
    assert all(get(site.newsrooms["kabar_pesisir"].base + path).status == 200 for path in sitemaps)
    assert all(get(f"{room.base}/").status == 200 for room in site.newsrooms.values())


def test_nonsense_in_addresses_is_answered(site: Site) -> None:
    assert get(f"{site.newsrooms['lintas_rantau'].base}/indeks?page=x").status == 200
    assert get(f"{site.newsrooms['warta_selasar'].base}/indeks?date=x").status == 404
    assert get(f"{site.newsrooms['siaran_samudra'].base}/berita/index-x.shtml").status == 404


def test_requests_are_logged(site: Site) -> None:
    get(f"{site.newsrooms['kabar_pesisir'].base}/feed/", User_Agent="Pantau", If_None_Match='"x"')
    (request,) = site.requests("kabar_pesisir")
    assert (request.method, request.path, request.status) == ("GET", "/feed/", 200)
    assert (request.user_agent, request.if_none_match, request.if_modified_since) == ("Pantau", '"x"', None)
    assert request.bytes > 1000
    assert site.requests("pena_muara") == []


@pytest.mark.process
def test_program_serves_until_sigterm(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    command = [sys.executable, "-m", "tests.site", "--dir", str(tmp_path), "--bulk", "200", "--log", str(log)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        lines = (tmp_path / "truth.jsonl").read_text(encoding="utf-8").splitlines()
        urls = [record["url"] for record in map(json.loads, lines) if record["outlet"] == "bulk"]
        sizes, seconds = fetch_all(urls)
        server.send_signal(signal.SIGTERM)
        assert server.wait(120) == 0
    print(f"{len(urls) / seconds:.0f} requests/s, {sum(sizes) / len(sizes) / 1000:.0f} KB each")
    assert len(urls) == 200
    assert min(sizes) > 40_000
    assert max(sizes) < 100_000
    assert len(log.read_text(encoding="utf-8").splitlines()) == 200


def fetch_all(urls: list[str]) -> tuple[list[int], float]:
    """The sizes, and the seconds that it took over one connection."""
    connection = HTTPConnection(urlsplit(urls[0]).netloc, timeout=10)
    start = time.monotonic()
    sizes = []
    for url in urls:
        connection.request("GET", urlsplit(url).path)
        sizes.append(len(connection.getresponse().read()))
    connection.close()
    return sizes, time.monotonic() - start
