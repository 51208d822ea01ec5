import pytest
from fastapi.testclient import TestClient
from lxml.html import HtmlElement
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core.models import Article
from database.schema import StoredArticle
from pipelines.seeds.seed_import import import_seed
from tests.web.archive import HOSTILE_TITLE
from tests.web.client import hrefs, link, read, texts, words
from tests.web.printed import GRAIN, NOW, VISIT

Ids = dict[str | None, int]


@pytest.fixture
def ids(web_archive: Engine) -> Ids:
    """The articles' numbers by their headlines."""
    with Session(web_archive) as session:
        return {row.title: row.id for row in session.execute(select(StoredArticle.title, StoredArticle.id))}


VISIT_TITLE = "Menteri Pertahanan Rusia Tiba di Beijing"
GRAIN_TITLE = "40.000 Ton Gandum Rusia Dibongkar"
SEED_TITLE = "Menlu Tiongkok dan Rusia Bertemu di Moskow"


def table(page: HtmlElement, section: str) -> dict[str, list[str]]:
    """The rows of a section's table by their headings."""
    rows = page.cssselect(f"section[aria-labelledby={section}] tbody tr")
    return {words(row.cssselect("th")[0]): texts(row, "td") for row in rows}


def test_an_article_is_shown_in_paragraphs_in_its_language(client: TestClient, ids: Ids) -> None:
    page = read(client.get(f"/articles/{ids[VISIT_TITLE]}"))
    assert texts(page, "h1") == [VISIT_TITLE]
    assert texts(page, ".text p") == [f"Beijing, Kabar Samudra — {VISIT[0]}", *VISIT[1:]]
    assert page.cssselect(".text")[0].get("lang") == "id"
    assert texts(page, "header .meta li") == ["Kabar Samudra", "14 Sep 2024, 10.00 WIB", "by Rini Wulandari"]


def test_its_outlet_is_a_click_away(client: TestClient, ids: Ids) -> None:
    page = read(client.get(f"/articles/{ids[VISIT_TITLE]}"))
    (original,) = page.cssselect(".facts a.out")
    assert original.get("href") == "https://samudra.example/2024/09/14/menhan-rusia-di-beijing"
    assert original.get("rel") == "noopener nofollow noreferrer"


def test_every_field_tells_where_it_comes_from(client: TestClient, ids: Ids) -> None:
    rows = table(read(client.get(f"/articles/{ids[VISIT_TITLE]}")), "fields")
    assert rows["title"] == [VISIT_TITLE, "its page"]
    assert rows["credit"] == ["Antara", "its page"]
    at = "2024-09-14T10:00:00+07:00"
    assert rows["published"] == [
        "14 Sep 2024, 10.00 WIB",
        f"its pagefound in json-ld:datePublished, written “{at}”, precise to the minute, high confidence",
    ]
    assert rows["canonical address"][1] == "its page"


def test_a_seed_s_fields_come_from_its_document(client: TestClient, ids: Ids) -> None:
    page = read(client.get(f"/articles/{ids[SEED_TITLE]}"))
    rows = table(page, "fields")
    assert rows["title"][1] == "the seed document diplomasi-1.txt"
    assert rows["text"][1] == "the seed document"
    assert texts(page, "h3") == ["Seed document diplomasi-1.txt"]
    assert "gave title, authors, language, published" in words(page)
    assert "no address known" in texts(page, ".facts dd")


def test_what_a_document_says_otherwise_than_the_page_is_told(
    web_archive: Engine, client: TestClient, ids: Ids
) -> None:
    document = Article(None, "samudra", "Judul Naskah", "\n".join(VISIT), authors=["Ani", "Budi"], summary="Ringkas.")
    with Session(web_archive) as session:
        import_seed(session, "naskah.txt", b"naskah", document, NOW, look_back=60)
        session.commit()
    page = read(client.get(f"/articles/{ids[VISIT_TITLE]}"))
    assert texts(page, "h1") == [VISIT_TITLE]
    rows = table(page, "fields")
    assert rows["title"][1] == "its page"
    assert rows["summary"] == ["Ringkas.", "the seed document naskah.txt"]
    assert "It also states, but the page counts more: title “Judul Naskah”; authors “Ani, Budi”" in words(page)


def test_a_revision_shows_what_it_changed(client: TestClient, ids: Ids) -> None:
    page = read(client.get(f"/articles/{ids[GRAIN_TITLE]}"))
    assert texts(page, ".versions h3") == ["Revision 3 (now)", "Revision 2", "Revision 1"]
    first, second, _ = page.cssselect(".versions li:not([class])")
    assert words(second.cssselect("p")[0]) == "seen 14 Sep 2024, 11.00 WIB: 2 words added, 9 removed"
    assert texts(second, "del") == ["[removed: akhir bulan ini bila cuaca di Laut Hitam memungkinkan.]"]
    assert texts(second, "ins") == ["[added: pekan depan.]"]
    assert words(first).startswith("Revision 3 (now) seen 14 Sep 2024, 17.00 WIB: 15 words added, 8 removed, headline")
    assert texts(first, "p del, p ins") == ["[removed: 60.000]", "[added: 40.000]"]


def test_an_article_without_revisions_has_no_such_part(client: TestClient, ids: Ids) -> None:
    assert not read(client.get(f"/articles/{ids[VISIT_TITLE]}")).cssselect("#revisions")


def test_its_story_tells_who_was_first_and_what_differs(client: TestClient, ids: Ids) -> None:
    page = read(client.get(f"/articles/{ids[VISIT_TITLE]}"))
    story = page.cssselect("section[aria-labelledby=story]")[0]
    assert words(story.cssselect("p")[0]).startswith(
        "5 copies in 4 outlets; first published by Kabar Samudra, 14 Sep 2024, 10.00 WIB."
    )
    assert texts(story, "tbody th") == [
        "Kabar Samudra",
        "Lentera Pagi",
        "Cakrawala Timur",
        "Pena Muara",
        "Lentera Pagi",
    ]
    assert texts(story, "td[data-label=Lag]") == ["first", "+1 h 20 min", "+7 h", "+1 d", "undated"]
    assert texts(story, "td[data-label=Similarity]") == ["100 %", "100 %", "66 %", "100 %", "65 %"]
    assert "[removed: 40][added: 60]" in texts(story, ".difference li.changed")[0].replace("] [", "][")
    assert story.cssselect("figure.lags svg")
    assert texts(story, ".tag") == ["this one"]


def test_an_article_that_nobody_copied_has_no_story(client: TestClient, ids: Ids) -> None:
    assert not read(client.get(f"/articles/{ids[SEED_TITLE]}")).cssselect("#story")


def test_its_way_through_the_ledger_is_told(client: TestClient, ids: Ids) -> None:
    page = read(client.get(f"/articles/{ids[GRAIN_TITLE]}"))
    events = texts(page, ".history li")
    assert events[0] == "14 Sep 2024, 08.00 WIB: first seen"
    assert events[1].startswith("14 Sep 2024, 08.00 WIB: named by https://samudra.example/feed in run ")
    assert events[-1] == ("14 Sep 2024, 17.00 WIB: revised (revision 3: 15 words added, 8 removed, headline changed)")
    assert hrefs(page, ".history a")[1].startswith("/runs/")


def test_what_was_removed_says_so(client: TestClient, ids: Ids) -> None:
    title = "Nelayan “Kuala Mertani” Kembali Bekerja Setelah Gelombang Tinggi"
    page = read(client.get(f"/articles/{ids[title]}"))
    assert texts(page, ".notice") == ["Its page was removed, as seen 15 Sep 2024, 08.00 WIB. The article is kept here."]


def test_only_web_addresses_become_links(client: TestClient, ids: Ids) -> None:
    page = read(client.get(f"/articles/{ids[HOSTILE_TITLE]}"))
    assert texts(page, "h1") == [HOSTILE_TITLE]
    assert "javascript:alert('url')" in texts(page, ".facts dd")
    assert all(href.startswith(("/", "#")) for href in hrefs(page, "a"))
    assert not page.cssselect("script, img:not([src='/static/favicon.svg']), [onmouseover], [onerror]")


def test_machines_find_the_same_alike(client: TestClient, ids: Ids) -> None:
    page = read(client.get(f"/articles/{ids[VISIT_TITLE]}/like"))
    found = client.get(link(page, ".machines a", "JSON")).json()
    assert [f"/articles/{one['id']}" for one in found["items"]] == hrefs(page, ".hits h2 a")
    likeness = [one["likeness"] for one in found["items"]]
    assert likeness == sorted(likeness, reverse=True)
    assert 0 < likeness[-1] < likeness[0] < 1
    assert found["total"] == len(likeness)
    feed = client.get(link(page, ".machines a", "Atom"))
    assert feed.text.count("<entry>") == len(likeness)
    assert f"Like “{VISIT_TITLE}”" in feed.text


def test_others_like_it_are_a_click_away(client: TestClient, ids: Ids) -> None:
    page = read(client.get(link(read(client.get(f"/articles/{ids[VISIT_TITLE]}")), ".facts a", "More like this")))
    titles = texts(page, ".hits h2")
    assert "Beijing dan Moskow Perluas Kemitraan Strategis" in titles
    assert "Menhan Rusia Mulai Kunjungan Tiga Hari di Beijing" not in titles
    assert hrefs(page, ".lead a") == [f"/articles/{ids[VISIT_TITLE]}"]


@pytest.mark.parametrize(("address", "status"), [
    ("/articles/999", 404), ("/articles/999/like", 404), ("/articles/0", 422), (f"/articles/{2**63}", 422),
    ("/articles/satu", 422),
])  # fmt: skip
def test_what_is_not_there_is_told(client: TestClient, address: str, status: int) -> None:
    page = read(client.get(address), status)
    assert len(texts(page, "h1")) == 1
    assert hrefs(page, "main a") == ["/"]


def test_page_and_api_tell_the_same(client: TestClient, ids: Ids) -> None:
    page = read(client.get(f"/articles/{ids[GRAIN_TITLE]}"))
    told = client.get(link(page, ".facts a", "JSON")).json()
    assert told["title"] == texts(page, "h1")[0]
    assert told["text"].split("\n") == texts(page, ".text p")
    assert told["text"].split("\n")[2] == GRAIN[2]
    assert len(told["revisions"]) == len(texts(page, ".versions h3"))
