import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from tests.web.client import hrefs, link, read, texts
from tests.web.printed import DAY, NOW
from web.pages import search as pages
from web.queries import articles
from web.server import create_app
from web.state import WebState


def test_the_latest_day_with_stories_is_shown(client: TestClient) -> None:
    page = read(client.get("/stories"))
    assert texts(page, "h1") == ["Stories of 14 Sep 2024"]
    assert texts(page, ".story h2") == ["Menteri Pertahanan Rusia Tiba di Beijing"]
    assert texts(page, ".reach") == ["4 outlets5 articles"]
    assert texts(page, ".story .meta")[0] == "first: Kabar Samudra14 Sep 2024, 10.00 WIB"
    assert texts(page, ".spread li") == ["Lentera Pagi +1 h 20 min", "Cakrawala Timur +7 h", "Pena Muara +1 d"]


def test_a_story_belongs_to_the_day_of_its_first_article_in_jakarta(client: TestClient) -> None:
    assert texts(read(client.get("/stories?day=2024-09-13")), ".story h2") == ["Gandum Rusia Tiba di Pelabuhan"]
    assert texts(read(client.get("/stories?day=2024-09-09")), ".story h2") == ["Dagang Tiongkok-Rusia Naik 7,5 Persen"]


def test_days_lead_to_each_other(client: TestClient) -> None:
    page = read(client.get("/stories"))
    before = read(client.get(hrefs(page, "a[rel=prev]")[0]))
    assert texts(before, "h1") == ["Stories of 13 Sep 2024"]
    assert hrefs(before, "a[rel=next]") == ["/stories?day=2024-09-14"]
    assert page.cssselect("#day")[0].get("value") == "2024-09-14"
    assert not read(client.get(f"/stories?day={NOW:%Y-%m-%d}")).cssselect("a[rel=next]")


def test_more_stories_are_a_page_away(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "_SHOWN", 1)
    monkeypatch.setattr(pages, "_MIN_OUTLETS", 1)
    monkeypatch.setattr(pages, "_DAY", 400 * DAY)
    page = read(client.get("/stories?day=2024-01-01"))
    seen = hrefs(page, ".story h2 a")
    while following := [one for one in hrefs(page, ".pages a") if "after=" in one]:
        page = read(client.get(following[0]))
        seen += hrefs(page, ".story h2 a")
        assert hrefs(page, ".pages a")[0] == "/stories?day=2024-01-01"
    assert len(set(seen)) == len(seen) > 2
    behind = read(client.get("/stories?day=2024-01-01&after=0.0.none.1"))
    assert texts(behind, ".empty") == ["No more stories."]
    read(client.get("/stories?after=x"), 422)


def test_a_day_without_stories_leads_to_the_latest(client: TestClient) -> None:
    page = read(client.get("/stories?day=2024-09-01"))
    assert link(page, ".empty a", "The latest stories") == "/stories?day=2024-09-14"


def test_an_archive_without_stories_has_a_page_too(engine: Engine) -> None:
    with TestClient(create_app(WebState(engine, lambda: NOW)), base_url="http://127.0.0.1") as client:
        page = read(client.get("/stories"))
    assert texts(page, "h1") == ["Stories of 15 Sep 2024"]
    assert not page.cssselect(".empty a")


@pytest.mark.parametrize("day", ["kemarin", "2024-09-31", "", "0001-01-01", "9999-12-31"])
def test_what_is_no_day_is_refused(client: TestClient, day: str) -> None:
    read(client.get("/stories", params={"day": day}), 422)


def test_a_story_shows_who_followed_and_what_each_changed(client: TestClient) -> None:
    page = read(client.get(hrefs(read(client.get("/stories")), ".story h2 a")[0]))
    assert texts(page, "h1") == ["Menteri Pertahanan Rusia Tiba di Beijing"]
    assert texts(page, "p.lead")[0] == (
        "5 copies in 4 outlets. First published by Kabar Samudra, 14 Sep 2024, 10.00 WIB."
    )
    assert page.cssselect("figure.lags svg[role=img] title")
    assert texts(page, "td[data-label=Lag]") == ["first", "+1 h 20 min", "+7 h", "+1 d", "undated"]
    assert texts(page, "tbody summary") == [
        "3 paragraphs different from the first",
        "2 paragraphs different from the first",
    ]
    assert texts(page, ".difference .kind")[-2:] == ["only in the first", "only in the first"]


def test_very_many_copies_are_neither_compared_nor_listed_all(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(articles, "_MOST_SHOWN", 3)
    monkeypatch.setattr(articles, "_MOST_COMPARED", 1)
    page = read(client.get(hrefs(read(client.get("/stories")), ".story h2 a")[0]))
    assert len(page.cssselect("tbody tr")) == 3
    assert texts(page, "tbody span.small") == ["not compared here"]
    assert "And 2 more articles." in texts(page, ".hint")


def test_machines_find_the_same_stories(client: TestClient) -> None:
    page = read(client.get("/stories"))
    listed, feed = hrefs(page, ".machines a")
    told = client.get(listed).json()["items"]
    assert [f"/stories/{story['id']}" for story in told] == hrefs(page, ".story h2 a")
    assert client.get(feed).status_code == 200
    story = read(client.get(hrefs(page, ".story h2 a")[0]))
    articles = client.get(hrefs(story, ".machines a")[0]).json()["articles"]
    assert [f"/articles/{one['id']}" for one in articles] == hrefs(story, "tbody td:not([data-label]) > a")


def test_a_story_that_is_not_there_is_told(client: TestClient) -> None:
    assert texts(read(client.get("/stories/999"), 404), "h1") == ["Not found"]
    assert read(client.get("/stories/0"), 422) is not None


def test_both_databases_show_the_same(either_archive: Engine) -> None:
    with TestClient(create_app(WebState(either_archive, lambda: NOW)), base_url="http://127.0.0.1") as client:
        page = read(client.get("/stories"))
        story = read(client.get(hrefs(page, ".story h2 a")[0]))
    assert texts(page, ".spread li") == ["lentera +1 h 20 min", "cakrawala +7 h", "pena_muara +1 d"]
    assert texts(story, "td[data-label=Similarity]") == ["100 %", "100 %", "66 %", "100 %", "65 %"]
