"""Reading dates as Indonesian outlets write them; shared by discovery, extraction and the seeds."""

from core.dates.parser import find_date, parse_date

__all__ = ["find_date", "parse_date"]
