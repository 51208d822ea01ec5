from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from scrapy.settings import BaseSettings
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from alerts.delivery import DeliveryReport, notify_after_round, run_watchlists
from alerts.watchlists import Watchlist
from core.errors import WatchBusyError
from database.alerts import deliveries
from database.locks import watch_lock
from tests.alerts.lists import HOOK, MAIL, to, watchlist, write
from tests.alerts.news import HOUR, NOW, come, crawled
from tests.alerts.servers import Inbox, every_other, html_of, mail_server, never, webhook

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
JAKARTA = ZoneInfo("Asia/Jakarta")
SECRET, PASSWORD = "sangat-rahasia", "kata-sandi"


class Post:
    """A webhook and a mail server, and the environment that leads to them."""

    def __init__(self, hook: tuple[int, Inbox], mail: tuple[int, Inbox]) -> None:
        self.hook, self.mail = hook[1], mail[1]
        self.environment = {
            "PORT": str(hook[0]),
            "HOOK": SECRET,
            "SURAT": f"mailto://redaksi:{PASSWORD}@127.0.0.1:{mail[0]}?to=meja@warta.example&from=pantau@warta.example",
        }


@pytest.fixture
def post() -> Iterator[Post]:
    with webhook() as hook, mail_server() as mail:
        yield Post(hook, mail)


@pytest.fixture
def begun(engine: Engine, post: Post, tmp_path: Path) -> Watchlist:
    """A watchlist that has begun and tells both at once."""
    one = watchlist(tmp_path, tell=to(HOOK) + to(MAIL))
    run_watchlists(engine, [one], post.environment, NOW)
    return one


def everything(engine: Engine) -> str:
    """What the database holds of deliveries."""
    with engine.connect() as connection:
        tables = ("watches", "watch_matches", "deliveries", "delivery_matches")
        return "\n".join(str(row) for table in tables for row in connection.execute(text(f"SELECT * FROM {table}")))


def again(engine: Engine, one: Watchlist, post: Post, now: datetime = NOW) -> DeliveryReport:
    return run_watchlists(engine, [one], post.environment, now)


def test_new_matches_go_to_every_channel_once(session: Session, engine: Engine, begun: Watchlist, post: Post) -> None:
    come(session, "Kapal Merapat")
    report = again(engine, begun, post)
    assert (report.found, report.failed, len(report.sent)) == ({"gandum": 1}, [], 2)
    assert again(engine, begun, post).sent == []
    assert [(one["path"], one["title"]) for one in post.hook.taken] == [(f"/{SECRET}", "Daftar gandum: 1 new article")]
    assert "Kapal Merapat\nsamudra · 1 Oct 2024, 11.30 WIB\n" in post.hook.taken[0]["message"]
    [mail] = post.mail.taken
    assert (mail["subject"], mail["to"]) == ("Daftar gandum: 1 new article", "meja@warta.example")
    assert '<a href="https://samudra.example/kapal-merapat">Kapal Merapat</a>' in html_of(mail)
    assert "Kapal <b>gandum</b> merapat" in html_of(mail)


def test_channels_that_fail_every_other_time_get_each_match_once(
    session: Session, engine: Engine, begun: Watchlist, post: Post
) -> None:
    post.hook.takes = post.mail.takes = every_other
    now, failures = NOW, 0
    wanted = [[f"Kapal {batch} {number} tiba" for number in range(batch % 3)] for batch in range(6)]
    for batch in wanted:
        for title in batch:
            come(session, title)
        failures += len(again(engine, begun, post, now).failed)
        now += 3 * HOUR
    while again(engine, begun, post, now).waiting:
        failures += 1
        now += DAY
    titles = [title for batch in wanted for title in batch]
    told = Counter(title for one in post.hook.taken for title in titles if title in one["message"])
    mailed = Counter(title for one in post.mail.taken for title in titles if title in html_of(one))
    assert told == mailed == Counter(titles)
    assert failures > 3


def test_a_failure_is_visible_and_tried_again_ever_more_seldom(
    session: Session, engine: Engine, begun: Watchlist, post: Post
) -> None:
    post.hook.takes = never
    come(session, "Kapal")
    [failed] = again(engine, begun, post).failed
    assert failed.startswith("watchlist gandum (")
    assert f"{HOOK}: " in failed
    assert "503" in failed
    assert len(post.mail.taken) == 1
    again(engine, begun, post, NOW + 59 * timedelta(seconds=1))
    assert post.hook.asked == 1
    now = NOW
    for _ in range(10):
        now += 2 * DAY
        again(engine, begun, post, now)
    assert post.hook.asked == 11
    [waiting] = deliveries.load_delivery_status(session)["gandum", HOOK].waiting
    assert (waiting.state, waiting.attempts, waiting.next_attempt_at) == ("failed", 11, now + DAY)
    session.commit()
    post.hook.takes = lambda _: True
    assert len(again(engine, begun, post, now + DAY).sent) == 1
    assert deliveries.load_delivery_status(session)["gandum", HOOK].waiting == ()


def test_a_message_left_by_a_run_that_ended_is_sent(
    session: Session, engine: Engine, begun: Watchlist, post: Post
) -> None:
    come(session, "Kapal")
    post.hook.takes = never
    again(engine, begun, post)
    session.execute(text("UPDATE deliveries SET state = 'sending' WHERE state = 'failed'"))
    session.commit()
    post.hook.takes = lambda _: True
    again(engine, begun, post, NOW + HOUR)
    assert len(post.hook.taken) == 1


def test_no_secret_is_stored_or_told(session: Session, engine: Engine, begun: Watchlist, post: Post) -> None:
    post.hook.takes = post.mail.takes = never
    come(session, "Kapal")
    report = again(engine, begun, post)
    post.environment["SURAT"] = f"mailto://redaksi:{PASSWORD}@127.0.0.1:1?to=meja@warta.example"
    report2 = again(engine, begun, post, NOW + HOUR)
    said = "\n".join([*report.failed, *report2.failed, everything(engine)])
    assert len(report.failed) == len(report2.failed) == 2
    assert SECRET not in said
    assert PASSWORD not in said
    assert "redaksi" not in said
    assert HOOK in said


def test_a_missing_variable_is_named_and_the_others_go_on(
    session: Session, engine: Engine, begun: Watchlist, post: Post
) -> None:
    come(session, "Kapal")
    surat = post.environment.pop("SURAT")
    [failed] = again(engine, begun, post).failed
    assert failed.startswith("watchlist gandum (")
    assert "gandum.toml): ${SURAT}: the environment has no SURAT: set it" in failed
    assert (len(post.hook.taken), len(post.mail.taken)) == (1, 0)
    post.environment["SURAT"] = surat
    assert len(again(engine, begun, post).sent) == 1
    assert (len(post.hook.taken), len(post.mail.taken)) == (1, 1)


def test_what_is_no_address_is_told_without_repeating_it(
    session: Session, engine: Engine, begun: Watchlist, post: Post
) -> None:
    come(session, "Kapal")
    post.environment["SURAT"] = "bukan-alamat-rahasia"
    [failed] = again(engine, begun, post).failed
    assert "this is no Apprise URL" in failed
    assert "rahasia" not in failed


def test_hourly_and_daily_are_collected_until_they_are_due(
    session: Session, engine: Engine, post: Post, tmp_path: Path
) -> None:
    one = watchlist(tmp_path, tell=to(HOOK, "hourly") + to(MAIL, "daily 07:00"))
    again(engine, one, post)
    come(session, "Kapal Satu")
    again(engine, one, post, NOW)  # 12.30
    come(session, "Kapal Dua")
    again(engine, one, post, NOW + 29 * MINUTE)
    assert (post.hook.asked, post.mail.asked) == (0, 0)
    again(engine, one, post, NOW + 30 * MINUTE)
    assert [message["title"] for message in post.hook.taken] == ["Daftar gandum: 2 new articles"]
    come(session, "Kapal Tiga")
    seven = datetime(2024, 10, 2, 7, tzinfo=JAKARTA)
    again(engine, one, post, seven - MINUTE)
    assert (len(post.hook.taken), post.mail.asked) == (1, 0)
    again(engine, one, post, seven)
    assert [mail["subject"] for mail in post.mail.taken] == ["Daftar gandum: 3 new articles"]
    assert len(post.hook.taken) == 2


def test_a_flood_is_bounded(session: Session, engine: Engine, begun: Watchlist, post: Post) -> None:
    for number in range(25):
        come(session, f"Kapal nomor {number:02}")
    again(engine, begun, post)
    [message] = post.hook.taken
    assert message["title"] == "Daftar gandum: 25 new articles"
    assert sum(f"Kapal nomor {number:02}" in message["message"] for number in range(25)) == 20
    assert message["message"].endswith("and 5 more: scrapy watch test gandum --limit 100")


def test_one_that_is_off_finds_and_sends_nothing(
    session: Session, engine: Engine, begun: Watchlist, post: Post, tmp_path: Path
) -> None:
    off = watchlist(tmp_path, tell=to(HOOK), extra="active = false")
    come(session, "Kapal")
    assert run_watchlists(engine, [off], {}, NOW) == DeliveryReport()
    assert again(engine, begun, post).begun == ["gandum"]
    assert post.hook.asked == 0


def test_a_channel_that_is_declared_no_more_gets_nothing(
    session: Session, engine: Engine, begun: Watchlist, post: Post, tmp_path: Path
) -> None:
    post.mail.takes = never
    come(session, "Kapal")
    again(engine, begun, post)
    only_hook = watchlist(tmp_path, tell=to(HOOK))
    run_watchlists(engine, [only_hook], post.environment, NOW + DAY)
    assert post.mail.asked == 1
    assert len(deliveries.load_delivery_status(session)["gandum", MAIL].waiting) == 1


def test_a_channel_that_fails_twice_rests_until_the_next_run(
    session: Session, engine: Engine, begun: Watchlist, post: Post
) -> None:
    post.hook.takes = never
    for number in range(4):
        come(session, f"Kapal {number}")
        again(engine, begun, post)
    assert post.hook.asked == 4
    again(engine, begun, post, NOW + DAY)
    assert post.hook.asked == 6
    post.hook.takes = lambda _: True
    again(engine, begun, post, NOW + 3 * DAY)
    assert len(post.hook.taken) == 4


def test_never_two_at_a_time(engine: Engine, begun: Watchlist, post: Post) -> None:
    with watch_lock(engine), pytest.raises(WatchBusyError, match=r"another run \(.*\) is sending alerts"):
        again(engine, begun, post)


def test_the_digest_comes_once_a_day(session: Session, engine: Engine, post: Post, tmp_path: Path) -> None:
    one = watchlist(tmp_path, tell=to(MAIL, "daily 07:00", digest=True))
    seven = datetime(2024, 10, 2, 7, tzinfo=JAKARTA)
    crawled(session, "samudra", NOW)
    come(session, "Kapal")
    again(engine, one, post, seven)
    again(engine, one, post, seven + HOUR)
    [mail] = post.mail.taken
    assert mail["subject"] == "Pantau, 1 Oct 2024: 1 article"
    assert "Daftar gandum: 1 hit" in html_of(mail)
    again(engine, one, post, seven + 3 * DAY)
    assert [mail["subject"] for mail in post.mail.taken[1:]] == ["Pantau, 4 Oct 2024: 0 articles"]


def test_one_watchlist_alone_may_look_and_its_digest_has_all(
    session: Session, engine: Engine, post: Post, tmp_path: Path
) -> None:
    one, other = (
        watchlist(tmp_path, tell=to(MAIL, "daily 07:00", digest=True)),
        watchlist(tmp_path, "lain", tell=to(HOOK)),
    )
    seven = datetime(2024, 10, 2, 7, tzinfo=JAKARTA)
    run_watchlists(engine, [one, other], post.environment, NOW)
    post.mail.taken.clear()
    crawled(session, "samudra", NOW)
    come(session, "Kapal")
    assert run_watchlists(engine, [one, other], post.environment, seven, only=["gandum"]).found == {"gandum": 1}
    assert post.hook.asked == 0
    assert "Daftar lain: 1 hit" in html_of(post.mail.taken[0])


def test_the_digest_can_be_had_before_its_time(engine: Engine, post: Post, tmp_path: Path) -> None:
    one = watchlist(tmp_path, tell=to(MAIL, "daily 23:00", digest=True))
    noon = datetime(2024, 10, 2, 12, tzinfo=JAKARTA)
    run_watchlists(engine, [one], post.environment, noon, digest_now=True)
    run_watchlists(engine, [one], post.environment, noon + HOUR, digest_now=True)
    run_watchlists(engine, [one], post.environment, noon.replace(hour=23))
    subjects = [mail["subject"] for mail in post.mail.taken]
    assert subjects.count("Pantau, 1 Oct 2024: 0 articles") == 1


def test_the_operator_hears_what_is_wrong(session: Session, engine: Engine, begun: Watchlist, post: Post) -> None:
    post.hook.takes = never
    crawled(session, "samudra", NOW - 2 * DAY)
    come(session, "Kapal")
    again(engine, begun, post)
    operator = post.environment | {"OPERATOR_CHANNEL": post.environment["SURAT"]}
    run_watchlists(engine, [begun], operator, NOW + MINUTE)
    subjects = [mail["subject"] for mail in post.mail.taken]
    assert subjects[-1] == "Pantau, 30 Sep 2024: 1 outlet needs attention"
    body = html_of(post.mail.taken[-1])
    assert f"gandum to {HOOK}: " in body
    assert "Watchlists" not in body
    assert PASSWORD not in everything(engine)


def test_no_digest_is_of_a_day_before_the_first_run(
    session: Session, engine: Engine, post: Post, tmp_path: Path
) -> None:
    one = watchlist(tmp_path, tell=to(MAIL, "daily 07:00", digest=True))
    seven = datetime(2024, 10, 2, 7, tzinfo=JAKARTA)
    again(engine, one, post, seven - DAY)  # nothing was ever crawled
    crawled(session, "samudra", NOW)
    come(session, "Kapal", published_at=NOW - DAY)
    again(engine, one, post, NOW)
    again(engine, one, post, seven - MINUTE)
    assert post.mail.taken == []
    again(engine, one, post, seven)
    assert [mail["subject"] for mail in post.mail.taken] == ["Pantau, 1 Oct 2024: 0 articles"]


def test_a_watchlist_counts_its_days_from_the_run(session: Session, engine: Engine, post: Post, tmp_path: Path) -> None:
    write(tmp_path, query="gandum date:>=7d", tell=to(HOOK))
    settings = BaseSettings({"ALIAS_PATHS": [], "WATCHLIST_PATHS": [str(tmp_path)]})
    environment = {name: post.environment[name] for name in ("PORT", "HOOK")}
    assert notify_after_round(settings, engine, environment, NOW - HOUR) == []
    come(session, "Kapal", published_at=NOW - 6 * DAY)
    come(session, "Kapal Lama", published_at=NOW - 8 * DAY)
    assert notify_after_round(settings, engine, environment, NOW) == []
    assert [message["title"] for message in post.hook.taken] == ["Daftar gandum: 1 new article"]


def test_sent_and_failed_messages_are_logged_without_secrets(
    session: Session, engine: Engine, begun: Watchlist, post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "alerts.delivery")
    post.hook.takes = never
    come(session, "Kapal")
    again(engine, begun, post)
    failed, sent = caplog.messages
    assert failed.startswith("gandum: 1 article not sent (")
    assert failed.endswith("; next attempt 2024-10-01 05:31:00 UTC")
    assert sent == "gandum: 1 article sent by mailto"
    assert SECRET not in caplog.text
    assert PASSWORD not in caplog.text
