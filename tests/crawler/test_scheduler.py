from types import SimpleNamespace
from typing import Any

from scrapy import Request

from crawler.scheduler import FairScheduler


def scheduler(**concurrency: int) -> tuple[FairScheduler, set[Request]]:
    """One for slots of these concurrencies, and what its downloader has on its way."""
    active: set[Request] = set()
    slots = {slot: {"concurrency": number} for slot, number in concurrency.items()}
    crawler: Any = SimpleNamespace(
        engine=SimpleNamespace(downloader=SimpleNamespace(active=active, per_slot_settings=slots))
    )
    return FairScheduler(crawler, 1), active


def ask(slot: str, number: int, priority: int = 0) -> Request:
    return Request(f"https://{slot}/{number}", meta={"download_slot": slot}, priority=priority)


def taken(fair: FairScheduler, active: set[Request]) -> list[str]:
    """The addresses that may go out now."""
    urls = []
    while request := fair.next_request():
        active.add(request)
        urls.append(request.url.removeprefix("https://"))
    return urls


def test_outlets_take_turns_and_each_has_few_on_their_way() -> None:
    fair, active = scheduler()
    for slot in ("a", "b"):
        for number in range(5):
            assert fair.enqueue_request(ask(slot, number))
    assert taken(fair, active) == ["a/0", "b/0", "a/1", "b/1"]
    assert fair.has_pending_requests()


def test_an_outlet_in_trouble_holds_up_no_other() -> None:
    fair, active = scheduler()
    for number in range(100):
        fair.enqueue_request(ask("waits", number))
    assert len(taken(fair, active)) == 2
    fair.enqueue_request(ask("works", 1))
    assert taken(fair, active) == ["works/1"]


def test_within_an_outlet_priority_goes_first_then_who_came_first() -> None:
    fair, active = scheduler(a=4)
    for number, priority in enumerate((0, 0, 100, -50)):
        fair.enqueue_request(ask("a", number, priority))
    assert taken(fair, active) == ["a/2", "a/0", "a/1", "a/3"]
    assert not fair.has_pending_requests()
    assert fair.next_request() is None


def test_what_came_back_makes_room() -> None:
    fair, active = scheduler()
    for number in range(3):
        fair.enqueue_request(ask("a", number))
    assert taken(fair, active) == ["a/0", "a/1"]
    active.pop()
    assert taken(fair, active) == ["a/2"]
