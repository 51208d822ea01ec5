"""Politeness: delay and concurrency of an outlet's hosts."""

from scrapy.core.downloader import Downloader
from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings

from core.urls import download_slot
from outlets.schema import Outlet


def apply_politeness(downloader: Downloader, outlet: Outlet, settings: BaseSettings) -> None:
    """Set the outlet's delay, or that of ``-s DOWNLOAD_DELAY``, for its hosts.

    A host that several outlets share gets the longest delay.
    """
    declared = outlet.politeness.delay
    overridden = (settings.getpriority("DOWNLOAD_DELAY") or 0) >= SETTINGS_PRIORITIES["cmdline"]
    delay = settings.getfloat("DOWNLOAD_DELAY") if declared is None or overridden else declared
    slots = {download_slot(f"https://{domain}/") for domain in outlet.domains} | {download_slot(outlet.site)}
    for slot in slots:
        current = downloader.per_slot_settings.get(slot, {}).get("delay", 0.0)
        set_slot_delay(downloader, slot, max(delay, current), settings)


def set_slot_delay(downloader: Downloader, slot: str, delay: float, settings: BaseSettings) -> None:
    """Set the seconds between two requests to a host, from now on."""
    setting = "CONCURRENT_REQUESTS_PER_DOMAIN" if delay else "CONCURRENT_WITHOUT_DELAY"
    at_once = settings.getint(setting)
    # Both, because idle slots are dropped after a minute and made anew from the settings.
    downloader.per_slot_settings[slot] = {"delay": delay, "concurrency": at_once}
    if slot in downloader.slots:
        downloader.slots[slot].delay, downloader.slots[slot].concurrency = delay, at_once


def slot_delay(downloader: Downloader, slot: str, settings: BaseSettings) -> float:
    delay: float = downloader.per_slot_settings.get(slot, {}).get("delay", settings.getfloat("DOWNLOAD_DELAY"))
    return delay
