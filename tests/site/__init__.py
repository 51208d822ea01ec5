"""A small news web on loopback: outlets of different make, their truth, and a log of what was asked of them."""

from tests.site.article import Article, Truth
from tests.site.server import Request
from tests.site.site import Site

__all__ = ["Article", "Request", "Site", "Truth"]
