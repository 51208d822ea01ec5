"""The API's answers, and its one shape for errors."""

import base64
import json
import logging
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from database import saved_searches
from database.engine import open_database
from database.schema import Revision, Run, StoredArticle, Story
from search.records import COPY_KEYS, KEYS, load_records
from tests.conftest import fresh_on_server
from tests.web.archive import build
from tests.web.client import get_json
from tests.web.printed import NOW, OUTLETS
from web.api import article_schemas
from web.server import create_app
from web.state import WebState

V1 = "/api/v1"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def archive(
    request: pytest.FixtureRequest, archive_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """The archive on each database, for tests that leave it as it is."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            file = shutil.copyfile(archive_file, tmp_path_factory.mktemp("api") / "pantau.db")
            engine = open_database(f"sqlite:///{file}")
        else:
            engine = open_database(stack.enter_context(contextmanager(fresh_on_server)()))
            build(engine)
        yield engine
        engine.dispose()


@pytest.fixture
def either(archive: Engine) -> Iterator[TestClient]:
    """A client of a server on each database."""
    with TestClient(create_app(WebState(archive, lambda: NOW, OUTLETS)), base_url="http://127.0.0.1") as client:
        yield client


def test_articles_have_the_keys_of_the_export() -> None:
    assert tuple(article_schemas.Article.model_fields) == KEYS
    assert tuple(article_schemas.Copy.model_fields) == COPY_KEYS


def test_a_search_gives_the_records_of_its_hits(either: TestClient, archive: Engine) -> None:
    found = get_json(either, "/search?q=Tiongkok&limit=3")
    assert found["total"] >= 3
    assert found["exact"]
    with Session(archive) as session:
        stored = [session.get_one(StoredArticle, hit["id"]) for hit in found["items"]]
        expected = load_records(session, stored)
    assert [{key: hit[key] for key in KEYS} for hit in found["items"]] == expected
    for hit in found["items"]:
        marks = [hit["snippet"][start:stop].lower() for start, stop in hit["snippet_highlights"]]
        titles = [hit["title"][start:stop].lower() for start, stop in hit["title_highlights"]]
        assert "tiongkok" in marks + titles


def test_pages_hold_each_hit_once(either: TestClient) -> None:
    whole = [hit["id"] for hit in get_json(either, "/search?limit=100")["items"]]
    paged: list[int] = []
    after = ""
    while True:
        page = get_json(either, f"/search?limit=7&after={after}")
        assert len(page["items"]) <= 7
        paged += [hit["id"] for hit in page["items"]]
        if page["next"] is None:
            break
        after = page["next"]
    assert paged == whole
    assert len(set(paged)) == page["total"]


@pytest.mark.parametrize(
    "narrowing", ["", "q=Tiongkok", "q=harga+OR+beras&copies=1", "outlet=samudra&outlet=lentera", "since=3d", "q=zzzz"]
)
def test_list_facets_and_timeline_agree(either: TestClient, narrowing: str) -> None:
    found, facets = get_json(either, f"/search?{narrowing}"), get_json(either, f"/facets?{narrowing}")
    timeline = get_json(either, f"/timeline?{narrowing}&step=day")
    numbers = [(one["total"], one["with_copies"]) for one in (found, facets, timeline)]
    assert len(set(numbers)) == 1
    for value in facets["outlet"]["values"]:
        if "outlet=" not in narrowing:
            narrowed = get_json(either, f"/search?{narrowing}&outlet={value['name']}")
            assert narrowed["total"] == value["hits"]


def test_a_facet_tells_how_many_values_it_leaves_out(client: TestClient) -> None:
    whole, some = get_json(client, "/facets?limit=1000"), get_json(client, "/facets?limit=1")
    assert some["author"]["distinct"] == len(whole["author"]["values"]) > 1
    assert some["author"]["values"] == whole["author"]["values"][:1]


def test_an_article_comes_with_story_and_revisions(either: TestClient, archive: Engine) -> None:
    with Session(archive) as session:
        revised = session.scalars(select(Revision.article_id)).first()
        told = session.scalars(select(Story).where(Story.outlets > 1)).first()
        assert told is not None
        first, reach = told.first_id, told.articles
    versions = get_json(either, f"/articles/{revised}")["revisions"]
    assert [version["revision"] for version in versions] == list(range(1, len(versions) + 1))
    assert len(versions) > 1
    article = get_json(either, f"/articles/{first}")
    assert article["first_in_story"]
    assert article["story"] == get_json(either, f"/stories/{article['story_id']}")
    assert len(article["story"]["articles"]) == reach
    assert article["story"]["articles"][0]["id"] == first


def test_stories_come_by_reach(either: TestClient) -> None:
    found = get_json(either, "/stories?min_outlets=2")
    reaches = [len(story["outlets"]) for story in found["items"]]
    assert reaches == sorted(reaches, reverse=True)
    assert len(reaches) == found["total"] > 0
    assert get_json(either, "/stories?since=2030")["items"] == []


def test_stories_come_a_page_at_a_time(either: TestClient) -> None:
    ids: list[int] = []
    after: str | None = ""
    while after is not None:
        page = get_json(either, f"/stories?limit=2&min_outlets=1&after={after}")
        ids += [story["id"] for story in page["items"]]
        after = page["next"]
    assert ids == [story["id"] for story in get_json(either, "/stories?min_outlets=1&limit=100")["items"]]
    assert len(set(ids)) == len(ids) == page["total"] > 2


def test_outlets_and_runs_are_told(either: TestClient, archive: Engine) -> None:
    outlets = get_json(either, "/outlets")
    names = {outlet["name"] for outlet in outlets["items"]}
    assert names >= set(OUTLETS)
    for name in sorted(names):
        whole = get_json(either, f"/outlets/{name}")
        short = next(outlet for outlet in outlets["items"] if outlet["name"] == name)
        assert {key: whole[key] for key in short} == short
    with Session(archive) as session:
        total = session.scalar(select(func.count(Run.id)))
    runs = get_json(either, "/runs?limit=100")
    assert runs["total"] == total
    run = get_json(either, f"/runs/{runs['items'][0]['id']}")
    assert {key: run[key] for key in runs["items"][0]} == runs["items"][0]


def test_runs_come_a_page_at_a_time(client: TestClient) -> None:
    ids: list[int] = []
    after: int | None = 0
    while after is not None:
        page = get_json(client, f"/runs?limit=9&after={after}")
        ids += [run["id"] for run in page["items"]]
        after = page["next"]
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == page["total"]


def test_a_search_is_saved_found_and_forgotten(either: TestClient) -> None:
    new = {"title": "Harga beras", "parameters": "q=harga+beras&section=Daerah&limit=20"}
    made = either.post(f"{V1}/saved", json=new)
    assert made.status_code == 201
    saved = made.json()
    assert made.headers["location"] == f"{V1}/saved/{saved['name']}"
    assert saved["parameters"] == "q=harga+beras&section=Daerah"
    assert get_json(either, f"/saved/{saved['name']}") == saved
    assert saved in get_json(either, "/saved")["items"]
    gone = either.delete(f"{V1}/saved/{saved['name']}")
    assert (gone.status_code, gone.content) == (204, b"")
    assert saved not in get_json(either, "/saved")["items"]
    get_json(either, f"/saved/{saved['name']}", status=404)
    assert either.delete(f"{V1}/saved/{saved['name']}").status_code == 404


@pytest.mark.parametrize("parameters", ["q=(a", "x=1", "limit=0", "sort=best", "since=besok", "beras", "q=a&q", "&&"])
def test_what_is_no_search_is_not_saved(client: TestClient, parameters: str) -> None:
    answer = client.post(f"{V1}/saved", json={"title": "Beras", "parameters": parameters})
    assert answer.status_code == 422


def test_a_wrong_query_says_where(client: TestClient) -> None:
    wrong = get_json(client, "/search?q=beras+AND+(gula", status=422)
    assert wrong["type"] == "urn:pantau:problem:wrong-query"
    assert wrong["column"] == 11


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/search?colour=red", "colour"),
        ("/search?limit=101", "limit"),
        ("/search?sort=best", "sort"),
        ("/search?outlet=", "outlet.0"),
        ("/search?outlet=a%00b", "outlet.0"),
        ("/facets?after=x", "after"),
        ("/timeline?step=year", "step"),
        ("/stories?section=x", "section"),
        ("/stories?after=1.2.x.4", "after"),
        ("/stories?after=1.2.3.9999999999999999999", "after"),
        ("/articles/0", "article_id"),
        ("/articles/x", "article_id"),
        ("/runs?state=best", "state"),
        ("/search.atom?sort=newest", "sort"),
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_named(client: TestClient, path: str, parameter: str) -> None:
    wrong = get_json(client, path, status=422)
    assert wrong["type"] == "urn:pantau:problem:wrong-parameter"
    assert wrong["errors"][0]["parameter"].startswith(parameter)
    assert wrong["status"] == 422


NO_MOMENTS: tuple[Any, ...] = ([1], {}, 1, True, "x")


def cursor(*fields: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "path",
    [
        "/search?after=x",
        "/search?since=besok",
        "/search?since=2024&until=2023",
        "/search?since=0001",
        "/search?q=date:0001",
        *(f"/search?sort=newest&after={cursor(9, at, 5, 1, 1, 1, 1, 1)}" for at in NO_MOMENTS),
        f"/search?sort=similarity&after={cursor(9, '2024-01-01', 5, 1, 1, 1, 1, 1)}",
    ],
)
def test_a_parameter_that_makes_no_sense_is_told(client: TestClient, path: str) -> None:
    assert get_json(client, path, status=422)["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/articles/999999",
        "/articles/999999/like",
        "/stories/999999",
        "/runs/999999",
        "/outlets/nobody",
        "/saved/nobody",
        "/nowhere",
    ],
)
def test_what_is_not_there_is_a_problem(client: TestClient, path: str) -> None:
    missing = get_json(client, path, status=404)
    assert missing["status"] == 404
    assert missing["title"]


def test_other_methods_are_refused_by_name(client: TestClient) -> None:
    answer = client.put(f"{V1}/search")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert answer.json()["status"] == 405


def test_a_fault_of_ours_tells_its_number_only(state: WebState, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(state)

    @app.get("/api/v1/broken")
    @app.get("/broken")
    def broken() -> None:
        raise ZeroDivisionError("a secret")

    with TestClient(app, base_url="http://127.0.0.1") as client, caplog.at_level(logging.ERROR):
        answer, page = client.get("/api/v1/broken"), client.get("/broken")
    assert answer.status_code == page.status_code == 500
    number = answer.json()["instance"].removeprefix("urn:pantau:failure:")
    assert number in caplog.text
    assert "a secret" in caplog.text
    assert "secret" not in answer.text + page.text
    assert "Traceback" not in answer.text + page.text
    assert answer.headers["content-security-policy"]


def test_the_document_says_all(client: TestClient) -> None:
    document = get_json(client, "/openapi.json")
    assert document["openapi"].startswith("3.1")
    for path, methods in document["paths"].items():
        assert path.startswith(f"{V1}/")
        for operation in methods.values():
            assert operation["summary"]
            assert operation["description"]
            stated = operation["responses"]
            assert {"401", "405", "421", "422", "500", "503"} <= stated.keys()
            for status, meant in stated.items():
                if int(status) >= 400:
                    assert list(meant["content"]) == ["application/problem+json"]
            for parameter in operation.get("parameters", ()):
                assert parameter["in"] == "path" or parameter["description"]
    assert "HTTPValidationError" not in json.dumps(document)


def test_a_saved_search_that_grew_invalid_is_told(client: TestClient, web_archive: Engine) -> None:
    with Session(web_archive) as session:
        name = saved_searches.create(session, "Lama", "colour=red", NOW).name
        session.commit()
    assert client.get(f"{V1}/saved/{name}.atom").status_code == 422
