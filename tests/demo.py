"""``make demo``: the main job end to end on this machine, with the program as a user runs it.

The test site's outlets are crawled; a search and the stories show what came of it.
Each demo starts with an empty folder below ``data/``; nothing leaves this machine.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.site import Site

PROJECT = Path(__file__).resolve().parents[1]
PLACE = PROJECT / "data" / "demo"
SCRAPY = [sys.executable, "-m", "scrapy"]


def main() -> int:
    """Run the demo; the exit status is that of the first command that broke."""
    shutil.rmtree(PLACE, ignore_errors=True)
    with Site(PLACE / "site") as site:
        environment = {
            **os.environ,
            "OUTLET_PATHS": str(site.declarations),
            "DATABASE_URL": f"sqlite:///{PLACE}/pantau.db",
        }
        print(
            f"A small news web is being served on this machine: {len(site.newsrooms)} outlets, each of another make.\n"
        )
        for outlet in site.newsrooms:
            _run(environment, "crawl", outlet)
        topic = _topic(site)
    print()
    status = _run(environment, "search", topic, "--limit", "5")
    print()
    status = _run(environment, "stories", "--limit", "3") or status
    print(f"\nThe database is {PLACE.relative_to(PROJECT) / 'pantau.db'}. Ask it more, for example:")
    print(f"  DATABASE_URL=sqlite:///{PLACE.relative_to(PROJECT)}/pantau.db .venv/bin/scrapy search '{topic}'")
    return status


def _topic(site: Site) -> str:
    """A word of the newest headline: the site's texts are made anew each time."""
    newest = max((one for one in site.truth() if one.kind == "article"), key=lambda one: one.published_at)
    return max(newest.title.replace('"', " ").split(), key=len).strip(",.:;?!'’“”")


def _run(environment: dict[str, str], *arguments: str) -> int:
    print(f"$ scrapy {' '.join(arguments)}", flush=True)
    return subprocess.run([*SCRAPY, *arguments], cwd=PROJECT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
