from fastapi.testclient import TestClient
from lxml import html
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from core.scheduling.boundary import Boundary
from database import ledger
from database.schema import Flag, StoredArticle
from tests.web.client import open_page, texts_at
from tests.web.printed import DAY, NOW, OUTLETS
from web.state import WebState


def row(tree: html.HtmlElement, name: str) -> list[str]:
    [found] = tree.xpath(f"//tr[th//a[@href='/outlets/{name}']]")
    return texts_at(found, "td")


def test_outlets_in_trouble_come_first_and_uncrawled_ones_last(client: TestClient) -> None:
    tree = open_page(client, "/outlets")
    assert tree.xpath("//tbody//th/a/@href") == [
        f"/outlets/{name}"
        for name in ("lentera", "suluh", "cakrawala", "pena_muara", "samudra", "hampa", "jahat")
    ]  # fmt: skip
    assert texts_at(tree, "//p[@class='lead']") == ["7 outlets; 1 needs attention."]


def test_an_outlet_s_row_tells_its_health_and_numbers(client: TestClient) -> None:
    tree = open_page(client, "/outlets")
    assert row(tree, "lentera")[0] == (
        "gap about 12 articles may have been missed on 13 September since 13 Sep 2024, 09.00 WIB 1 more"
    )
    assert row(tree, "suluh")[0].startswith("not crawled for 3 days failing no source has answered since 12 Sep 2024")
    assert row(tree, "hampa") == [
        "never crawled", "Articles a day, last 30 days: at most 0, last 0", "0", "none", "never", "0", "0",
    ]  # fmt: skip
    well = row(tree, "samudra")
    assert (well[0], well[2:]) == ("well", ["28", "14 Sep 2024, 18.00 WIB", "15 Sep 2024, 08.06 WIB", "2", "1"])
    assert texts_at(tree, "//tr[th//a[@href='/outlets/suluh']]/th") == ["Suluh Lama blocked"]


def test_an_outlet_s_chart_leads_to_its_articles_of_a_day(client: TestClient) -> None:
    tree = open_page(client, "/outlets/samudra")
    assert texts_at(tree, "//figcaption") == ["Articles by day, 17 Aug 2024 to 15 Sep 2024."]
    [day] = tree.xpath("//svg/a[title[starts-with(., '13 Sep 2024')]]")
    assert texts_at(day, "title") == ["13 Sep 2024: 3 articles"]
    found = open_page(client, day.get("href"))
    assert len(found.xpath("//ol[@class='hits']/li")) == 3


def test_an_outlet_lists_sources_runs_and_newest_articles(client: TestClient) -> None:
    tree = open_page(client, "/outlets/lentera")
    [broken, good] = tree.xpath("//table[thead//th='Answers?']/tbody/tr")
    assert texts_at(broken, "*")[:3] == [
        "https://lentera.example/sitemap.xml", "sitemap",
        "No, 1 time in a row: no XML: <html><script>alert('sumber')</script>",
    ]  # fmt: skip
    assert texts_at(good, "td")[:2] == ["feed", "Yes"]
    assert len(tree.xpath("//table[thead//th='Began']/tbody/tr")) == 10
    assert tree.xpath("//a[text()='All its runs']/@href") == ["/runs?outlet=lentera"]
    assert len(tree.xpath("//ul[contains(@class, 'titles')]/li")) == 10


def test_an_outlet_tells_its_flags_and_gaps(client: TestClient) -> None:
    tree = open_page(client, "/outlets/lentera")
    failing = "1 of 2 sources fails: no XML: <html><script>alert('sumber')</script>"
    assert texts_at(tree, "//div[@class='state']//li") == [
        "gap about 12 articles may have been missed on 13 September since 13 Sep 2024, 09.00 WIB",
        f"partly failing {failing} since 14 Sep 2024, 09.00 WIB",
    ]
    assert texts_at(tree, "//table[thead//th='Raised']/tbody/tr/td[1]") == ["partly failing", "gap"]
    assert texts_at(tree, "//table[thead//th='Missed, about']/tbody/tr/*") == [
        "https://lentera.example/feed", "13 Sep 2024, 09.00 WIB", "12 Sep 2024, 09.00 WIB", "13 Sep 2024, 05.00 WIB",
        "12", "5", "not yet",
    ]  # fmt: skip


def test_an_outlet_that_is_well_again_keeps_its_history(client: TestClient) -> None:
    tree = open_page(client, "/outlets/samudra")
    assert texts_at(tree, "//div[@class='state']") == ["well"]
    assert texts_at(tree, "//table[thead//th='Raised']/tbody/tr/td") == [
        "date gone", "9 of 11 articles without a date (usual: none)", "10 Sep 2024, 09.00 WIB",
        "10 Sep 2024, 09.00 WIB",
    ]  # fmt: skip


def test_of_many_flags_the_last_are_shown(client: TestClient, state: WebState) -> None:
    with Session(state.engine) as session:
        session.add_all(cleared_flag("samudra", number) for number in range(12))
        session.commit()
    tree = open_page(client, "/outlets/samudra")
    assert texts_at(tree, "//table[thead//th='Raised']/caption") == ["The last of 13 flags"]
    assert len(tree.xpath("//table[thead//th='Raised']/tbody/tr")) == 10
    [onwards] = tree.xpath("//a[.='All its flags']/@href")
    assert len(open_page(client, onwards).xpath("//tbody/tr")) == 13


def cleared_flag(outlet: str, number: int) -> Flag:
    at = NOW - number * DAY
    return Flag(outlet=outlet, kind="silent", words="0 articles", raised_at=at, seen_at=at, cleared_at=at)


def test_what_is_gone_is_marked(client: TestClient) -> None:
    gone = texts_at(open_page(client, "/outlets/samudra"), "//ul[contains(@class, 'titles')]/li[span/span]")
    assert [one.rpartition(" · ")[2] for one in gone] == ["removed from its page"]


def test_an_outlet_that_was_never_crawled_says_how(client: TestClient) -> None:
    tree = open_page(client, "/outlets/hampa")
    assert texts_at(tree, "//h1") == ["Hampa"]
    assert texts_at(tree, "//code") == ["hampa", "scrapy crawl hampa"]


def test_hostile_outlets_are_only_text(client: TestClient) -> None:
    tree = open_page(client, "/outlets/jahat")
    assert texts_at(tree, "//h1") == ["<script>alert('outlet')</script>"]
    assert texts_at(tree, "//dt[.='Note']/following-sibling::dd[1]") == ["\"><img src=x onerror=alert('note')>"]


def test_an_outlet_known_by_its_articles_alone_has_a_page(client: TestClient, web_archive: Engine) -> None:
    name = "a/b ?\"'<i>"
    with Session(web_archive) as session:
        session.execute(update(StoredArticle).where(StoredArticle.outlet == "jahat").values(outlet=name))
        session.commit()
    [href] = open_page(client, "/outlets").xpath("//tr[contains(., 'not declared')]//a/@href")
    answer = client.get(href)
    assert (answer.status_code, name in OUTLETS) == (200, False)
    assert texts_at(html.document_fromstring(answer.text), "//h1") == [name]


def test_an_unknown_outlet_is_not_found(client: TestClient) -> None:
    answer = client.get("/outlets/tiada")
    assert answer.status_code == 404
    assert "/outlets lists them all" in answer.text


def test_of_many_sources_some_are_shown(client: TestClient, state: WebState) -> None:
    with Session(state.engine) as session:
        run = ledger.start_run(session, "hampa", Boundary(), NOW - DAY)
        for number in range(60):
            source = ledger.source(session, "hampa", f"https://hampa.example/peta-{number}.xml", "sitemap")
            if number == 59:
                ledger.record_source_failure(session, source.id, "HTTP 500", 500, NOW)
            else:
                ledger.record_unchanged(session, source.id, 304, NOW)
        ledger.finish_run(session, run, ledger.RunEnd("finished"), NOW)
        session.commit()
    tree = open_page(client, "/outlets/hampa")
    assert texts_at(tree, "//table[thead//th='Source']/tbody/tr[1]/th") == ["https://hampa.example/peta-59.xml"]
    assert "Not shown: 10 more sources" in texts_at(tree, "//table[thead//th='Source']/caption")[0]
