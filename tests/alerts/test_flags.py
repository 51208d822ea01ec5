"""What the operator is told of flags: each that is raised and each that is cleared, once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, text, update
from sqlalchemy.orm import Session

from alerts.delivery import OPERATOR_CHANNEL, DeliveryReport, run_watchlists
from alerts.markup import Form
from alerts.messages import LISTED_FLAGS, FlagsMessage, write_flags_message
from database.alerts import deliveries
from database.schema import DeliveryFlag, Flag
from health.flags import FlagView
from tests.alerts.news import HOUR, NOW, crawled
from tests.alerts.servers import Inbox, every_other, never, webhook

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SILENT = "0 articles for 3 days (usual 40–60 a day): see `scrapy outlets check lentera`"
UNDATED = "12 of 14 articles without a date (usual: none)"
HOSTILE = "<script>alert(1)</script>**tebal** @everyone\u202e [klik](javascript:alert(2))"


class Operator:
    """Whoever is told, and how."""

    def __init__(self, engine: Engine, port: int, inbox: Inbox) -> None:
        self.engine, self.inbox, self.now = engine, inbox, NOW
        self.environment = {"OPERATOR_CHANNEL": f"json://127.0.0.1:{port}/sangat-rahasia"}
        # Of the day's digest nobody wants to hear here.
        self.hears()
        inbox.taken.clear()

    def hears(self, after: timedelta = MINUTE) -> DeliveryReport:
        """A run, some time after the one before."""
        self.now += after
        return run_watchlists(self.engine, [], self.environment, self.now)

    @property
    def titles(self) -> list[str]:
        return [message["title"] for message in self.inbox.taken if not message["title"].startswith("Pantau, ")]

    @property
    def bodies(self) -> list[str]:
        return [message["message"] for message in self.inbox.taken if not message["title"].startswith("Pantau, ")]


@pytest.fixture
def operator(engine: Engine) -> Iterator[Operator]:
    with webhook() as (port, inbox):
        yield Operator(engine, port, inbox)


def flagged(session: Session, outlet: str = "lentera", kind: str = "silent", words: str = SILENT) -> int:
    """A flag that is raised now."""
    one = Flag(outlet=outlet, kind=kind, words=words, facts={}, raised_at=NOW, seen_at=NOW)
    session.add(one)
    session.flush()
    flag = one.id
    session.commit()
    return flag


def cleared(session: Session, *flags: int) -> None:
    session.execute(update(Flag).where(Flag.id.in_(flags)).values(cleared_at=NOW + HOUR))
    session.commit()


def test_what_is_raised_and_what_is_cleared_is_told_once_each(session: Session, operator: Operator) -> None:
    flag = flagged(session)
    operator.hears()
    operator.hears()
    cleared(session, flag)
    operator.hears()
    operator.hears()

    assert operator.titles == ["1 outlet needs attention: lentera", "1 outlet recovered: lentera"]
    span = "1 Oct 2024, 12.30 WIB to 1 Oct 2024, 13.30 WIB"
    assert operator.bodies == [f"- lentera: {SILENT}", f"No longer so:\n- lentera: {SILENT} ({span})"]


def test_all_changes_go_into_one_message(session: Session, operator: Operator) -> None:
    over = flagged(session)
    operator.hears()
    cleared(session, over)
    flagged(session, "samudra", "undated", UNDATED)
    flagged(session, "samudra")
    flagged(session, "antara")
    operator.hears()

    assert operator.titles[1:] == ["2 outlets need attention: antara, samudra; 1 outlet recovered: lentera"]
    assert operator.bodies[1].startswith(
        f"- antara: {SILENT}\n- samudra: {UNDATED}\n- samudra: {SILENT}\n\nNo longer so:\n- lentera: "
    )


def test_an_outlet_with_another_flag_is_not_well_again(session: Session, operator: Operator) -> None:
    over = flagged(session)
    flagged(session, kind="undated", words=UNDATED)
    operator.hears()
    cleared(session, over)
    operator.hears()

    assert operator.titles[1:] == ["1 flag cleared"]


def test_a_new_channel_hears_what_is_open_and_no_history(session: Session, operator: Operator) -> None:
    channel = operator.environment.pop("OPERATOR_CHANNEL")
    cleared(session, flagged(session, "samudra"))
    flagged(session)
    operator.hears()
    operator.environment["OPERATOR_CHANNEL"] = channel
    operator.hears()

    assert operator.titles == ["1 outlet needs attention: lentera"]


def test_a_flag_that_returns_is_told_again(session: Session, operator: Operator) -> None:
    cleared(session, flagged(session))
    operator.hears()
    again = flagged(session)
    operator.hears()
    cleared(session, again)
    operator.hears()

    assert operator.titles == ["1 outlet needs attention: lentera", "1 outlet recovered: lentera"]


def test_one_cleared_while_its_message_waits_is_told_in_that_message(session: Session, operator: Operator) -> None:
    operator.inbox.takes = never
    flag = flagged(session)
    [failed] = operator.hears().failed
    cleared(session, flag)
    operator.hears(timedelta(seconds=1))
    operator.inbox.takes = lambda _: True
    operator.hears(HOUR)

    assert failed.startswith(f"watchlist (operator) (the environment): {OPERATOR_CHANNEL}: ")
    assert operator.titles == ["1 outlet recovered: lentera"]
    assert deliveries.load_delivery_status(session)[deliveries.OPERATOR, OPERATOR_CHANNEL].waiting == ()


def test_a_channel_that_fails_every_other_time_gets_each_change_once(session: Session, operator: Operator) -> None:
    operator.inbox.takes = every_other
    names = [f"warta_{number}" for number in range(6)]
    for name in names:
        flagged(session, name, words="tiada")
        operator.hears(2 * MINUTE)
    for _ in range(12):
        operator.hears(12 * HOUR)

    assert sorted(line for body in operator.bodies for line in body.splitlines()) == [
        f"- {one}: tiada" for one in names
    ]


def test_what_a_killed_run_was_sending_is_sent_again(session: Session, operator: Operator) -> None:
    flagged(session)
    operator.hears()
    session.execute(text("UPDATE deliveries SET state = 'sending' WHERE kind = 'flags'"))
    session.commit()
    operator.hears()
    operator.hears()

    assert operator.titles == 2 * ["1 outlet needs attention: lentera"]


def test_no_flag_is_forgotten_by_a_run_that_could_send_nothing(session: Session, operator: Operator) -> None:
    working = operator.environment["OPERATOR_CHANNEL"]
    operator.environment["OPERATOR_CHANNEL"] = "bukan-alamat-rahasia"
    flagged(session)
    [failed] = operator.hears().failed
    flagged(session, "samudra")
    operator.hears()
    operator.environment["OPERATOR_CHANNEL"] = working
    operator.hears()

    assert "rahasia" not in failed
    assert sorted(operator.titles) == ["1 outlet needs attention: lentera", "1 outlet needs attention: samudra"]
    assert len(session.scalars(select(DeliveryFlag.flag_id)).all()) == 2


def test_a_flood_is_bounded(session: Session) -> None:
    message = write_flags_message(session, [flag(f"warta_{number:03}") for number in range(1000)])

    assert message.title == (
        "1,000 outlets need attention: warta_000, warta_001, warta_002, warta_003, warta_004 and 995 more"
    )
    lines = message.body("text", 10**6).splitlines()
    assert (len(lines), lines[-1]) == (LISTED_FLAGS + 2, "and 950 more: scrapy outlets health")
    assert len(message.body("text", 500)) <= 500


def test_words_are_cut_where_they_are_endless(session: Session) -> None:
    [line] = write_flags_message(session, [flag("lentera", "kata " * 10_000)]).raised

    assert len(line) < 700
    assert line.endswith("…")


@pytest.mark.parametrize("form", ["text", "markdown", "html", "page"])
def test_hostile_words_stay_words(session: Session, form: Form) -> None:
    message = write_flags_message(session, [flag("<b>jahat</b>\n\r", HOSTILE)])
    written = message.body(form, 10**6)

    assert "\u202e" not in written
    assert "\n" not in message.title
    if form in {"html", "page"}:
        assert "<script>" not in written
        assert "<b>jahat" not in written
    else:
        assert "@everyone" not in written
    if form == "markdown":
        assert "**tebal**" not in written
        assert "[klik]" not in written


def test_no_digest_is_filled_with_today_s_flags_before_the_first_run_s_day(
    session: Session, operator: Operator
) -> None:
    crawled(session, "lentera", NOW)
    flagged(session)
    operator.hears()
    assert [message["title"] for message in operator.inbox.taken] == ["1 outlet needs attention: lentera"]
    operator.hears(DAY)
    assert [message["title"] for message in operator.inbox.taken[1:]] == [
        "Pantau, 1 Oct 2024: 1 outlet needs attention"
    ]


def test_the_digest_judges_by_the_run_s_clock(session: Session, operator: Operator) -> None:
    crawled(session, "lentera", NOW - 3 * DAY)
    operator.hears()
    [digest] = operator.inbox.taken
    assert digest["title"] == "Pantau, 30 Sep 2024: 1 outlet needs attention"
    assert "lentera: not crawled for 3 days" in digest["message"]


def test_a_new_flag_is_in_the_digest_that_is_due_or_in_a_message_and_not_in_both(
    session: Session, operator: Operator
) -> None:
    crawled(session, "lentera", NOW - HOUR)
    flag = flagged(session)
    operator.hears(DAY)
    [digest] = operator.inbox.taken
    assert digest["title"] == "Pantau, 1 Oct 2024: 1 outlet needs attention"
    assert SILENT in digest["message"]
    operator.hears(HOUR)
    cleared(session, flag)
    operator.hears()
    assert operator.titles == ["1 outlet recovered: lentera"]


def test_a_new_flag_waits_with_a_digest_that_failed(session: Session, operator: Operator) -> None:
    crawled(session, "lentera", NOW - HOUR)
    operator.inbox.takes = never
    operator.hears(DAY)
    flagged(session)
    operator.inbox.takes = lambda _: True
    operator.hears(HOUR)
    operator.hears(HOUR)
    assert [message["title"] for message in operator.inbox.taken] == ["Pantau, 1 Oct 2024: 1 outlet needs attention"]


def test_watchlists_alone_tell_no_flags(session: Session, operator: Operator) -> None:
    flagged(session)
    run_watchlists(operator.engine, [], operator.environment, NOW, only=["gandum"])

    assert operator.titles == []


def flag(outlet: str, words: str = SILENT) -> FlagView:
    return FlagView(0, outlet, "silent", words, {}, NOW, NOW, None)


def test_nothing_is_left_out_where_there_is_room(session: Session) -> None:
    message = write_flags_message(session, [flag("antara"), flag("lentera")])

    assert message.cut(9) == message == FlagsMessage(message.raised, (), ("antara", "lentera"), ())
