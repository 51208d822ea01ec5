import base64
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from web.security import CONTENT_SECURITY_POLICY, HEADERS
from web.server import create_app
from web.state import WebState

TOKEN = "kunci-rahasia-0123456789"
ADDRESS = "http://127.0.0.1"
PATHS = ["/", "/api/v1/search", "/api/v1/openapi.json", "/static/style.css", "/nowhere", "/api/v1/nowhere"]


@pytest.fixture
def guarded(state: WebState) -> Iterator[TestClient]:
    """A server that other machines reach."""
    theirs = WebState(state.engine, state.now, state.outlets, token=TOKEN)
    with TestClient(create_app(theirs), base_url="http://pantau.example") as client:
        yield client


def basic(password: str, user: str = "siapa saja") -> str:
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_secured(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert all(answer.headers[name] == value for name, value in HEADERS.items())
    assert "server" not in answer.headers
    assert answer.headers["cache-control"] == ("private, no-cache" if "static" in path else "no-store")


@pytest.mark.parametrize("path", PATHS)
def test_without_the_token_there_is_nothing(guarded: TestClient, path: str) -> None:
    answer = guarded.get(path)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic ")
    assert all(answer.headers[name] == value for name, value in HEADERS.items())


@pytest.mark.parametrize(
    "authorization",
    [
        "", "Basic", "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Digest {TOKEN}", TOKEN,
        "Basic !!!", "Basic /w==", basic(""), basic("salah"), basic("", user=TOKEN), f"Bearer {TOKEN} {TOKEN}",
    ],
)  # fmt: skip
def test_a_wrong_token_lets_nobody_in(guarded: TestClient, authorization: str) -> None:
    assert guarded.get("/api/v1/saved", headers={"Authorization": authorization}).status_code == 401


@pytest.mark.parametrize(
    "authorization", [f"Bearer {TOKEN}", f"bearer {TOKEN}", basic(TOKEN), basic(TOKEN, user=""), basic(TOKEN, "a b")]
)
def test_the_token_lets_in(guarded: TestClient, authorization: str) -> None:
    assert guarded.get("/api/v1/saved", headers={"Authorization": authorization}).status_code == 200


def test_the_token_is_never_told(guarded: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    for path in PATHS:
        answer = guarded.get(path, headers={"Authorization": f"Bearer {TOKEN}"})
        assert TOKEN not in answer.text + str(answer.headers)
    assert TOKEN not in caplog.text


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8000", "localhost", "LOCALHOST:8000", "[::1]", "[::1]:8000"])
def test_this_machine_may_come_in(client: TestClient, host: str) -> None:
    assert client.get("/api/v1/saved", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "evil.example:8000",
        "",
        "localhost.",
        "192.168.1.5",
        "[::2]",
        "[",
        "a@b",
    ],
)
def test_a_name_that_others_point_here_is_refused(client: TestClient, host: str) -> None:
    answer = client.get("/api/v1/saved", headers={"Host": host})
    assert answer.status_code == 421
    assert answer.json()["type"] == "urn:pantau:problem:wrong-host"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "http://127.0.0.1.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": ADDRESS},
    ],
)
def test_other_sites_change_nothing(client: TestClient, headers: dict[str, str]) -> None:
    new = {"title": "Beras", "parameters": "q=beras"}
    before = client.get("/api/v1/saved").json()
    for answer in (
        client.post("/api/v1/saved", json=new, headers=headers),
        client.post("/saved", data=new, headers=headers),
        client.delete("/api/v1/saved/tiongkok-dan-rusia", headers=headers),
        client.post("/saved/tiongkok-dan-rusia/delete", headers=headers),
    ):
        assert answer.status_code == 403
    assert client.get("/api/v1/saved").json() == before


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": ADDRESS}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}]
)
def test_our_own_pages_and_programs_change_things(client: TestClient, headers: dict[str, str]) -> None:
    new = {"title": "Beras", "parameters": "q=beras"}
    assert client.post("/api/v1/saved", json=new, headers=headers).status_code == 201


def test_a_form_of_another_kind_is_not_taken_for_json(client: TestClient) -> None:
    body = '{"title": "Beras", "parameters": "q=beras"}'
    answer = client.post("/api/v1/saved", content=body, headers={"Content-Type": "text/plain"})
    assert answer.status_code == 422


def test_a_large_body_is_refused_unread(client: TestClient) -> None:
    answer = client.post("/api/v1/saved", content=b"x" * 70_000, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:pantau:problem:too-large"


def test_a_large_body_of_unknown_length_is_refused(client: TestClient) -> None:
    pieces = (b"x" * 10_000 for _ in range(10))
    answer = client.post("/api/v1/saved", content=pieces, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
