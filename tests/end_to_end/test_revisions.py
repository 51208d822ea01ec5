"""Stored articles are looked at again: edited, touched, taken down, restored, and what may go wrong at that."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from core.urls import identify
from tests.end_to_end.killing import kill_after_requests
from tests.end_to_end.passing import let_pass
from tests.end_to_end.program import Program
from tests.site import Site, Truth

ETAG, DATED, BARE, PAGED = "kabar_pesisir", "kabar_contoh", "siaran_samudra", "harian_bukit"
DAY = 24.0
AT_ONCE = ("-s", "RETRY_TIMES=0")


@dataclass
class World:
    """A site, and the program with a database of its own.

    Attributes:
        taken: the articles that some test changes; each takes others.
    """

    site: Site
    program: Program
    taken: set[str] = field(default_factory=set)

    def crawl(self, outlet: str, *options: str, status: int = 0) -> str:
        self.site.forget_requests()
        return self.program.run("crawl", outlet, *options, status=status)

    def look(self, *articles: Truth, hours: float = DAY, options: tuple[str, ...] = (), status: int = 0) -> str:
        """Let time pass for these articles and crawl their outlet; what the run printed."""
        let_pass(self.program.database_url, hours, [one.url for one in articles])
        return self.crawl(articles[0].outlet, *options, status=status)

    def pick(self, outlet: str, *, youngest: float = 6.2, oldest: float = 22) -> Truth:
        """An article of so many hours that no other test has; in several pages where its make has them.

        Those between six hours and a day have a look ahead, and none before an hour or two have really passed.
        """
        paragraphs = 7 if outlet == PAGED else 0
        for one in self.site.truth():
            hours = (self.site.clock.now - datetime.fromisoformat(one.published_at)) / timedelta(hours=1)
            free = one.kind == "article" and one.status == 200 and one.url not in self.taken and not one.story
            if one.outlet == outlet and free and youngest < hours < oldest and len(lines(one)) >= paragraphs:
                self.taken.add(one.url)
                return one
        raise AssertionError(f"{outlet} has no such article left")

    def record(self, one: Truth) -> dict[str, Any]:
        """The article as it is stored."""
        [row] = self.query("select * from articles where url = :url", url=one.url)
        return dict(row._mapping)

    def query(self, statement: str, **values: object) -> list[Any]:
        engine = create_engine(self.program.database_url)
        try:
            with engine.connect() as connection:
                return list(connection.execute(text(statement), values))
        finally:
            engine.dispose()

    def replaced(self, url: str) -> list[Any]:
        """The earlier versions of an article: title, text, whether the headline changed."""
        return self.query(
            "select r.title, r.text, r.title_changed from revisions r join articles a on a.id = r.article_id "
            "where a.url = :url order by r.revision",
            url=url,
        )

    def events(self, url: str) -> list[str]:
        """What happened to a URL after it was stored."""
        rows = self.query(
            "select event from url_events e join urls u on u.id = e.url_id where u.identity = :identity order by e.id",
            identity=identify(url),
        )
        return [event for (event,) in rows if event not in {"named", "stored"}]

    def asked(self, one: Truth) -> list[tuple[int, bool]]:
        """Status of each request for a page since the last crawl began, and whether it was conditional."""
        base = self.site.newsrooms[one.outlet].base
        return [
            (request.status, bool(request.if_none_match or request.if_modified_since))
            for request in self.site.requests(one.outlet)
            if (base + request.path).startswith(one.url)
        ]


@pytest.fixture(scope="module")
def world(site: Site, program: Program) -> World:
    """All of these outlets crawled once, with enough articles for all tests; no look is due until time passes."""
    world = World(site, program)
    for outlet in (ETAG, DATED, BARE, PAGED):
        for hours in range(7, 22):
            site.publish(outlet, site.clock.now - timedelta(hours=hours))
        world.crawl(outlet)
    let_pass(program.database_url, -2)  # so that no look comes due by itself while the tests run
    return world


def lines(one: Truth) -> list[str]:
    return one.text.splitlines()


def corrected(one: Truth, boats: int = 7) -> list[str]:
    """The paragraphs with one more at the end."""
    return [*lines(one), f"Koreksi: jumlah perahu yang semula ditulis salah sudah dibetulkan menjadi {boats} perahu."]


# --- edited -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outlet", [ETAG, DATED, BARE, PAGED])
def test_an_edited_text_is_a_new_revision(world: World, outlet: str) -> None:
    one = world.pick(outlet)
    before = world.record(one)
    new = world.site.edit(one.url, paragraphs=corrected(one))
    assert "1 revised" in world.look(one)
    record = world.record(one)
    assert (record["text"], record["title"], record["revision"]) == (new.text, one.title, 2)
    assert record["published_raw"] == before["published_raw"]
    assert record["published_at"] == before["published_at"]
    assert [tuple(row) for row in world.replaced(one.url)] == [(one.title, one.text, 0)]
    assert world.events(one.url) == ["revised"]
    assert one.title in world.program.run("search", "koreksi jumlah perahu", "--outlet", outlet)


def test_an_edited_headline_is_a_new_revision(world: World) -> None:
    one = world.pick(ETAG)
    world.site.edit(one.url, title="Nelayan Pasir Gading Menunda Lelang Ikan Sampai Pekan Depan")
    assert "1 revised" in world.look(one)
    record = world.record(one)
    assert (record["text"], record["revision"]) == (one.text, 2)
    assert record["title"] == "Nelayan Pasir Gading Menunda Lelang Ikan Sampai Pekan Depan"
    assert [tuple(row) for row in world.replaced(one.url)] == [(one.title, one.text, 1)]


def test_three_edits_are_three_revisions_in_order(world: World) -> None:
    one = world.pick(DATED)
    texts = [one.text]
    for boats in (8, 9, 10):
        one = world.site.edit(one.url, paragraphs=corrected(one, boats))
        texts.append(one.text)
        world.look(one)
    assert world.record(one)["revision"] == 4
    assert [row[1] for row in world.replaced(one.url)] + [world.record(one)["text"]] == texts


def test_what_it_said_before_can_be_read(world: World) -> None:
    one = world.pick(ETAG)
    world.site.edit(one.url, title="Dermaga Kuala Mertani Dibuka Lebih Awal", paragraphs=corrected(one))
    world.look(one)
    shown = " ".join(world.program.run("show", one.url, "--revisions").split())
    assert f"[-{one.title}-]" in shown
    assert "{+Dermaga Kuala Mertani Dibuka Lebih Awal+}" in shown
    assert f"+ {corrected(one)[-1]}" in shown


def test_explain_tells_what_looking_again_brought(world: World) -> None:
    one = world.pick(ETAG)
    world.site.edit(one.url, paragraphs=corrected(one))
    world.look(one)
    told = world.program.run("explain", one.url)
    assert "revised (revision 2" in told
    assert ", revision 2\n" in told
    assert "  next recheck from " in told


# --- unchanged --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outlet", [ETAG, PAGED])
def test_changed_furniture_is_no_revision(world: World, outlet: str) -> None:
    one = world.pick(outlet)
    before = world.record(one)
    world.site.touch(outlet)
    assert "1 unchanged" in world.look(one)
    assert world.asked(one)
    assert world.record(one) == before
    assert world.events(one.url) == []


def test_white_space_and_punctuation_are_no_revision(world: World) -> None:
    one = world.pick(ETAG)
    first, *rest = lines(one)
    world.site.edit(one.url, paragraphs=[first.replace(" ", "  ").replace(",", ""), *rest])
    assert "1 unchanged" in world.look(one)
    assert world.record(one)["revision"] == 1


@pytest.mark.parametrize(("outlet", "answer"), [(ETAG, (304, True)), (BARE, (200, False))])
def test_an_unchanged_article_costs_one_request_when_it_is_due(
    world: World, outlet: str, answer: tuple[int, bool]
) -> None:
    one = world.pick(outlet)
    world.look(one)  # other tests may have changed the furniture since it was fetched
    world.crawl(outlet)
    assert world.asked(one) == []
    world.look(one)
    assert world.asked(one) == [answer]
    world.crawl(outlet)
    assert world.asked(one) == []


def test_a_run_with_a_limit_looks_at_nothing(world: World) -> None:
    one = world.pick(ETAG)
    assert "looked again" not in world.look(one, options=("-a", "limit=5"))
    assert world.asked(one) == []
    world.crawl(ETAG)
    assert len(world.asked(one)) == 1


def test_a_moved_lastmod_brings_the_look_before_its_time(world: World) -> None:
    one = world.pick(ETAG, youngest=74, oldest=92)  # no scheduled look is left, and the sitemap still has it
    world.site.edit(one.url, paragraphs=corrected(one))
    assert "1 revised" in world.look(one, hours=4)
    assert len(world.asked(one)) == 1
    assert world.record(one)["revision"] == 2


# --- gone -------------------------------------------------------------------------------------------------------------


def test_articles_missing_twice_a_day_apart_are_removed_and_kept(world: World) -> None:
    both = world.pick(ETAG), world.pick(ETAG)
    before = [world.record(one) for one in both]
    for one, status in zip(both, (404, 410), strict=True):
        world.site.take_down(one.url, status)
    assert "2 missing" in world.look(*both)
    world.crawl(ETAG)
    assert [world.asked(one) for one in both] == [[], []]  # not before a day is over
    assert [world.record(one) for one in both] == before
    assert "2 removed" in world.look(*both)
    for one, held in zip(both, before, strict=True):
        removed_at = world.record(one)["removed_at"]
        assert removed_at
        assert world.record(one) == {**held, "removed_at": removed_at}
        assert world.events(one.url) == ["missing", "removed"]
    assert "  removed   from its page" in world.program.run("explain", one.url)


def test_an_article_back_within_the_day_was_never_removed(world: World) -> None:
    one = world.pick(DATED)
    world.site.take_down(one.url)
    assert "1 missing" in world.look(one)
    world.site.restore(one.url)
    assert "1 unchanged" in world.look(one)
    world.site.take_down(one.url)
    world.look(one)
    assert world.record(one)["removed_at"] is None
    assert "removed" not in world.events(one.url)


@pytest.mark.parametrize("outlet", [DATED, BARE])
def test_a_removed_article_that_is_back_is_restored(world: World, outlet: str) -> None:
    one = world.pick(outlet)
    world.site.take_down(one.url)
    world.look(one)
    assert "1 removed" in world.look(one)
    world.site.restore(one.url)
    assert "1 restored" in world.look(one, hours=7 * DAY)
    assert world.record(one)["removed_at"] is None
    assert world.events(one.url) == ["missing", "removed", "restored"]


# --- what may go wrong ------------------------------------------------------------------------------------------------


def test_a_look_that_fails_leaves_the_article_and_comes_again(world: World) -> None:
    one = world.pick(ETAG)
    new = world.site.edit(one.url, paragraphs=corrected(one))
    world.site.fail(one.url, times=1, status=500)
    out = world.look(one, options=AT_ONCE, status=1)
    assert "1 failed: http-status" in out
    assert f"{one.url}: HTTP 500" in out
    assert world.record(one)["text"] == one.text
    assert "stored" in world.program.run("explain", one.url)
    assert "1 revised" in world.look(one, hours=1.1)
    assert world.record(one)["text"] == new.text
    assert world.events(one.url) == ["look failed", "revised"]


def test_a_missing_further_page_takes_nothing_away(world: World) -> None:
    one = world.pick(PAGED)
    world.site.fail(f"{one.url}?halaman=2", times=1, status=404)
    assert "1 failed: gone" in world.look(one)
    record = world.record(one)
    assert (record["text"], record["revision"], record["removed_at"]) == (one.text, 1, None)


def test_kills_between_looks_lose_and_double_nothing(tmp_path: Path) -> None:
    with Site(tmp_path / "site") as site:
        world = World(site, Program(f"sqlite:///{tmp_path}/pantau.db", site.declarations))
        news = edited_and_due(world, 10)
        moments, killed = random.Random(7), 0
        for _ in range(6):
            slowly = ("-s", "DOWNLOAD_DELAY=0.3", "-s", "CONCURRENT_REQUESTS=2")
            requests = moments.randint(1, 5)
            killed += kill_after_requests(site, world.program.start, requests, [ETAG], "crawl", ETAG, *slowly)
        assert killed >= 3, "most runs were over before they were killed: the test shows nothing"
        world.crawl(ETAG)
        stored = {url: (text, number) for url, text, number in world.query("select url, text, revision from articles")}
        assert {url: stored[url] for url in news} == {url: (text, 2) for url, text in news.items()}
        assert all(len(world.replaced(url)) == 1 for url in news)
        assert all(Counter(world.events(url))["revised"] == 1 for url in news)


def edited_and_due(world: World, count: int) -> dict[str, str]:
    """The new texts of articles that were crawled, then edited, and that are due."""
    ours = [world.site.publish(ETAG, world.site.clock.now - timedelta(hours=2 * n)) for n in range(1, count + 1)]
    world.crawl(ETAG)
    news = {one.url: world.site.edit(one.url, paragraphs=corrected(one)).text for one in ours}
    let_pass(world.program.database_url, DAY)
    return news
