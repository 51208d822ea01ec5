"""Outlets that print each other's texts, cut, extended and under other headlines: the stories are the site's."""

from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from core.urls import identify
from tests.end_to_end.program import Program
from tests.site import Site, Truth

FAULTY = "gema_retak"  # shares nothing, and takes its time
Records = dict[str, dict[str, Any]]
Groups = set[frozenset[str]]


@pytest.fixture(scope="module")
def printed(site: Site) -> dict[str, Truth]:
    """Every article that a first crawl stores, by its identity."""
    return {
        identify(one.url): one
        for one in site.truth()
        if one.kind == "article"
        and one.outlet != FAULTY
        and (site.clock.now - datetime.fromisoformat(one.published_at)).days < 7
    }


@pytest.fixture(scope="module")
def records(site: Site, program: Program) -> Records:
    """All outlets crawled in one round; each record by the truth's identity, whichever address was first."""
    program.run("monitor", *(name for name in site.newsrooms if name != FAULTY))
    return by_identity(site, program)


@pytest.fixture(scope="module")
def the_other_way_round(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Records:
    """The same, one after the other and the last outlet first, in a database of its own."""
    folder: Path = tmp_path_factory.mktemp("reversed")
    program = Program(f"sqlite:///{folder}/pantau.db", site.declarations)
    for outlet in reversed(site.newsrooms):
        if outlet != FAULTY:
            program.run("crawl", outlet)
    return by_identity(site, program)


def by_identity(site: Site, program: Program) -> Records:
    canonical = {identify(url): identify(one.url) for one in site.truth() for url in [one.url, *one.other_urls]}
    return {canonical[identify(record["url"])]: record for record in program.records()}


def stories(records: Records) -> Groups:
    groups = defaultdict(set)
    for identity, record in records.items():
        if record["story_id"] is not None:
            groups[record["story_id"]].add(identity)
    return {frozenset(group) for group in groups.values()}


def told(printed: dict[str, Truth]) -> Groups:
    groups = defaultdict(set)
    for identity, one in printed.items():
        if one.story:
            groups[one.story].add(identity)
    return {frozenset(group) for group in groups.values() if len(group) > 1}


def test_stories_are_the_copies_and_nothing_else(printed: dict[str, Truth], records: Records) -> None:
    assert len(told(printed)) >= 6
    assert max(map(len, told(printed))) >= 5
    assert stories(records) == told(printed)


def test_the_order_of_the_crawls_makes_no_difference(records: Records, the_other_way_round: Records) -> None:
    assert stories(the_other_way_round) == stories(records)
    for identity, record in records.items():
        other = the_other_way_round[identity]
        assert (other["first_in_story"], other["similarity"]) == (record["first_in_story"], record["similarity"])


def test_the_first_to_publish_is_first_in_the_story(printed: dict[str, Truth], records: Records) -> None:
    firsts = {identity for identity, record in records.items() if record["first_in_story"]}
    assert firsts == {identify(one.story) for one in printed.values() if one.story}


def test_a_copy_says_how_similar_it_is(printed: dict[str, Truth], records: Records) -> None:
    for identity, one in printed.items():
        similarity = records[identity]["similarity"]
        if one.story is None:
            assert similarity is None
        elif one.copy_of or identify(one.story) == identity:
            assert similarity == 1.0
        else:
            assert 0.3 < similarity < 1.0


def test_bulletins_of_one_form_are_no_story(printed: dict[str, Truth], records: Records) -> None:
    bulletins = [identity for identity, one in printed.items() if "petugas pasar" in one.text]
    assert len(bulletins) >= 8
    assert {records[identity]["story_id"] for identity in bulletins} == {None}


def test_the_command_lists_the_story_of_most_outlets_first(printed: dict[str, Truth], program: Program) -> None:
    first = program.run("stories", "--limit", "1", "--min-outlets", "2")
    widest = max(told(printed), key=len)
    [origin] = {one.story for identity, one in printed.items() if identity in widest}
    assert origin is not None
    assert printed[identify(origin)].title in first.replace("\n", " ")
