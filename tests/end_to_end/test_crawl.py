"""Every outlet of the test site crawled end to end, held against the truth, then crawled again."""

from collections import Counter
from datetime import datetime
from typing import Any

import pytest

from core.urls import identify
from crawler.extraction.furniture import is_furniture_line
from tests.end_to_end.passing import let_pass
from tests.end_to_end.program import Program, token_f1
from tests.site import Site
from tests.site.article import Truth

FAULTY = "gema_retak"
SINGLY = ("kabar_pesisir", "lintas_rantau", "harian_bukit")  # each by a command of its own; the others in one round
Stored = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def articles(site: Site) -> list[Truth]:
    """The articles that should be stored: online, Indonesian, no older than a first run looks."""
    now = site.clock.now
    return [
        one
        for one in site.truth()
        if one.kind == "article" and one.status == 200 and (now - datetime.fromisoformat(one.published_at)).days < 7
    ]


@pytest.fixture(scope="module")
def stored(site: Site, program: Program) -> Stored:
    """What one crawl of every outlet stores, by URL identity (a record stands under all of its addresses)."""
    for outlet in SINGLY:
        program.run("crawl", outlet, fresh=True)
    program.run("monitor", *(name for name in site.newsrooms if name not in SINGLY), status=None)
    found: Stored = {}
    for record in program.records():
        for url in [record["url"], *record["other_urls"]]:
            found[identify(url)] = record
    return found


def test_every_article_is_stored(articles: list[Truth], stored: Stored) -> None:
    missing = [one.url for one in articles if identify(one.url) not in stored]
    assert not missing
    assert len(articles) > 100


def test_every_article_is_stored_once(program: Program, stored: Stored) -> None:
    assert stored
    texts = Counter((record["outlet"], record["text"]) for record in program.records())
    assert texts.most_common(1)[0][1] == 1


def test_nothing_else_is_stored(site: Site, stored: Stored) -> None:
    others = {identify(one.url): one.kind for one in site.truth() if one.kind != "article"}
    assert not {url: kind for url, kind in others.items() if url in stored}


def test_texts_are_the_articles(articles: list[Truth], stored: Stored) -> None:
    bad = {one.url: f1 for one in articles if (f1 := token_f1(one.text, stored[identify(one.url)]["text"])) < 0.99}
    assert not bad


def test_no_line_of_furniture_is_stored(program: Program, stored: Stored) -> None:
    assert stored
    leaks = [line for record in program.records() for line in record["text"].splitlines() if is_furniture_line(line)]
    assert not leaks


def test_titles_are_exact(articles: list[Truth], stored: Stored) -> None:
    wrong = {one.url: title for one in articles if (title := stored[identify(one.url)]["title"]) != one.title}
    assert not wrong


def test_dates_are_right_to_the_second(articles: list[Truth], stored: Stored) -> None:
    wrong = {
        one.url: (one.published_at, record["published_at"], record["published_source"])
        for one in articles
        if (record := stored[identify(one.url)])["published_at"] != one.published_at
    }
    assert not wrong


def test_datelines_credits_and_authors_are_fields(articles: list[Truth], stored: Stored) -> None:
    wrong = {
        one.url: (one.dateline, one.credit, one.authors, record["dateline"], record["credit"], record["authors"])
        for one in articles
        if (record := stored[identify(one.url)])
        and (record["dateline"], record["credit"], record["authors"]) != (one.dateline, one.credit, one.authors)
    }
    assert not wrong


def test_copies_across_outlets_share_a_story(articles: list[Truth], stored: Stored) -> None:
    copies = [one for one in articles if one.copy_of]
    assert copies
    for copy in copies:
        assert copy.copy_of
        first, second = stored[identify(copy.copy_of)], stored[identify(copy.url)]
        assert first["story_id"] == second["story_id"] is not None


def test_robots_txt_was_never_violated(site: Site, stored: Stored) -> None:
    assert stored
    forbidden = tuple(site.forbidden())
    asked = [base + one.path for one in site.requests() if (base := site.newsrooms[one.outlet].base)]
    assert forbidden
    assert not [url for url in asked if url.startswith(forbidden)]


def test_explain_tells_a_url_s_history(program: Program, stored: Stored) -> None:
    url = next(iter(stored.values()))["url"]
    told = program.run("explain", url)
    assert "stored" in told
    assert "named" in told


def crawl_all_again(site: Site, program: Program) -> None:
    """Ask every source of all outlets but the faulty one, which is being tried again, as it should."""
    for outlet in SINGLY:
        program.run("crawl", outlet)
    program.run("monitor", "--now", *(name for name in site.newsrooms if name not in (FAULTY, *SINGLY)))


def test_a_second_run_downloads_no_article_again(site: Site, program: Program, stored: Stored) -> None:
    assert stored
    known = {identify(one.url) for one in site.truth()}
    let_pass(program.database_url, -1)  # so that no look at a stored article comes due just now
    site.forget_requests()
    before = program.records()
    crawl_all_again(site, program)
    asked = [identify(site.newsrooms[one.outlet].base + one.path) for one in site.requests()]
    assert not known.intersection(asked)
    assert program.records() == before


def test_an_unchanged_source_costs_one_conditional_request(site: Site, program: Program, stored: Stored) -> None:
    assert stored
    site.forget_requests()
    crawl_all_again(site, program)
    asked = [one for one in site.requests() if not one.path.endswith("/robots.txt")]
    assert max(Counter((one.outlet, one.path) for one in asked).values()) == 1
    # Some of the test site's outlets send no validators: what they answer is known by its hash.
    conditional = [one for one in asked if one.if_none_match or one.if_modified_since]
    assert len(conditional) > 5
    assert {one.status for one in conditional} == {304}
