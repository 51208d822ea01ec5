"""Page bytes in, an article or the reason why there is none out."""

from crawler.extraction.article import extract, next_page

__all__ = ["extract", "next_page"]
