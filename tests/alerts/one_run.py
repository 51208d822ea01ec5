"""One run in a process of its own, at a given moment: ``python -m tests.alerts.one_run URL FOLDER MOMENT``."""

import os
import sys
from datetime import datetime
from pathlib import Path

from alerts.delivery import run_watchlists
from alerts.watchlists import Watchlists
from database.engine import open_database
from search.query import parse_query


def main(url: str, folder: str, moment: str) -> None:
    watchlists, _ = Watchlists([Path(folder)], parse_query).read()
    run_watchlists(open_database(url), watchlists, os.environ, datetime.fromisoformat(moment))


if __name__ == "__main__":
    main(*sys.argv[1:])
