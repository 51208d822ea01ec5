from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from database.schema import SavedSearch
from search.aliases import Aliases
from tests.web.client import Answer, filled, hrefs, link, read, texts, words
from tests.web.printed import NOW, OUTLETS
from web.server import create_app
from web.state import WebState

SAME_ORIGIN = {"Origin": "http://127.0.0.1"}


def post(client: TestClient, address: str, **fields: str) -> Answer:
    return client.post(address, data=fields, headers=SAME_ORIGIN)


def test_a_search_is_saved_opened_and_forgotten(client: TestClient) -> None:
    page = read(client.get("/?q=gandum&section=Ekonomi&sort=newest"))
    fields = dict(filled(page, ".save form")) | {"title": "Impor gandum"}
    listed = read(post(client, "/saved", **fields))
    assert texts(listed, ".saved h2") == ["Impor gandum", "Harga pangan di daerah", "Tiongkok dan Rusia"]
    opened = read(client.get(link(listed, ".saved h2 a", "Impor gandum")))
    assert texts(opened, "h1") == texts(page, "h1")
    assert filled(opened, "form.search") == filled(page, "form.search")
    read(post(client, listed.cssselect(".saved form")[0].get("action", "")))
    assert "Impor gandum" not in texts(read(client.get("/saved")), ".saved h2")


def test_saving_leads_to_the_new_one_in_the_list(client: TestClient) -> None:
    answer = client.post("/saved", data={"title": "Beras", "search": "q=beras"}, headers=SAME_ORIGIN,
                         follow_redirects=False)  # fmt: skip
    assert (answer.status_code, answer.headers["location"]) == (303, "/saved#beras")


def test_the_title_is_proposed_and_the_page_is_not_saved(client: TestClient) -> None:
    page = read(client.get("/?copies=1&limit=5"))
    later = read(client.get(hrefs(page, "a[rel=next]")[0]))
    assert filled(later, ".save form") == [("search", "copies=1&limit=5")]
    assert ("title", "kerja sama") in filled(read(client.get("/?q=kerja+sama")), ".save form")


def test_each_tells_what_it_found_lately(client: TestClient) -> None:
    page = read(client.get("/saved"))
    assert texts(page, ".saved p")[1] == (
        "2 articles in the last 7 days; the newest: Tamu dari Moskow Disambut Barisan Kehormatan, 15 Sep 2024"
    )


def test_each_is_a_feed(client: TestClient) -> None:
    page = read(client.get("/saved"))
    feed = client.get(hrefs(page, ".saved .meta a")[1])
    assert feed.headers["content-type"].startswith("application/atom+xml")
    assert "Tamu dari Moskow" in feed.text
    assert [one["title"] for one in client.get(hrefs(page, ".machines a")[0]).json()["items"]] == texts(page, "h2")


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "", "search": "q=beras"},
        {"title": "x" * 121, "search": "q=beras"},
        {"title": "Beras", "search": "q=(beras"},
        {"title": "Beras", "search": "colour=red"},
        {"title": "Beras", "search": "since=kemarin"},
        {"title": "Beras", "search": "q=beras", "more": "1"},
    ],
)
def test_what_is_no_search_is_not_saved(client: TestClient, fields: dict[str, str]) -> None:
    read(post(client, "/saved", **fields), 422)
    assert len(texts(read(client.get("/saved")), ".saved h2")) == 2


def test_what_other_sites_ask_for_is_not_done(client: TestClient) -> None:
    for address in ("/saved", "/saved/tiongkok-dan-rusia/delete"):
        answer = client.post(
            address, data={"title": "Beras", "search": "q=beras"}, headers={"Origin": "http://evil.example"}
        )
        read(answer, 403)
    assert len(texts(read(client.get("/saved")), ".saved h2")) == 2


def test_what_is_not_there_cannot_be_forgotten(client: TestClient) -> None:
    read(post(client, "/saved/tiada/delete"), 404)
    read(post(client, "/saved/TIADA/delete"), 422)


def test_a_search_that_cannot_be_asked_any_more_stays_to_be_deleted(state: WebState, client: TestClient) -> None:
    with Session(state.engine) as session:
        session.add(SavedSearch(name="lama", title="Lama", parameters="colour=red", created_at=NOW))
        session.commit()
    page = read(client.get("/saved"))
    assert texts(page, ".saved .bad")[0].startswith("It no longer works: ")
    assert len(page.cssselect(".saved form")) == 3


def test_without_any_the_page_says_how_to_save_one(client: TestClient) -> None:
    for name in ("tiongkok-dan-rusia", "harga-pangan-di-daerah"):
        post(client, f"/saved/{name}/delete")
    assert "No search is saved yet." in words(read(client.get("/saved")))


def test_a_hostile_title_is_shown_as_it_is(client: TestClient) -> None:
    title = "<script>alert('simpan')</script>\" onclick=\"x"
    page = read(post(client, "/saved", title=title, search="q=beras"))
    assert texts(page, ".saved h2")[0] == title
    assert not page.cssselect("script, [onclick]")


def test_names_that_mean_the_same_are_asked_for_as_well(state: WebState) -> None:
    app = create_app(replace(state, outlets=OUTLETS, aliases=Aliases([["Moskow", "Rusia"]])))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        page = read(post(client, "/saved", title="Moskow", search="q=moskow"))
        without = read(post(client, "/saved", title="Hanya Moskow", search="q=moskow&aliases=0"))
    assert texts(page, ".saved p")[0].startswith("3 articles in")
    assert texts(without, ".saved p")[0].startswith("1 article in")
