from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from crawler.discovery.walks import walks

JAKARTA, JAYAPURA = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Jayapura")
SINCE, NOW = datetime(2026, 7, 22, 12, tzinfo=UTC), datetime(2026, 7, 24, 16, tzinfo=UTC)


def test_template_without_date_is_one_walk() -> None:
    (walk,) = walks("https://contoh.id/indeks?page={page}", SINCE, NOW, JAKARTA)
    assert walk.day is None
    assert walk.pages is None
    assert [walk.url(page) for page in (1, 2)] == ["https://contoh.id/indeks?page=1", "https://contoh.id/indeks?page=2"]


def test_template_without_page_has_one_page() -> None:
    (walk,) = walks("https://contoh.id/indeks", SINCE, NOW, JAKARTA)
    assert walk.pages == 1
    assert walk.url(1) == "https://contoh.id/indeks"


def test_offset_counts_items_from_zero() -> None:
    (walk,) = walks("https://contoh.id/indeks/{offset:20}", SINCE, NOW, JAKARTA)
    assert walk.pages is None
    assert [walk.url(page) for page in (1, 2, 3)] == [f"https://contoh.id/indeks/{offset}" for offset in (0, 20, 40)]


def test_days_run_from_today_back_to_since() -> None:
    found = list(walks("https://contoh.id/{date:%Y/%m/%d}/{page}", SINCE, NOW, JAKARTA))
    assert [walk.day for walk in found] == [date(2026, 7, day) for day in (24, 23, 22)]
    assert found[1].url(4) == "https://contoh.id/2026/07/23/4"
    assert found[0].pages is None


def test_days_are_those_of_the_outlets_zone() -> None:
    days = [walk.day for walk in walks("https://contoh.id/?date={date:%Y-%m-%d}", SINCE, NOW, JAYAPURA)]
    assert days[0] == date(2026, 7, 25)


def test_days_start_at_until_where_it_is_earlier() -> None:
    until = datetime(2026, 7, 23, 3, tzinfo=UTC)
    template = "https://contoh.id/{date:%d-%m-%Y}"
    assert [walk.url(1)[-10:] for walk in walks(template, SINCE, NOW, JAKARTA, until=until)] == [
        "23-07-2026",
        "22-07-2026",
    ]
    later = datetime(2030, 1, 1, tzinfo=UTC)
    assert next(walks(template, SINCE, NOW, JAKARTA, until=later)).day == date(2026, 7, 24)


def test_since_after_now_is_no_walk() -> None:
    assert list(walks("https://contoh.id/{date:%Y}", datetime(2026, 7, 26, tzinfo=UTC), NOW, JAKARTA)) == []
