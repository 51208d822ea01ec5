"""The month's outlets themselves: how they publish, and what is to be seen when something is wrong with them."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from statistics import mean
from urllib.parse import urlsplit

import pytest

from core.models import Article, Page, Reason, Rejection
from crawler.discovery import read_source
from crawler.discovery.result import SourceKind, SourceResult
from crawler.extraction.article import extract
from outlets.registry import Registry
from outlets.schema import Outlet
from tests.month.outlets import OUTLETS
from tests.month.plan import DAYS, START, TROUBLES, Kind
from tests.month.site import MonthSite
from tests.site import Truth

SICK = {one.kind: one.outlet for one in TROUBLES}
NIGHT = (23, 0, 1, 2, 3, 4)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[MonthSite]:
    with MonthSite(tmp_path, slow=0.2) as site:
        yield site


def get(url: str) -> bytes:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=10)
    try:
        connection.request("GET", parts._replace(scheme="", netloc="").geturl())
        answer = connection.getresponse()
        assert answer.status == 200
        return answer.read()
    finally:
        connection.close()


def declared(site: MonthSite, outlet: str) -> Outlet:
    return Registry([site.declarations]).get(outlet)


def listed(site: MonthSite, outlet: str) -> SourceResult:
    """What the outlet's first source says."""
    declaration = declared(site, outlet)
    found = declaration.discover
    url = (*found.feeds, *found.pages)[0].replace("{page}", "1")
    kind: SourceKind = "feed" if found.feeds else "listing"
    return read_source(kind, get(url), url, declaration, charset="utf-8", now=site.clock.now)


def read(site: MonthSite, url: str) -> Article | Rejection:
    outlet = next(room.name for room in site.newsrooms.values() if url.startswith(room.base))
    return extract(Page(url, get(url), "utf-8"), declared(site, outlet), site.clock.now)


def articles(site: MonthSite, outlet: str | None = None) -> list[Truth]:
    found = (one for one in site.truth() if one.kind == "article" and outlet in {None, one.outlet})
    return sorted(found, key=published, reverse=True)


def published(one: Truth) -> datetime:
    return datetime.fromisoformat(one.published_at)


def befall(site: MonthSite, kind: Kind, days: int = 1) -> str:
    """Let two weeks pass, then so many days with this trouble; gives the outlet's name."""
    site.set_clock(START + timedelta(days=14))
    site.fault(SICK[kind], kind)
    site.set_clock(START + timedelta(days=14 + days))
    return SICK[kind]


def test_seven_of_twelve_outlets_fall_ill_after_two_weeks() -> None:
    names = {make.name for make in OUTLETS}
    assert len(names) == 12
    assert len(SICK) == len(set(SICK.values())) == 7
    assert set(SICK.values()) < names
    assert all(START + timedelta(days=14) <= one.begins < one.ends for one in TROUBLES)
    assert all(one.ends <= START + timedelta(days=DAYS - 4) for one in TROUBLES)


def test_outlets_publish_less_on_weekends_and_at_night(site: MonthSite) -> None:
    site.set_clock(START + timedelta(days=DAYS))
    moments = [published(one) for one in articles(site) if published(one) >= START]
    days = Counter(at.date() for at in moments)
    assert 2000 < len(moments) < 5000
    assert mean(n for day, n in days.items() if day.weekday() > 4) < 0.8 * mean(
        n for day, n in days.items() if day.weekday() < 5
    )
    assert sum(at.hour in NIGHT for at in moments) < len(moments) / 10


def test_outlets_publish_three_to_sixty_articles_a_day(site: MonthSite) -> None:
    site.set_clock(START + timedelta(days=7))
    week = Counter(one.outlet for one in articles(site) if published(one) >= START)
    assert all(2 <= week[make.name] / 7 <= 60 for make in OUTLETS)


def test_articles_are_read_as_they_were_written(site: MonthSite) -> None:
    site.set_clock(START + timedelta(days=1))
    for one in (articles(site, make.name)[0] for make in OUTLETS):
        found = read(site, one.url)
        assert isinstance(found, Article)
        assert found.text.split()[-5:] == one.text.split()[-5:]
        assert found.published is not None
        assert found.published.at == published(one)


def test_pages_stay_as_they_are_while_others_come(site: MonthSite) -> None:
    site.set_clock(START + timedelta(days=1))
    urls = [articles(site, make.name)[0].url for make in OUTLETS]
    before = [get(url) for url in urls]
    site.set_clock(START + timedelta(days=2))
    assert [get(url) for url in urls] == before


def test_same_seed_publishes_the_same_month(tmp_path: Path) -> None:
    def texts(site: MonthSite, *hours: int) -> list[str]:
        with site:
            for hour in hours:
                site.set_clock(START + timedelta(hours=hour))
            return sorted(one.text for one in site.truth())

    assert texts(MonthSite(tmp_path / "one"), 30, 90) == texts(MonthSite(tmp_path / "two"), 90)


def test_silent_outlet_answers_and_says_nothing_new(site: MonthSite) -> None:
    outlet = befall(site, "silent")
    assert max(map(published, articles(site, outlet))) <= START + timedelta(days=14)
    assert listed(site, outlet).candidates
    site.repair(outlet)
    site.set_clock(START + timedelta(days=16))
    assert min(at for one in articles(site, outlet) if (at := published(one)) > START + timedelta(days=14)) > (
        START + timedelta(days=15)
    )


def test_election_doubles_the_volume(site: MonthSite, tmp_path: Path) -> None:
    outlet = befall(site, "election", days=7)
    with MonthSite(tmp_path / "calm") as calm:
        calm.set_clock(site.clock.now)
        counts = [
            sum(published(one) >= START + timedelta(days=14) for one in articles(each, outlet)) for each in (calm, site)
        ]
    assert 1.6 < counts[1] / counts[0] < 2.5  # of two weeks that vary by themselves


def test_listing_of_another_layout_holds_no_article_link(site: MonthSite) -> None:
    outlet = befall(site, "layout")
    broken = listed(site, outlet)
    site.repair(outlet)
    mended = listed(site, outlet)
    assert (broken.candidates, broken.problem) == ((), "no article links on the page")
    assert len(mended.candidates) > 5


def test_challenged_article_is_an_error_page(site: MonthSite) -> None:
    outlet = befall(site, "challenge")
    url = articles(site, outlet)[0].url
    broken = read(site, url)
    site.repair(outlet)
    assert isinstance(broken, Rejection)
    assert broken.reason == Reason.ERROR_PAGE
    assert isinstance(read(site, url), Article)


def test_dates_are_lost_on_pages_and_in_the_feed(site: MonthSite) -> None:
    outlet = befall(site, "dateless")
    url = articles(site, outlet)[0].url
    broken, feed = read(site, url), listed(site, outlet)
    site.repair(outlet)
    mended = read(site, url)
    assert isinstance(broken, Article)
    assert isinstance(mended, Article)
    assert (broken.published, broken.text) == (None, mended.text)
    assert mended.published is not None
    assert feed.candidates
    assert not any(one.published for one in feed.candidates)


def test_slow_outlet_lets_every_answer_wait(site: MonthSite) -> None:
    outlet = befall(site, "slow")
    start = time.monotonic()
    assert listed(site, outlet).candidates
    assert time.monotonic() - start >= 0.2


def test_outlet_that_is_off_drops_every_connection(site: MonthSite) -> None:
    outlet = befall(site, "off")
    with pytest.raises(ConnectionError):
        listed(site, outlet)
    site.repair(outlet)
    assert listed(site, outlet).candidates


def test_what_came_meanwhile_is_online_after_the_repair(site: MonthSite) -> None:
    site.set_clock(START + timedelta(days=14))
    for one in TROUBLES:
        site.fault(one.outlet, one.kind)
    site.set_clock(START + timedelta(days=17))
    for one in TROUBLES:
        site.repair(one.outlet)
        room = site.newsrooms[one.outlet]
        online = {room.base + article.path for article in room.visible()}
        meanwhile = {it.url for it in site.truth() if it.outlet == one.outlet and published(it) > START + timedelta(14)}
        assert meanwhile <= online
        assert bool(meanwhile) == (one.kind != "silent")
