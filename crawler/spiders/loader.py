"""Spider loader: one spider per outlet, for ``scrapy list`` and ``crawl NAME``."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from scrapy import Request
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings

from core.errors import PantauError
from outlets.registry import Registry

if TYPE_CHECKING:
    from crawler.spiders.news import NewsSpider


class OutletSpiderLoader:
    """Spider loader (``SPIDER_LOADER_CLASS``) over the outlet registry.

    Scrapy builds it outside its error handling, so it reads nothing before the first call.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._spiders: dict[str, type[NewsSpider]] = {}

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        return cls(Registry.from_settings(settings.get("OUTLET_PATHS") or ()))

    def load(self, spider_name: str) -> "type[NewsSpider]":
        """Return the outlet's spider class; the same class each time."""
        if spider_name not in self._spiders:
            with _as_usage_error():
                outlet = self._registry.get(spider_name)
            # The crawl takes half a second to import, which `scrapy list` does not need.
            from crawler.spiders.news import NewsSpider  # noqa: PLC0415

            self._spiders[spider_name] = type(spider_name, (NewsSpider,), {"name": spider_name, "outlet": outlet})
        return self._spiders[spider_name]

    def find_by_request(self, request: Request) -> list[str]:
        with _as_usage_error():
            outlet = self._registry.for_url(request.url)
        return [outlet.name] if outlet else []

    def list(self) -> list[str]:
        with _as_usage_error():
            return self._registry.names()


@contextmanager
def _as_usage_error() -> Iterator[None]:
    try:
        yield
    except PantauError as error:
        raise UsageError(str(error), print_help=False) from error
