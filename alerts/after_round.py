"""After a round: whoever waits for something is told, as ``scrapy watch run`` does."""

import os
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from scrapy.settings import BaseSettings
from sqlalchemy import Engine

from alerts import delivery
from alerts.watchlists import Watchlists
from core.errors import PantauError, WatchBusyError
from search.aliases import load_aliases
from search.query import parse_query


def tell(settings: BaseSettings, engine: Engine, now: datetime) -> Sequence[str]:
    """Tell of what the watchlists found, and the operator of flags; what went wrong, in lines.

    What cannot be sent is tried again after the next round. Wrong watchlists keep nobody else from being told.
    """
    try:
        parse = partial(parse_query, aliases=load_aliases(settings["ALIAS_PATHS"]))
        watchlists, faults = Watchlists.from_settings(settings["WATCHLIST_PATHS"], parse).read()
        report = delivery.run(engine, watchlists, os.environ, now)
    except WatchBusyError:
        return ()  # another program is telling at this moment
    except PantauError as error:
        return (str(error),)
    return (*faults, *report.failed)
