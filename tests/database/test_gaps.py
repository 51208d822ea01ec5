from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from core.models import Candidate, Precision, Timestamp
from core.scheduling.boundary import Boundary
from database import ledger
from database.ledger import Admission, SourceKind, Validators
from database.schema import Gap, Source

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ANSWER = Validators('"1"', None, "ab")
FEED, SITEMAP, LISTING = "https://kota.example/rss", "https://kota.example/news.xml", "https://kota.example/indeks"


def said(number: int, *, dated: bool = True, precision: Precision = "second") -> Candidate:
    """Article 0 is of now, each before it an hour older."""
    published = Timestamp(NOW + number * HOUR, "", "feed:pubDate", precision)
    return Candidate(f"https://kota.example/berita/{number + 1000}/banjir", None, published if dated else None)


def scroll(newest: int, size: int = 20) -> range:
    """What a feed of that size lists when this article is its newest."""
    return range(newest, newest - size, -1)


def read(
    session: Session,
    numbers: Iterable[int],
    *,
    hours: int = 0,
    url: str = FEED,
    kind: SourceKind = "feed",
    page: int | None = None,
    dated: bool = True,
    precision: Precision = "second",
) -> Admission:
    now = NOW + hours * HOUR
    source = ledger.source(session, "kota", url, kind)
    candidates = [said(number, dated=dated, precision=precision) for number in numbers]
    validators = None if page else ANSWER
    return ledger.admit(
        session, None, source.id, ledger.SourceAnswer(candidates, validators=validators, page=page), Boundary(), now
    )


def broken(session: Session) -> ledger.GapView:
    """The gap of a feed that was not asked for 50 hours: of thirty articles, as if that had been known for certain."""
    read(session, scroll(-50), hours=-50)
    gap = read(session, scroll(0)).gap
    assert gap
    session.get_one(Gap, gap.id).estimate = 30
    return replace(gap, estimate=30)


def open_gaps(session: Session) -> list[ledger.GapView]:
    """The gaps that no other source has closed."""
    return [gap for gap in ledger.find_gaps(session, "kota") if gap.closed_at is None]


def missed(session: Session) -> tuple[int, int, int]:
    """What was missed at first, what of it is missing still, and how many gaps are open."""
    found = ledger.gaps_of(session, ["kota", "samudra"], NOW - DAY)
    assert found.keys() <= {"kota"}
    return (one.estimate, one.missing, one.open) if (one := found.get("kota")) else (0, 0, 0)


def test_first_reading_and_overlapping_ones_have_no_gap(session: Session) -> None:
    assert read(session, scroll(-19), hours=-19).gap is None
    assert read(session, scroll(0)).gap is None
    assert open_gaps(session) == []
    assert missed(session) == (0, 0, 0)


def test_gap_is_recorded_with_what_was_missed(session: Session) -> None:
    read(session, scroll(-50), hours=-50)
    gap = read(session, scroll(0)).gap
    assert gap
    assert (gap.since, gap.until, gap.recovered) == (NOW - 50 * HOUR, NOW - 19 * HOUR, 0)
    assert 20 <= gap.estimate <= 40


def test_gaps_are_told_by_outlet(session: Session) -> None:
    gap = broken(session)
    assert open_gaps(session) == [gap]
    assert ledger.find_gaps(session, "samudra") == []
    assert missed(session) == (30, 30, 1)


def test_gap_is_found_once(session: Session) -> None:
    broken(session)
    assert read(session, scroll(1), hours=1).gap is None
    ledger.record_unchanged(session, ledger.source(session, "kota", FEED, "feed").id, 304, NOW + 2 * HOUR)
    assert read(session, scroll(19), hours=19).gap is None
    assert read(session, scroll(39), hours=39).gap


def test_source_is_polled_sooner_after_a_gap(session: Session) -> None:
    read(session, scroll(-50), hours=-50)
    with session.begin_nested() as nested:
        read(session, [*scroll(0, 19), -50])
        usual = ledger.source(session, "kota", FEED, "feed").due_at
        nested.rollback()
    broken(session)
    sooner = ledger.source(session, "kota", FEED, "feed").due_at
    assert usual
    assert sooner
    assert sooner < usual


def test_undated_source_has_its_gap_since_it_was_read(session: Session) -> None:
    read(session, scroll(-50), hours=-48, dated=False)
    gap = read(session, scroll(0), dated=False).gap
    assert gap
    assert (gap.since, gap.until) == (NOW - 48 * HOUR, NOW)
    assert gap.estimate >= 1


def test_days_without_times_tell_no_gap_within_a_day(session: Session) -> None:
    read(session, scroll(-20), hours=-20, precision="day")
    assert read(session, scroll(-1), precision="day").gap is None


def test_empty_reading_leaves_nothing_to_compare(session: Session) -> None:
    read(session, scroll(-50), hours=-50)
    assert read(session, [], hours=-40).gap is None
    assert read(session, scroll(0)).gap is None


def test_home_page_and_walk_have_no_gap(session: Session) -> None:
    for url, kind, page in (("https://kota.example/", "home", None), (LISTING, "listing", 1)):
        read(session, scroll(-50), hours=-50, url=url, kind=kind, page=page)  # type: ignore[arg-type]
        assert read(session, scroll(0), url=url, kind=kind, page=page).gap is None  # type: ignore[arg-type]
    assert read(session, scroll(-30), url="https://kota.example/terbaru", kind="listing").gap is None
    assert read(session, scroll(10), url="https://kota.example/terbaru", kind="listing", hours=10).gap


def test_later_page_of_a_walk_does_not_count_as_listed_last(session: Session) -> None:
    read(session, scroll(-50), url=LISTING, kind="listing", page=1)
    listed = session.query(Source.listed).scalar()
    read(session, scroll(-70), url=LISTING, kind="listing", page=2)
    assert session.query(Source.listed).scalar() == listed != []


def test_sitemap_that_reaches_back_closes_the_gap(session: Session) -> None:
    gap = broken(session)
    read(session, scroll(0, 30), url=SITEMAP, kind="sitemap")
    assert open_gaps(session) == [gap]  # it reaches back 29 hours
    found = range(0, -60, -2)
    read(session, found, url=SITEMAP, kind="sitemap", hours=1)
    assert open_gaps(session) == []
    closed = session.get_one(Gap, gap.id)
    assert closed.closed_at == NOW + HOUR
    assert closed.recovered == 10 + 10  # to -29 each, and then each second one to -48
    assert missed(session) == (30, 10, 0)


def test_sitemap_read_before_the_feed_closes_the_gap_as_well(session: Session) -> None:
    read(session, scroll(-12, 12), hours=-12)
    read(session, scroll(0, 30), url=SITEMAP, kind="sitemap")
    read(session, scroll(0, 12))
    assert [(one.estimate > 0, one.recovered, one.closed_at) for one in session.query(Gap)] == [(True, 0, NOW)]


def test_source_that_is_seldom_read_has_no_gap_where_another_went_on(session: Session) -> None:
    read(session, scroll(-60, 12), hours=-60)
    for hours in range(-60, 1, 12):
        read(session, range(hours, hours - 30, -3), hours=hours, url=SITEMAP, kind="sitemap")
    gap = read(session, scroll(0, 12)).gap
    assert gap
    assert gap.recovered < gap.estimate  # it comes out less often than was expected
    assert open_gaps(session) == []


def test_source_that_lost_as_much_closes_nothing(session: Session) -> None:
    for hours in (-50, 0):
        for url in (SITEMAP, LISTING):
            read(session, scroll(hours), hours=hours, url=url, kind="sitemap")
    assert len(open_gaps(session)) == 2


def test_archive_of_older_articles_closes_nothing(session: Session) -> None:
    gap = broken(session)
    read(session, scroll(-25, 100), url=SITEMAP, kind="sitemap")
    assert open_gaps(session) == [gap]


def test_other_feed_closes_the_gap_only_if_it_gives_as_much(session: Session) -> None:
    broken(session)
    read(session, [0, -30, -60], url="https://kota.example/olahraga/rss")
    assert missed(session) == (30, 29, 1)
    read(session, scroll(0, 60), url="https://kota.example/semua/rss")
    assert missed(session) == (30, 0, 0)


def test_what_others_named_before_was_not_missed(session: Session) -> None:
    read(session, scroll(-20, 40), url=SITEMAP, kind="sitemap", hours=-20)
    read(session, scroll(-50), hours=-50)
    gap = read(session, scroll(-18), hours=-18).gap
    assert gap
    assert gap.recovered == 12  # from -38 to -49


def test_pages_of_a_walk_close_what_they_reach(session: Session) -> None:
    gap = broken(session)
    for page, newest in enumerate((0, -20), 1):
        read(session, scroll(newest), url=LISTING, kind="listing", page=page)
    assert open_gaps(session)[0].id == gap.id
    read(session, scroll(-40), url=LISTING, kind="listing", page=3)
    assert open_gaps(session) == []


def test_finished_walk_closes_what_its_boundary_admits(session: Session) -> None:
    broken(session)
    listing = ledger.source(session, "kota", LISTING, "listing")
    read(session, scroll(0, 30), url=LISTING, kind="listing", page=1, dated=False)
    ledger.finish_walk(session, listing.id, Boundary(NOW - DAY), NOW, NOW)
    ledger.finish_walk(session, listing.id, Boundary(), NOW, NOW, whole=False)
    assert missed(session)[2] == 1
    ledger.finish_walk(session, listing.id, Boundary(NOW - 3 * DAY), NOW, NOW)
    assert missed(session)[2] == 0


def test_own_reading_closes_no_gap_of_a_source(session: Session) -> None:
    broken(session)
    read(session, scroll(1, 100), hours=1)
    assert missed(session)[2] == 1


def test_old_gaps_are_left_alone(session: Session) -> None:
    broken(session)
    read(session, scroll(8 * 24, 300), url=SITEMAP, kind="sitemap", hours=8 * 24)
    assert missed(session) == (30, 30, 1)
    assert ledger.gaps_of(session, ["kota"], NOW + DAY) == {}


def test_sources_of_other_kinds_list_the_same_articles(session: Session) -> None:
    for url in (FEED, "https://kota.example/olahraga/rss"):
        read(session, scroll(-50), hours=-50, url=url)
        read(session, scroll(0), url=url)
    read(session, scroll(-40), hours=-40, url=SITEMAP, kind="sitemap")
    read(session, scroll(0), url=SITEMAP, kind="sitemap")
    found = ledger.gaps_of(session, ["kota"], NOW - DAY)["kota"]
    assert [(one.kind, one.gaps, one.open) for one in found.sources] == [
        ("feed", 1, 1),
        ("feed", 1, 1),
        ("sitemap", 1, 1),
    ]
    assert found.estimate == found.missing == 2 * found.sources[0].estimate > found.sources[2].estimate
    assert found.open == 3


def test_gap_is_undone_with_its_reading(session: Session) -> None:
    read(session, scroll(-50), hours=-50)
    session.commit()
    assert read(session, scroll(0)).gap
    session.rollback()
    assert open_gaps(session) == []
    assert read(session, scroll(0)).gap
