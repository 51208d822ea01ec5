import pytest

from tests.crawler.discovery.sources import dates, outlet, read, titles, urls


def page(body: str) -> str:
    return f'<!DOCTYPE html><html lang="id"><head><meta charset="utf-8"></head><body>{body}</body></html>'


def card(number: int, title: str = "Harga beras naik", rest: str = "") -> str:
    return f'<li><h3><a href="/berita/{number}/beras">{title}</a></h3>{rest}</li>'


def test_listing_gives_articles_in_their_order() -> None:
    body = page(f"<ul>{card(8001, 'Harga gula turun')}{card(8002)}</ul>")
    reading = read("listing", body)
    assert urls(reading) == ["https://contoh.id/berita/8001/beras", "https://contoh.id/berita/8002/beras"]
    assert titles(reading) == ["Harga gula turun", "Harga beras naik"]
    assert reading.problem is None


def test_several_links_to_one_article_are_one_item() -> None:
    body = page(
        """<div class="kartu"><a href="/berita/8001/beras"><img alt="Karung beras"></a><span>Ekonomi</span>
        <a href="/berita/8001/beras?utm_source=kartu"><h2>Harga beras naik lagi</h2></a>
        <a href="/berita/8001/beras#komentar">Baca selengkapnya di sini</a></div>"""
        + card(8002)
    )
    reading = read("listing", body)
    assert len(reading.candidates) == 2
    assert titles(reading)[0] == "Harga beras naik lagi"


def test_link_to_a_last_page_names_the_first() -> None:
    body = page(card(8001).replace("/beras", "/beras?page=6"))
    assert urls(read("listing", body)) == ["https://contoh.id/berita/8001/beras"]


def test_menus_footers_and_asides_are_left_out() -> None:
    link = '<a href="/berita/9001/harga-beras-naik">Harga beras naik</a>'
    places = f"<nav>{link}</nav><aside>{link}</aside><footer>{link}</footer><div role='navigation'>{link}</div>"
    assert urls(read("listing", page(places + card(8001)))) == ["https://contoh.id/berita/8001/beras"]


@pytest.mark.parametrize(
    "href",
    [
        "/ekonomi",
        "/tag/harga-beras-di-pasar",
        "/penulis/budi-santoso-wijaya",
        "/indeks?page=2",
        "/indeks/berita/2026-07-24",
        "/pedoman-media-siber",
        "https://lain.id/berita/8001/beras",
        "/",
        "mailto:redaksi@contoh.id",
        "javascript:void(0)",
        "#atas",
        "/sumber/",
    ],
)
def test_what_is_no_article_link_is_left_out(href: str) -> None:
    reading = read("listing", page(f'<a href="{href}">Semua berita ekonomi hari ini</a>'))
    assert reading.candidates == ()
    assert reading.problem == "no article links on the page"


def test_declared_pattern_replaces_the_general_rule() -> None:
    body = page('<a href="/b/x">Satu dua tiga</a>' + card(8001))
    assert urls(read("listing", body, of=outlet(url=r"^/b/\w+$"))) == ["https://contoh.id/b/x"]


@pytest.mark.parametrize("links", ["ul.daftar", "ul.daftar a", "ul.daftar h3"])
def test_declared_selector_may_be_links_or_places(links: str) -> None:
    body = page(f"<div>{card(8001)}</div><aside><ul class='daftar'>{card(8002)}</ul></aside>")
    assert urls(read("listing", body, of=outlet(links=links))) == ["https://contoh.id/berita/8002/beras"]


def test_base_element_counts_for_relative_links() -> None:
    body = page(card(8001)).replace("<head>", '<head><base href="https://m.contoh.id/lama/">')
    body = body.replace("/berita/8001", "berita/8001")
    assert urls(read("listing", body)) == ["https://m.contoh.id/lama/berita/8001/beras"]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<a href='{u}' title='Harga beras naik lagi'>Harga beras…</a>", "Harga beras naik lagi"),
        ("<a href='{u}'><img alt='Harga beras naik lagi'></a>", "Harga beras naik lagi"),
        ("<a href='{u}'><img></a><h2>Harga beras naik lagi</h2>", "Harga beras naik lagi"),
        ("<a href='{u}'>Beras <em>naik</em> lagi</a>", "Beras naik lagi"),
        ("<a href='{u}'>Beras naik</a>", "Beras naik"),
        ("<a href='{u}'><span>Ekonomi</span><span class='judul'>Harga beras naik</span></a>", "Harga beras naik"),
        ("<a href='{u}'><b>Ekonomi</b> 3 menit lalu <p>Harga beras naik lagi</p></a>", "Harga beras naik lagi"),
        ("<a href='{u}'><time>24 Juli 2026</time><h4>Harga beras &amp; gula</h4></a>", "Harga beras & gula"),
        ("<a href='{u}'></a>", None),
    ],
)
def test_title_is_the_headline_of_the_item(markup: str, expected: str | None) -> None:
    body = page(f"<div>{markup.format(u='/berita/8001/beras')}</div>" + card(8002))
    assert titles(read("listing", body))[0] == expected


@pytest.mark.parametrize(
    ("shown", "expected", "source", "confidence"),
    [
        ("<time datetime='2026-07-24T16:05:09+07:00'>tadi</time>", "2026-07-24T16:05:09+07:00", "time", "medium"),
        ("<time datetime=''>Jumat, 24 Juli 2026 16:05 WIB</time>", "2026-07-24T16:05:00+07:00", "text", "medium"),
        ("10 menit lalu<!--2026-07-24 16:05:09-->", "2026-07-24T16:05:09+07:00", "comment", "medium"),
        ("<span d-time='1784884000'>tadi</span>", "2026-07-24T16:06:40+07:00", "epoch", "medium"),
        (
            "<meta itemprop='datePublished' content='2026-07-24T09:05:00Z'>",
            "2026-07-24T09:05:00+00:00",
            "time",
            "medium",
        ),
        ("<span>Ekonomi | Jum'at, 24 Juli 2026 - 16:05 WIB</span>", "2026-07-24T16:05:00+07:00", "text", "medium"),
        ("<span>24/7/2026 16:05</span>", "2026-07-24T16:05:00+07:00", "text", "medium"),
        ("<span>2 jam yang lalu</span>", "2026-07-24T15:30:00+07:00", "text", "low"),
    ],
)
def test_date_beside_an_item_is_its_own(shown: str, expected: str, source: str, confidence: str) -> None:
    reading = read("listing", page(f"<ul>{card(8001, rest=shown)}{card(8002)}</ul>"))
    first, second = reading.candidates
    assert first.published is not None
    assert (first.published.at.isoformat(), first.published.source) == (expected, f"listing:{source}")
    assert first.published.confidence == confidence
    assert second.published is None


def test_dates_of_summaries_and_headlines_are_not_taken() -> None:
    body = page(
        card(8001, "Mengenang Banjir 1 Januari 2020 di Jakarta")
        + card(8002, rest="<p>Kerusuhan yang pecah pada 12 Mei 1998 itu dikenang warga di berbagai kota.</p>")
        + card(8003, rest="<p>Kerusuhan pecah 12 Mei 1998 dikenang warga berbagai kota</p>")
    )
    assert dates(read("listing", body)) == [None, None, None]


def test_date_of_an_unwanted_neighbour_is_not_taken() -> None:
    body = "<ul>{}<li><a href='/foto/9001/pasar-beras-di-jakarta'>Foto</a><i>24 Juli 2026 10:00 WIB</i></li>{}</ul>"
    reading = read("listing", page(body.format(card(8001), card(8002))), of=outlet(url=r"^/berita/"))
    assert dates(reading) == [None, None]


@pytest.mark.parametrize("links", [None, "ul.daftar h3 a"])
def test_links_outside_the_list_bound_its_items(links: str | None) -> None:
    menu = "<aside><a href='/berita/9001/gula'>Harga gula turun</a><time datetime='2026-07-20'></time></aside>"
    body = page(f"<div><ul class='daftar'>{card(8001)}</ul>{menu}</div>")
    reading = read("listing", body, of=outlet(links=links))
    assert urls(reading) == ["https://contoh.id/berita/8001/beras"]
    assert dates(reading) == [None]


def test_article_in_list_and_menu_is_taken_from_the_list() -> None:
    menu = "<nav><a href='/berita/8001/beras' title='Menu'>Beras naik di menu</a></nav>"
    reading = read("listing", page(f"{menu}<ul>{card(8001)}{card(8002)}</ul>"))
    assert titles(reading) == ["Harga beras naik", "Harga beras naik"]


def flat(*parts: str) -> str:
    return page(f"<div>{''.join(parts)}</div>")


def test_flat_dates_after_the_links_belong_to_them() -> None:
    items = [
        f"<a href='/berita/800{n}/b'>Harga beras naik</a><br><i>2{n} Juli 2026 10:00 WIB</i><hr>" for n in (1, 2, 3)
    ]
    expected = [f"2026-07-2{n}T10:00:00+07:00" for n in (1, 2, 3)]
    assert dates(read("listing", flat(*items))) == expected
    assert dates(read("listing", flat("<p>Jumat, 24 Juli 2026</p>", *items))) == expected


def test_flat_dates_before_the_links_belong_to_them() -> None:
    items = [f"<i>2{n} Juli 2026 10:00 WIB</i><a href='/berita/800{n}/b'>Harga beras naik</a>" for n in (1, 2, 3)]
    assert dates(read("listing", flat(*items))) == [f"2026-07-2{n}T10:00:00+07:00" for n in (1, 2, 3)]


def test_date_of_the_page_is_no_items_date() -> None:
    items = [f"<a href='/berita/800{n}/b'>Harga beras naik</a>" for n in (1, 2, 3)]
    assert dates(read("listing", flat("<p>Jumat, 24 Juli 2026</p>", *items))) == [None, None, None]


def test_masthead_date_is_not_a_lonely_items() -> None:
    body = f"<div><header><p>Jumat, 24 Juli 2026</p></header><div><div><ul>{card(8001)}</ul></div></div></div>"
    assert dates(read("listing", page(body))) == [None]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/2026/07/24/harga-beras-naik", "2026-07-24T00:00:00+07:00"),
        ("/ekonomi/20260724101112-4-77/beras", "2026-07-24T10:11:12+07:00"),
        ("/read/20260724/7/beras", "2026-07-24T00:00:00+07:00"),
        ("/2026/13/24/harga-beras-naik", None),
        ("/2027/07/24/harga-beras-naik", None),
    ],
)
def test_day_in_the_url_is_the_last_resort(path: str, expected: str | None) -> None:
    (candidate,) = read("listing", page(f"<a href='{path}'>Harga beras naik</a>")).candidates
    assert (candidate.published.at.isoformat() if candidate.published else None) == expected
    assert candidate.published is None or candidate.published.confidence == "low"


@pytest.mark.parametrize("links", [None, "ul.daftar a"])
def test_links_after_the_end_of_the_page_count(links: str | None) -> None:
    body = page("<p>Contoh</p>") + f"</html>\n<html class='b'><body><ul class='daftar'>{card(8001)}</ul></body></html>"
    assert urls(read("listing", body, of=outlet(links=links))) == ["https://contoh.id/berita/8001/beras"]


def test_json_is_no_listing() -> None:
    assert read("listing", '{"data": []}').problem == "not a listing: no HTML page"


def test_windows_1252_page_keeps_its_letters() -> None:
    body = page(card(8001, "Kafé “Tua” ramai")).replace("utf-8", "iso-8859-1").encode("windows-1252")
    assert titles(read("listing", body)) == ["Kafé “Tua” ramai"]
