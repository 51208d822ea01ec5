"""The monitor's rounds and the flags, as pages and as JSON."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from database import rounds
from tests.web.archive import FAILING
from tests.web.client import get_json, open_page, texts_at
from tests.web.printed import DAY, HOUR, MINUTE, NOW
from web.state import WebState


def test_rounds_are_listed_the_newest_first(client: TestClient) -> None:
    rows = open_page(client, "/rounds").xpath("//tbody/tr")
    assert texts_at(rows[0], "*") == ["15 Sep 2024, 07.00 WIB", "finished", "7 min", "3", "7", "1", "1", "0", "–"]
    assert [texts_at(row, "td[1]") for row in rows] == [["finished"], ["killed"], ["finished"]]


def test_rounds_are_narrowed_and_come_page_by_page(client: TestClient) -> None:
    assert texts_at(open_page(client, "/rounds?state=killed"), "//caption") == ["1 round, the newest first"]
    assert texts_at(open_page(client, "/rounds?state=stopped"), "//main//b") == ["No round."]
    [onwards] = open_page(client, "/rounds?limit=2").xpath("//a[@rel='next']/@href")
    assert len(open_page(client, onwards).xpath("//tbody/tr")) == 1


def test_a_round_tells_what_it_did_with_each_outlet(client: TestClient) -> None:
    tree = open_page(client, "/rounds/3")
    assert texts_at(tree, "//h1") == ["Round 3"]
    assert "3 outlets due, 3 not due" in texts_at(tree, "//dl/dd")
    assert texts_at(tree, "//ul[@class='flags']/li") == [f"suluh: {FAILING}"]
    lentera, suluh, samudra = tree.xpath("//table[contains(@class, 'outlets')]/tbody/tr")
    assert texts_at(lentera, "*") == [
        "Lentera Pagi", "finished, 6 min about 12 articles may have been missed", "30", "2", "0", "1",
        "22 21 too-old, 1 video", "0", "41 1.4 MB", "15 Sep 2024, 06.00 WIB",
    ]  # fmt: skip
    assert texts_at(suluh, "td[1]") == [f"failed {FAILING} https://suluh.example/feed: HTTP 403 Forbidden"]
    assert texts_at(samudra, "th") == ["Kabar Samudra"]


def test_a_round_s_outlets_come_page_by_page(client: TestClient) -> None:
    names, path = [], "/rounds/3?limit=2"
    while path:
        tree = open_page(client, path)
        names += texts_at(tree, "//table[contains(@class, 'outlets')]/tbody/tr/th")
        path = next(iter(tree.xpath("//a[@rel='next']/@href")), "")
    assert names == ["Lentera Pagi", "Suluh Lama", "Kabar Samudra"]


def test_runs_and_rounds_lead_to_each_other(client: TestClient) -> None:
    run = next(iter(open_page(client, "/rounds/3").xpath("//a[starts-with(@href, '/runs/')]/@href")))
    assert open_page(client, run).xpath("//dd/a[@href='/rounds/3']")


def test_a_round_that_left_no_report_is_shown(client: TestClient) -> None:
    tree = open_page(client, "/rounds/2")
    assert texts_at(tree, "//main/p[@class='quiet']") == ["No outlet was reported."]
    assert get_json(client, "/rounds/2")["items"] == []


def test_a_round_that_goes_on_tells_when_it_reported_last(client: TestClient, state: WebState) -> None:
    with Session(state.engine) as session:
        number = rounds.start_round(session, NOW - HOUR)
        rounds.keep_report(session, number, {"outlets": [{"name": "hampa", "stage": "waiting"}]}, NOW - MINUTE)
        session.commit()
    tree = open_page(client, f"/rounds/{number}")
    assert "Reported last" in texts_at(tree, "//dt")
    assert texts_at(tree, "//table[contains(@class, 'outlets')]//td[1]") == ["waiting"]
    assert texts_at(open_page(client, "/rounds"), "//tbody/tr[1]/td")[:2] == ["running", "–"]


@pytest.mark.parametrize("path", ["/rounds/999", "/rounds/9223372036854775807"])
def test_an_unknown_round_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == client.get(f"/api/v1{path}").status_code == 404


@pytest.mark.parametrize("path", ["/rounds?state=odd", "/flags?state=odd", "/rounds?limit=101", "/flags?unknown=1"])
def test_wrong_parameters_are_refused(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == client.get(f"/api/v1{path}").status_code == 422


def test_half_a_character_from_the_web_breaks_no_page(client: TestClient, state: WebState) -> None:
    broken = {"name": "hampa", "messages": ["rusak \ud800"], "failed": {"\udfff": 1}}
    with Session(state.engine) as session:
        number = rounds.start_round(session, NOW)
        rounds.keep_report(session, number, {"outlets": [broken], "raised": ["hampa: \ud800"]}, NOW)
        session.commit()
    assert "hampa: " in open_page(client, f"/rounds/{number}").text_content()
    assert get_json(client, f"/rounds/{number}")["items"][0]["messages"] == ["rusak "]


def test_the_api_gives_a_round_as_it_was_reported(client: TestClient) -> None:
    listed = get_json(client, "/rounds?limit=1")
    assert (listed["total"], listed["next"], listed["items"][0]["totals"]["new"]) == (3, 3, 7)
    whole = get_json(client, "/rounds/3?limit=1")
    assert (whole["total"], whole["next"], whole["not_due"], whole["raised"]) == (3, 1, 3, [f"suluh: {FAILING}"])
    assert whole["items"][0]["rejected"] == {"too-old": 21, "video": 1}
    assert whole["items"][0]["newest_at"] == "2024-09-14T23:00:00Z"


def test_flags_are_found_by_outlet_and_state(client: TestClient) -> None:
    tree = open_page(client, "/flags")
    assert texts_at(tree, "//tbody/tr/td[2]") == ["partly failing", "gap", "failing", "date gone"]
    assert texts_at(open_page(client, "/flags?state=cleared"), "//tbody/tr/td[1]") == ["Kabar Samudra"]
    assert texts_at(open_page(client, "/flags?outlet=hampa"), "//main//b") == ["No flag."]
    items = get_json(client, "/flags?outlet=lentera&state=open")["items"]
    assert [(one["kind"], one["cleared_at"]) for one in items] == [("partly-failing", None), ("gap", None)]


def test_flags_come_page_by_page(client: TestClient) -> None:
    kinds: list[str] = []
    after: int | None = 0
    while after is not None:
        page = get_json(client, f"/flags?limit=3&after={after}")
        kinds += [one["kind"] for one in page["items"]]
        after = page["next"]
    assert kinds == ["partly-failing", "gap", "failing", "date-gone"]
    [onwards] = open_page(client, "/flags?limit=3").xpath("//a[@rel='next']/@href")
    assert len(open_page(client, onwards).xpath("//tbody/tr")) == 1


def test_the_api_tells_an_outlet_s_flags_and_gaps(client: TestClient) -> None:
    outlet = get_json(client, "/outlets/lentera")
    assert [one["kind"] for one in outlet["health"]["flags"]] == ["gap", "partly-failing"]
    assert outlet["health"]["condition"] == "gap"
    assert [one["kind"] for one in outlet["flags"]] == ["partly-failing", "gap"]
    [gap] = outlet["gaps"]
    assert (gap["source"], gap["estimate"], gap["recovered"], gap["closed_at"]) == (
        "https://lentera.example/feed", 12, 5, None
    )  # fmt: skip
    assert gap["since"] == f"{NOW - 3 * DAY:%Y-%m-%dT%H:%M:%SZ}"
