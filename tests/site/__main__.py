"""``python -m tests.site --dir DIR``: write declarations and truth, say "ready", serve until SIGTERM or SIGINT."""

import argparse
import signal
from datetime import UTC, datetime
from pathlib import Path

from tests.site.site import Site


def main() -> None:
    """Serve until a signal comes."""
    options = _options()
    signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    site = Site(options.dir, seed=options.seed, now=options.now, bulk=options.bulk, slow=options.slow, log=options.log)
    with site:
        print("ready", flush=True)
        signal.sigwait(signals)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.site", description=__doc__)
    parser.add_argument("--dir", type=Path, required=True, help="where outlets/, truth.jsonl and forbidden.txt go")
    parser.add_argument("--seed", type=int, default=1, help="of all texts and dates (default 1)")
    parser.add_argument("--now", type=_moment, help="the site's time, ISO 8601 (default: the real time at the start)")
    parser.add_argument("--bulk", type=int, default=0, metavar="N", help="add the outlet 'bulk' with N heavy pages")
    parser.add_argument("--slow", type=float, default=2, metavar="SECONDS", help="how long the slow article takes")
    parser.add_argument("--log", type=Path, help="file that gets each request as a line of JSON")
    return parser.parse_args()


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


if __name__ == "__main__":
    main()
