import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.urls import (
    MAX_URL_LENGTH,
    belongs,
    clean_url,
    download_slot,
    first_page_url,
    identify,
    is_home,
    whole_article_url,
)
from outlets.schema import ArticleRules, Outlet
from outlets.urls import accept_canonical, is_article

OUTLET = Outlet(name="contoh", title="Contoh", site="https://www.contoh.id/", domains=("contoh.id",))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://contoh.id/a?id=7&utm_source=x&page=2#atas", "https://contoh.id/a?id=7&page=2"),
        ("  https://contoh.id/a\n", "https://contoh.id/a"),
        ("https://contoh.id/a?x=1&amp;amp;y=2&amp;fbclid=q", "https://contoh.id/a?x=1&y=2"),
        ("https://contoh.id/a?spm=C73.1&gclid=2&ref=home&tag_from=wp&q=beras", "https://contoh.id/a?q=beras"),
        ("https://contoh.id/a?copy=1&lt=2", "https://contoh.id/a?copy=1&lt=2"),
        ("https://contoh.id\\berita\\7", "https://contoh.id/berita/7"),
        ("https://contoh.id/berita harga beras", "https://contoh.id/berita%20harga%20beras"),
        ("https://contoh.id/a|b?c='d'&e=é", "https://contoh.id/a%7Cb?c=%27d%27&e=%C3%A9"),
        ("https://kabar-münchen.de/x", "https://xn--kabar-mnchen-jlb.de/x"),
        ("HTTPS://Contoh.ID:443", "https://contoh.id/"),
        ("http://contoh.id:8080/a", "http://contoh.id:8080/a"),
        ("https://contoh.id/a/../b/./c", "https://contoh.id/b/c"),
        ("https://contoh.id/../a/b/..", "https://contoh.id/a/"),
        ("https://contoh.id/.a;", "https://contoh.id/.a;"),
        ("https://contoh.id./a", "https://contoh.id/a"),
        ("https://contoh.id/?berita-lama", "https://contoh.id/?berita-lama"),
        ("https://contoh.id/a?cid=12&gallery=3&uid=5", "https://contoh.id/a?cid=12&gallery=3&uid=5"),
        ("https://contoh.id/100%25-lokal", "https://contoh.id/100%25-lokal"),
    ],
)
def test_clean_gives_what_can_be_fetched(url: str, expected: str) -> None:
    assert clean_url(url) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/berita/7", "https://contoh.id/berita/7"),
        ("7?utm_medium=rss", "https://contoh.id/kanal/7"),
        ("//m.contoh.id/7", "https://m.contoh.id/7"),
        ("../7", "https://contoh.id/7"),
        ("?page=2", "https://contoh.id/kanal/?page=2"),
    ],
)
def test_clean_resolves_relative_urls(url: str, expected: str) -> None:
    assert clean_url(url, "https://contoh.id/kanal/") == expected


@pytest.mark.parametrize(
    "url",
    [
        "mailto:redaksi@contoh.id",
        "javascript:void(0)",
        "data:text/html,halo",
        "tel:+62",
        "https://nama:sandi@contoh.id/",
        "https://nama@contoh.id/",
        "https://contoh.id:delapan/",
        "https://[::1/",
        "https://..contoh.id/",
        "https:///berita",
        "/berita",
        "",
        "   ",
        "https://contoh.id/" + "a" * MAX_URL_LENGTH,
        "https://" + "ü" * 300 + ".id/",
    ],
)
def test_clean_refuses_what_is_no_web_page(url: str) -> None:
    assert clean_url(url) is None


@pytest.mark.parametrize(
    "twin",
    [
        "http://contoh.id/berita/7/beras",
        "https://www.contoh.id/berita/7/beras/",
        "https://m.contoh.id/berita/7/beras",
        "https://amp.contoh.id/berita/7/beras",
        "https://mobile.contoh.id/berita/7/beras",
        "https://www.m.contoh.id/berita/7/beras",
        "https://contoh.id/berita/7/beras/amp",
        "https://contoh.id/berita/7/beras/amp/",
        "https://contoh.id/amp/berita/7/beras",
        "https://contoh.id/berita/7/beras?amp=1",
        "https://contoh.id/berita/7/beras?amp",
        "https://contoh.id/berita/7/beras?outputType=amp",
        "https://contoh.id/index.php/berita/7/beras",
        "https://contoh.id/berita//7/beras",
        "https://contoh.id/berita/7/beras?page=all",
        "https://contoh.id/berita/7/beras?single=1",
        "https://contoh.id/berita/7/beras?showpage=all",
        "https://contoh.id/berita/7/beras?singlepage=1&utm_source=rss",
        "https://contoh.id/berita/7/beras?page=2",
        "https://contoh.id/berita/7/beras#komentar",
        "HTTPS://CONTOH.id:443/berita/7/beras",
        "http://contoh.id:80/berita/7/beras",
        "https://contoh.id/berita/7/%62eras",
    ],
)
def test_one_article_has_one_identity(twin: str) -> None:
    assert identify(twin) == "contoh.id/berita/7/beras"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://contoh.id/baca?id=1", "https://contoh.id/baca?id=2"),
        ("https://contoh.id/baca?cid=1", "https://contoh.id/baca?cid=2"),
        ("https://contoh.id/?p=1", "https://contoh.id/?p=2"),
        ("https://contoh.id/?beras", "https://contoh.id/?gula"),
        ("https://contoh.id/index.php?id=1", "https://contoh.id/index.php?id=2"),
        ("https://contoh.id/baca?page=1201", "https://contoh.id/baca?page=1202"),
        ("https://contoh.id/baca?page=beras", "https://contoh.id/baca?page=gula"),
        ("https://contoh.id/b/E42ev2xdur", "https://contoh.id/b/e42ev2xdur"),
        ("https://jatim.contoh.id/b/1", "https://bali.contoh.id/b/1"),
        ("http://127.0.0.1:8081/b/1", "http://127.0.0.1:8082/b/1"),
        ("https://contoh.id/b/a%2Fb", "https://contoh.id/b/a/b"),
        ("https://contoh.id/b?x=1%262", "https://contoh.id/b?x=1&2"),
        ("https://contoh.id/lampu", "https://contoh.id/l"),
    ],
)
def test_different_articles_differ_in_identity(one: str, other: str) -> None:
    assert identify(one) != identify(other)


def test_identity_knows_no_order_of_parameters() -> None:
    assert identify("https://contoh.id/b?y=2&x=%c3%a9") == identify("https://contoh.id/b?x=é&y=2")


def test_identity_of_bare_twin_labels_keeps_domain() -> None:
    assert identify("https://m.co.id/a") == "m.co.id/a"


@settings(deadline=None)
@given(
    st.text() | st.from_regex(r"https?://[a-z.]{1,20}(:\d{1,5})?/[\x00-\xff]{0,40}\?[\x00-\xff]{0,40}", fullmatch=True)
)
def test_any_text_is_cleaned_once_and_for_all(url: str) -> None:
    cleaned = clean_url(url)
    identify(url)
    if cleaned is not None:
        assert cleaned.isascii()
        assert len(cleaned) <= MAX_URL_LENGTH
        assert clean_url(cleaned) == cleaned
        assert identify(cleaned) == identify(url)


@pytest.mark.parametrize(
    ("url", "domains", "expected"),
    [
        ("https://contoh.id/a", ["contoh.id"], True),
        ("https://Jatim.Contoh.id/a", ["lain.id", "contoh.id"], True),
        ("https://bukancontoh.id/a", ["contoh.id"], False),
        ("https://contoh.id.jahat.com/a", ["contoh.id"], False),
        ("https://jahat.com/contoh.id", ["contoh.id"], False),
        ("http://127.0.0.1:8081/", ["127.0.0.1:8081"], True),
        ("http://127.0.0.1:8082/", ["127.0.0.1:8081"], False),
        ("http://127.0.0.1:8082/", ["127.0.0.1"], True),
        ("https://contoh.id/", ["contoh.id:443"], True),
        ("/berita", ["contoh.id"], False),
        ("https://[::1/", ["contoh.id"], False),
    ],
)
def test_a_url_belongs_to_domain_and_subdomain(url: str, domains: list[str], expected: bool) -> None:  # noqa: FBT001 - a table
    assert belongs(url, domains) is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://contoh.id", True),
        ("http://m.contoh.id/?utm_source=x", True),
        ("https://jatim.contoh.id/", True),
        ("https://contoh.id/index.php", True),
        ("https://contoh.id/?p=7", False),
        ("https://contoh.id/berita", False),
        ("https://lain.id/", False),
    ],
)
def test_home_is_a_bare_root_of_the_outlet(url: str, expected: bool) -> None:  # noqa: FBT001 - a table
    assert is_home(url, OUTLET.site) is expected


def test_home_below_a_path_is_home_too() -> None:
    assert is_home("https://contoh.id/id/", "https://contoh.id/id")


@pytest.mark.parametrize(
    ("canonical", "expected"),
    [
        ("/berita/7/beras-naik-lagi?utm_source=x", "https://contoh.id/berita/7/beras-naik-lagi"),
        ("https://www.contoh.id/berita/8123/beras", "https://www.contoh.id/berita/8123/beras"),
        ("https://contoh.id/ekonomi/x?id=7", "https://contoh.id/ekonomi/x?id=7"),
        ("https://contoh.id/", None),
        ("https://jatim.contoh.id/", None),
        ("https://contoh.id/ekonomi/", None),
        ("https://contoh.id/tag/harga-beras-di-pasar", None),
        ("https://lain.id/berita/7/beras-naik-lagi", None),
        ("javascript:void(0)", None),
        ("", None),
        (None, None),
    ],
)
def test_canonical_is_believed_when_it_makes_sense(canonical: str | None, expected: str | None) -> None:
    assert accept_canonical(canonical, "https://contoh.id/berita/7/beras-naik-lagi/amp", OUTLET) == expected


def test_canonical_that_is_the_page_needs_no_shape() -> None:
    assert (
        accept_canonical("https://contoh.id/x/y", "https://m.contoh.id/x/y?page=2", OUTLET) == "https://contoh.id/x/y"
    )


def test_declared_article_pattern_judges_canonicals() -> None:
    outlet = OUTLET.model_copy(update={"article": ArticleRules(url=r"^/berita/\d+/")})
    assert accept_canonical("/pojok/harga-beras-naik", "https://contoh.id/berita/7/x", outlet) is None
    assert accept_canonical("/berita/8/x", "https://contoh.id/berita/7/x", outlet) == "https://contoh.id/berita/8/x"


@pytest.mark.parametrize(
    "path",
    [
        "/berita/189270/beras",
        "/beras-naik-lagi-di-pasar",
        "/ekonomi/d-8588052/beras",
        "/2024/09/14/ARTIab3wXY5.shtml",
        "/2024/09/14/beras",
        "/beritalengkap/0b90cfbd",
        "/beritalengkap/E42ev2xdur",
        "/?p=1204",
        "/baca.php?id=7",
        "/news_view.htm?lang=i&Seq_Code=80318",
        "/read/2024-09-14-beras-naik/full",
        "/articles/c5yvynj08z7o",
        "/nasional/20201214083527-32-581674/beras",
        "/trending/d-8588052/beras",
        "/terkini/harga-beras-naik",
    ],
)
def test_article_urls_have_slug_date_or_number(path: str) -> None:
    assert is_article(f"https://contoh.id{path}", OUTLET)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/ekonomi",
        "/ekonomi/bisnis-makro",
        "/tag/harga-beras-di-pasar",
        "/topik/pemilu-2024-di-jawa",
        "/penulis/1234567/budi",
        "/indeks/2024-09-14",
        "/2024/09/14/",
        "/2024/09/14/2",
        "/2024",
        "/berita/page/3",
        "/pedoman-media-siber",
        "/tentang-kami",
        "/syarat-dan-ketentuan",
        "/foto/2024/09/14/beras-naik-lagi.jpg",
        "/rss/1234567.xml",
        "/search?q=1234567",
        "/?p=2",
        "/pesta-bola-eropa",
        "/citizen6",
        "/berita/terkini",
        "/kategori/harga-beras-hari-ini",
        "/pilkada2024",
    ],
)
def test_lists_files_and_house_pages_are_no_articles(path: str) -> None:
    assert not is_article(f"https://contoh.id{path}", OUTLET)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://contoh.id/a?page=6", "https://contoh.id/a"),
        ("https://contoh.id/a?id=1&page=6", "https://contoh.id/a?id=1"),
        ("https://contoh.id/?page=6", "https://contoh.id/?page=6"),
        ("https://contoh.id/a?page=1201", "https://contoh.id/a?page=1201"),
        ("https://contoh.id/a", "https://contoh.id/a"),
    ],
)
def test_first_page_stands_for_the_article(url: str, expected: str) -> None:
    assert first_page_url(url) == expected


@pytest.mark.parametrize(
    ("url", "single", "expected"),
    [
        ("https://contoh.id/a", "page=all", "https://contoh.id/a?page=all"),
        ("https://contoh.id/a?id=1&page=2#x", "page=all", "https://contoh.id/a?id=1&page=all"),
        ("https://contoh.id/a?id=1", None, "https://contoh.id/a?id=1"),
    ],
)
def test_whole_article_sets_the_single_query(url: str, single: str | None, expected: str) -> None:
    assert whole_article_url(url, single) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.contoh.co.id/a", "contoh.co.id"),
        ("http://127.0.0.1:8081/a", "127.0.0.1:8081"),
        ("http://localhost/a", "localhost:80"),
    ],
)
def test_download_slot_is_the_registered_domain(url: str, expected: str) -> None:
    assert download_slot(url) == expected
