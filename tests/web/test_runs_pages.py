import pytest
from fastapi.testclient import TestClient
from lxml import html
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from core.models import Candidate
from core.scheduling.boundary import Boundary
from database import ledger
from database.schema import Run, Url
from tests.web.client import open_page, texts_at
from tests.web.printed import NOW


def numbers(tree: html.HtmlElement) -> list[int]:
    return [int(href.rpartition("/")[2]) for href in tree.xpath("//tbody//th/a/@href")]


def test_runs_are_listed_page_by_page(client: TestClient) -> None:
    first = open_page(client, "/runs?limit=40")
    assert texts_at(first, "//caption") == ["58 runs, the newest first"]
    [onwards] = first.xpath("//a[@rel='next']/@href")
    second = open_page(client, onwards)
    assert numbers(first) + numbers(second) == list(range(58, 0, -1))
    assert not second.xpath("//a[@rel='next']")


def test_a_run_s_row_says_how_it_went(client: TestClient) -> None:
    rows = open_page(client, "/runs?outlet=lentera&limit=5").xpath("//tbody/tr")
    assert texts_at(rows[0], "*") == [
        "15 Sep 2024, 08.00 WIB", "Lentera Pagi", "finished", "6 min 58 s", "2", "2", "–"
    ]  # fmt: skip
    assert texts_at(rows[3], "*")[2:] == [
        "failed", "5 min 40 s", "1", "1", "the feed answered 503 three times; the next run tries again"
    ]  # fmt: skip


def test_runs_are_narrowed_by_outlet_and_state(client: TestClient) -> None:
    tree = open_page(client, "/runs?outlet=samudra&state=failed")
    assert texts_at(tree, "//caption") == ["1 run, the newest first"]
    assert texts_at(tree, "//option[@selected]") == ["Kabar Samudra", "failed"]
    assert texts_at(open_page(client, "/runs?outlet=&state="), "//caption") == ["58 runs, the newest first"]
    assert texts_at(open_page(client, "/runs?outlet=tiada"), "//main//b") == ["No run."]


@pytest.mark.parametrize("query", ["state=odd", "limit=0", "limit=101", "after=-1", "after=x", "unknown=1"])
def test_wrong_parameters_are_refused(client: TestClient, query: str) -> None:
    answer = client.get(f"/runs?{query}")
    assert answer.status_code == 422
    assert query.partition("=")[0] in answer.text


def test_a_run_tells_what_became_of_each_url(client: TestClient) -> None:
    tree = open_page(client, "/runs/58")
    assert texts_at(tree, "//h1") == ["Run 58 of Kabar Samudra"]
    assert texts_at(tree, "//ul[contains(@class, 'filters')]//a") == ["decisions", "named (3)", "network (1)"]
    assert texts_at(tree, "//table[@class='wide']/tbody/tr/*") == [
        "https://samudra.example/2024/09/15/belum-0", "15 Sep 2024, 08.51 WIB", "failed",
        "network: the server closed the connection",
    ]  # fmt: skip


def test_a_run_s_urls_are_narrowed_to_an_outcome(client: TestClient) -> None:
    everything = open_page(client, "/runs/58")
    [link] = everything.xpath("//ul[contains(@class, 'filters')]//a[starts-with(., 'network')]/@href")
    tree = open_page(client, link)
    assert len(tree.xpath("//table[@class='wide']/tbody/tr")) == 1
    assert texts_at(tree, "//a[@aria-current='true']")[-1] == "network (1)"


def test_stored_urls_lead_to_their_articles(client: TestClient) -> None:
    [href] = open_page(client, "/runs/1?outcome=stored").xpath("//table[@class='wide']//th/a/@href")[:1]
    assert href.startswith("/articles/")


def test_a_run_s_urls_come_page_by_page(client: TestClient) -> None:
    shown, path = 0, "/runs/6?limit=1"
    while path:
        tree = open_page(client, path)
        shown += len(tree.xpath("//table[@class='wide']/tbody/tr"))
        path = next(iter(tree.xpath("//a[@rel='next']/@href")), "")
    assert shown == len(open_page(client, "/runs/6").xpath("//table[@class='wide']/tbody/tr")) == 2


@pytest.mark.parametrize("number", ["999", "9223372036854775807"])
def test_an_unknown_run_is_not_found(client: TestClient, number: str) -> None:
    assert client.get(f"/runs/{number}").status_code == 404


def test_what_a_run_says_is_only_text(client: TestClient, web_archive: Engine) -> None:
    hostile = "<script>alert('galat')</script>"
    with Session(web_archive) as session:
        run = ledger.start_run(session, "jahat", Boundary(), NOW)
        feed = ledger.source(session, "jahat", "https://jahat.example/feed", "feed")
        ledger.admit(
            session, run, feed.id, ledger.SourceAnswer([Candidate("https://jahat.example/1")]), Boundary(), NOW
        )
        session.execute(update(Url).where(Url.url == "https://jahat.example/1").values(url="javascript:alert(1)"))
        session.execute(update(Run).where(Run.id == run).values(message=hostile, counts={hostile: hostile}))
        session.commit()
    for path in ("/runs", f"/runs/{run}?outcome=named", "/outlets/jahat"):
        tree = open_page(client, path)
        assert not tree.xpath("//script|//@href[starts-with(., 'javascript')]")
        assert hostile in tree.text_content()
    assert texts_at(open_page(client, f"/runs/{run}?outcome=named"), "//table[@class='wide']//th") == [
        "Article or URL", "When", "What", "Why", "javascript:alert(1)"
    ]  # fmt: skip
