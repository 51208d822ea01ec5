from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from search.aliases import Aliases
from tests.search.articles import add_article
from tests.web.client import filled, hrefs, link, read, texts, words
from tests.web.printed import NOW, OUTLETS
from web.queries import searches
from web.server import create_app
from web.state import WebState

TITLES = ".hits h2"


def test_a_newcomer_sees_the_newest_articles(client: TestClient) -> None:
    page = read(client.get("/"))
    assert texts(page, "h1") == ["Newest articles"]
    titles = texts(page, TITLES)
    assert len(titles) == 20
    assert titles[1] == "Kapal Gandum Merapat, Harga Tepung Ditunggu"
    assert "56 articles in the archive, 63 with the copies of the same texts" in texts(page, ".hint")


def test_hits_show_why_they_were_found_and_how_far_they_went(client: TestClient) -> None:
    page = read(client.get("/", params={"q": "latihan laut", "sort": "newest"}))
    assert texts(page, "h1") == ["1 article for latihan laut"]
    assert set(texts(page, ".hits mark")) == {"latihan", "laut"}
    (told,) = texts(page, ".told")
    assert told == "5 copies in 4 outlets, first: Kabar Samudra, 14 Sep 2024, 10.00 WIB"


def test_hits_name_outlet_time_section_and_authors(client: TestClient) -> None:
    page = read(client.get("/", params={"q": "title:bahas"}))
    assert texts(page, ".hits .meta > li") == [
        "Cakrawala Timur",
        "14 Sep 2024, 18.00 WITA",
        "Dunia",
        "Maria Lende, Togar Sihite",
    ]
    assert hrefs(page, ".hits .meta a") == ["/outlets/cakrawala"]
    assert page.cssselect(".hits time")[0].get("datetime") == "2024-09-14T18:00+08:00"
    assert page.cssselect(".hits h2 a")[0].get("lang") == "id"


def test_undated_removed_and_seed_articles_say_so(client: TestClient) -> None:
    page = read(client.get("/", params={"q": "title:arsip OR title:(nelayan mertani) OR origin:seed", "copies": "1"}))
    said = dict(zip(texts(page, TITLES), (texts(one, "li") for one in page.cssselect(".hits .meta")), strict=True))
    assert "undated" in said["Arsip: Kunjungan Menteri Pertahanan Rusia"]
    assert "removed from its page" in said["Nelayan “Kuala Mertani” Kembali Bekerja Setelah Gelombang Tinggi"]
    assert said["Beijing dan Moskow Perluas Kemitraan Strategis"] == [
        "unknown outlet", "26 Aug 2024", "Arsip", "seed document",
    ]  # fmt: skip


def test_facets_narrow_and_can_be_taken_away(client: TestClient) -> None:
    page = read(client.get("/?q=rusia"))
    found = texts(page, ".facets a")
    assert found[0] == "Kabar Samudra 3 hits"
    narrowed = read(client.get(link(page, ".facets a", "Lentera Pagi")))
    assert texts(narrowed, "h1") == ["2 articles for rusia"]
    assert texts(narrowed, ".chips a") == ["Take away: outlet: Lentera Pagi"]
    assert texts(narrowed, ".facets a[aria-current]") == ["Lentera Pagi (active; remove) 2 hits"]
    again = read(client.get(link(narrowed, ".chips a", "Take away")))
    assert texts(again, ".facets a") == found


def test_a_facet_s_number_is_how_many_hits_it_leads_to(client: TestClient) -> None:
    page = read(client.get("/"))
    for choice in page.cssselect(".facets a"):
        number, unit = words(choice).rsplit(" ", 2)[1:]
        narrowed = read(client.get(choice.get("href", "")))
        assert texts(narrowed, "h1") == [f"{number} {unit.replace('hit', 'article')}"]


def test_a_value_in_other_case_is_taken_away_too(client: TestClient) -> None:
    page = read(client.get("/?section=DUNIA"))
    assert texts(page, ".facets a[aria-current]") == ["Dunia (active; remove) 1 hit"]
    assert link(page, ".facets a[aria-current]", "Dunia") == "/?"


def test_a_value_without_hits_stays_to_be_taken_away(client: TestClient) -> None:
    page = read(client.get("/?q=zebra&outlet=samudra"))
    assert texts(page, ".facets a[aria-current]") == ["Kabar Samudra (active; remove) 0 hits"]
    assert "Nothing found among 63 articles." in texts(page, ".empty p")
    assert link(page, ".empty a", "search without") == "/?q=zebra"


def test_the_form_keeps_what_was_asked(client: TestClient) -> None:
    asked = "q=%22kerja+sama%22&outlet=samudra&outlet=lentera&since=2024-09&sort=oldest&copies=1&aliases=0&limit=5"
    page = read(client.get(f"/?{asked}"))
    assert sorted(filled(page, "form.search")) == sorted([
        ("q", '"kerja sama"'), ("outlet", "samudra"), ("outlet", "lentera"), ("since", "2024-09"), ("sort", "oldest"),
        ("copies", "1"), ("aliases", "0"), ("limit", "5"),
    ])  # fmt: skip


def test_bars_of_the_timeline_lead_to_their_day(client: TestClient) -> None:
    page = read(client.get("/?q=rusia"))
    day = link(page, ".timeline th a", "14 Sep 2024")
    assert day == "/?q=rusia&since=2024-09-14&until=2024-09-14"
    narrowed = read(client.get(day))
    assert texts(narrowed, ".chips a") == ["Take away: on 2024-09-14"]
    numbers = dict(zip(texts(page, ".timeline tbody th"), texts(page, ".timeline td"), strict=True))
    assert texts(narrowed, "h1") == [f"{numbers['14 Sep 2024']} articles for rusia"]


def test_pages_follow_each_other(client: TestClient) -> None:
    address: str | None = "/?limit=30&copies=1"
    seen: list[str] = []
    while address:
        page = read(client.get(address))
        seen += hrefs(page, f"{TITLES} a")
        address = next(iter(hrefs(page, "a[rel=next]")), None)
    assert len(seen) == len(set(seen)) == 63
    assert link(page, ".pages a", "First page") == "/?copies=1&limit=30"


def test_copies_are_listed_on_demand(client: TestClient) -> None:
    page = read(client.get("/?q=barisan+kehormatan&copies=1"))
    assert texts(page, "h1") == ["5 articles for barisan kehormatan"]
    assert link(page, ".chips a", "Take away: with all copies") == "/?q=barisan+kehormatan"


def test_likeness_to_the_seeds_is_shown_where_it_orders(client: TestClient) -> None:
    page = read(client.get("/?q=title:rusia&sort=similarity"))
    assert texts(page, ".hits .meta")[0].endswith("0.41 like the seeds")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("q=rusia+(beijing", "Wrong at column 7: "),
        ("q=judul:rusia", "Wrong at column 1: "),
        ("since=kemarin", "since kemarin: allowed is a day"),
        ("since=2024-09&until=2024-08", "nothing lies between them"),
    ],
)
def test_a_wrong_search_says_what_is_wrong(client: TestClient, asked: str, message: str) -> None:
    page = read(client.get(f"/?{asked}"), 422)
    (fault,) = texts(page, "#fault p")
    assert message in fault
    assert page.cssselect("#q")[0].get("aria-describedby") == "fault"
    assert not page.cssselect(".hits")


def test_the_place_of_a_fault_is_pointed_at(client: TestClient) -> None:
    query = f"{'rusia ' * 20}(beijing {'dan ' * 20}"
    page = read(client.get("/", params={"q": query}), 422)
    part, pointer = str(page.cssselect("#fault pre")[0].text_content()).split("\n")
    assert part[pointer.index("^")] == "("
    assert len(part) == 80


def test_parameters_that_no_search_has_are_refused(client: TestClient) -> None:
    assert texts(read(client.get("/?colour=red"), 422), "main li") == ["colour: there is no such parameter"]


def test_other_names_are_told_and_can_be_left_out(state: WebState) -> None:
    app = create_app(replace(state, aliases=Aliases([["Tiongkok", "China", "RRT"]])))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        page = read(client.get("/?q=china"))
        assert any(hint.startswith("Also looked up: Tiongkok, RRT for china.") for hint in texts(page, ".hint"))
        assert page.cssselect(".hits li")
        assert not read(client.get(link(page, ".hint a", "Only the names"))).cssselect(".hits li")


def test_machines_find_the_same_search(client: TestClient) -> None:
    page = read(client.get("/?q=rusia&section=Dunia&sort=newest&limit=1"))
    assert hrefs(page, ".machines a") == [
        "/api/v1/search?q=rusia&section=Dunia&sort=newest&limit=1",
        "/api/v1/search.atom?q=rusia&section=Dunia",
    ]
    for address in (*hrefs(page, ".machines a"), *hrefs(page, "link[rel=alternate]")):
        assert client.get(address).status_code == 200
    hits = client.get(hrefs(page, ".machines a")[0]).json()
    assert [f"/articles/{one['id']}" for one in hits["items"]] == hrefs(page, f"{TITLES} a")


def test_too_many_hits_are_numbered_on_demand_only(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.ranking.RANKED", 40)
    monkeypatch.setattr(searches, "MOST_TALLIED", 50)
    page = read(client.get("/?copies=1"))
    assert texts(page, "h1") == ["More than 40 articles"]
    assert not page.cssselect(".facets, .timeline")
    assert texts(read(client.get("/?since=2024-09")), "h1") == ["More than 40 articles"]
    counted = read(client.get(link(page, ".notice a", "Count them all")))
    assert texts(counted, "h1") == ["63 articles"]
    assert counted.cssselect(".facets")
    assert counted.cssselect(".timeline")
    monkeypatch.setattr(searches, "MOST_TALLIED", 63)
    assert texts(read(client.get("/?copies=1")), "h1") == ["63 articles"]


def test_an_empty_archive_says_what_to_do(engine: Engine) -> None:
    with TestClient(create_app(WebState(engine, lambda: NOW)), base_url="http://127.0.0.1") as client:
        assert "The archive is empty." in texts(read(client.get("/")), ".empty")[0]


def test_both_databases_show_the_same(either_archive: Engine) -> None:
    with TestClient(create_app(WebState(either_archive, lambda: NOW, OUTLETS)), base_url="http://127.0.0.1") as client:
        page = read(client.get("/?q=rusia&sort=newest&since=10d"))
    assert texts(page, TITLES)[:2] == [
        "Kapal Gandum Merapat, Harga Tepung Ditunggu",
        "Tamu dari Moskow Disambut Barisan Kehormatan",
    ]
    assert texts(page, ".facets a")[:4] == [
        "Kabar Samudra 3 hits",
        "Cakrawala Timur 2 hits",
        "Lentera Pagi 2 hits",
        "Pena Muara 2 hits",
    ]


def test_names_and_queries_of_any_kind_are_shown_as_they_are(web_archive: Engine, client: TestClient) -> None:
    name = "a&b=c?d#e%/\"'<é北>"
    with Session(web_archive) as session:
        add_article(session, "Nama", "Teks.", section=name, authors=[name], published_at=NOW - timedelta(hours=1))
        session.commit()
    page = read(client.get("/", params={"q": "nama teks", "section": name}))
    assert texts(page, ".chips a") == [f"Take away: section: {name}"]
    assert texts(read(client.get(hrefs(page, ".facets a")[0])), ".hits li li") == [
        "Kabar Samudra",
        "15 Sep 2024, 08.00 WIB",
        name,
        name,
    ]
