"""``python -m tests.month --dir DIR --database URL``: live the whole month, round after round, in one process.

Prints a line for each round; leaves the database, and what was published as ``truth.jsonl``.
"""

import argparse
from pathlib import Path

from tests.month.plan import ROUNDS


def main() -> None:
    """Live the month."""
    options = _options()
    # Every worker imports this module again, and needs nothing of that.
    from tests.month.living import live  # noqa: PLC0415

    live(options.dir, options.database, options.rounds, options.seed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.month", description=__doc__)
    parser.add_argument("--dir", type=Path, required=True, help="where outlets/ and truth.jsonl go")
    parser.add_argument("--database", required=True, help="its URL")
    parser.add_argument("--rounds", type=int, default=len(ROUNDS), help="only the first so many")
    parser.add_argument("--seed", type=int, default=1, help="of all texts and moments (default 1)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
