"""What extraction uses of ``crawler.dates``."""

from crawler.dates import find_date, parse_date

__all__ = ["find_date", "parse_date"]
