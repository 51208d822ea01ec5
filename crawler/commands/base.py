"""The base of our commands, by the name under which they look for it.

Scrapy takes every command class that is defined in a module of this package for a command, this one included; so it is
defined elsewhere.
"""

from crawler.console import PantauCommand

__all__ = ["PantauCommand"]
