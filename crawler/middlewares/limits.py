"""Scrapy's redirect and decompression middlewares, with a reason for the ledger."""

from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from core.models import Reason
from crawler.outcomes import Refusal


class LimitedRedirectMiddleware(RedirectMiddleware):
    """Gives up with ``too-many-redirects`` after ``REDIRECT_MAX_TIMES``."""

    def handle_referer(self, request: Request, response: Response) -> None:
        """Send no Referer; Scrapy would warn that no middleware sets one."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]  # the spider argument is deprecated
        try:
            return super().process_response(request, response)
        except IgnoreRequest as error:
            raise Refusal(Reason.REDIRECTS, " → ".join(request.meta.get("redirect_urls", ()))) from error


class LimitedCompressionMiddleware(HttpCompressionMiddleware):
    """Gives up with ``too-large`` when the inflated body passes the limit."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]  # the spider argument is deprecated
        try:
            return super().process_response(request, response)
        except IgnoreRequest as error:
            raise Refusal(Reason.TOO_LARGE, f"inflates beyond the limit from {len(response.body)} bytes") from error
