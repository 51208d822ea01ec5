"""How gently an outlet is asked: the delay and the concurrency of its hosts, told to the downloader."""

from scrapy.core.downloader import Downloader
from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings

from core.urls import download_slot
from outlets.schema import Outlet


def apply_politeness(downloader: Downloader, outlet: Outlet, settings: BaseSettings) -> None:
    """Give the hosts of the outlet its delay, or the one that ``-s DOWNLOAD_DELAY`` asks for.

    Where another outlet shares a host, the longer one holds.
    """
    declared = outlet.politeness.delay
    asked_for = (settings.getpriority("DOWNLOAD_DELAY") or 0) >= SETTINGS_PRIORITIES["cmdline"]
    delay = settings.getfloat("DOWNLOAD_DELAY") if declared is None or asked_for else declared
    slots = {download_slot(f"https://{domain}/") for domain in outlet.domains} | {download_slot(outlet.site)}
    for slot in slots:
        known = downloader.per_slot_settings.get(slot, {}).get("delay", 0.0)
        set_slot_delay(downloader, slot, max(delay, known), settings)


def set_slot_delay(downloader: Downloader, slot: str, delay: float, settings: BaseSettings) -> None:
    """Let the host wait so many seconds between two requests, from now on."""
    setting = "CONCURRENT_REQUESTS_PER_DOMAIN" if delay else "CONCURRENT_WITHOUT_DELAY"
    at_once = settings.getint(setting)
    # Both: idle slots are dropped after a minute and made anew from the settings.
    downloader.per_slot_settings[slot] = {"delay": delay, "concurrency": at_once}
    if slot in downloader.slots:
        downloader.slots[slot].delay, downloader.slots[slot].concurrency = delay, at_once


def slot_delay(downloader: Downloader, slot: str, settings: BaseSettings) -> float:
    """Seconds between two requests to the host, as things are."""
    known: float = downloader.per_slot_settings.get(slot, {}).get("delay", settings.getfloat("DOWNLOAD_DELAY"))
    return known
