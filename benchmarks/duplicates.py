"""Copies found and mistaken: ours and other methods on labelled pairs.

    python benchmarks/duplicates.py [PAGES] [--pairs 200] [--seed 1]

makes the pairs from distinct texts that it makes up (``benchmarks/invented_news.py``, ``templates.py``), and from the
texts in ``PAGES/gold`` if a folder of saved pages is given. One table: per kind of pair, how many of them each method
links (recall where they are copies); then precision and recall over all. CPU time is this process's, signing both
texts and deciding, per text; a method's first 200 texts are not timed.
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path

from datasketch import MinHash, MinHashLSH
from rich.console import Console
from rich.table import Table
from simhash import Simhash

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.duplicate_pairs import Base, Group, Pair, bases, pairs
from pipelines.fingerprint import COMMON_BANDS, Fingerprint, fingerprint
from pipelines.story_links import are_copies_packed, similarity

BASES = 700
HAMMING = 3
WARM = 100  # pairs
Method = Callable[[Sequence[Pair]], list[bool]]


def ours(given: Sequence[Pair]) -> list[bool]:
    """Ours: enough bands in common, then the verified shingles."""
    return [_found(pair) for pair in given]


def _found(pair: Pair) -> bool:
    one, other = fingerprint(pair.one.text), fingerprint(pair.other.text)
    return _candidates(one, other) and are_copies_packed(one.shingles, other.shingles, same_outlet=pair.same_outlet)


def _candidates(one: Fingerprint, other: Fingerprint) -> bool:
    return len(set(one.bands) & set(other.bands)) >= COMMON_BANDS


def datasketch(given: Sequence[Pair]) -> list[bool]:
    """MinHashLSH as usual (128 permutations, threshold 0.5) on 3-word shingles."""
    index = MinHashLSH(threshold=0.5, num_perm=128)
    for number, pair in enumerate(given):
        index.insert(number, _minhash(pair.one.text))
    return [number in index.query(_minhash(pair.other.text)) for number, pair in enumerate(given)]


def _minhash(text: str) -> MinHash:
    words = text.lower().split()
    signed = MinHash(num_perm=128)
    signed.update_batch([" ".join(words[at : at + 3]).encode() for at in range(len(words) - 2)])
    return signed


def simhash(given: Sequence[Pair]) -> list[bool]:
    """The library's own features of a text, at most three bits apart."""
    return [Simhash(pair.one.text).distance(Simhash(pair.other.text)) <= HAMMING for pair in given]


def titles(given: Sequence[Pair]) -> list[bool]:
    """The same headline."""
    return [pair.one.title.casefold() == pair.other.title.casefold() for pair in given]


METHODS: dict[str, Method] = {
    "ours": ours,
    "datasketch 128, 0.5": datasketch,
    f"simhash ≤ {HAMMING}": simhash,
    "same title": titles,
}


def table(made: Sequence[Pair], linked: dict[str, list[bool]], cpu: dict[str, float]) -> Table:
    """Links per kind, then the sums."""
    drawn = Table("kind of pair", "pairs", *linked)
    for group in Group:
        drawn.add_section()
        drawn.add_row(f"[bold]{group}[/bold]")
        for kind, places in _kinds(made, group).items():
            hits = (sum(links[place] for place in places) for links in linked.values())
            drawn.add_row(f"  {kind}", str(len(places)), *(_share(hit, len(places), group) for hit in hits))
    drawn.add_section()
    sums = {method: Sums(made, links) for method, links in linked.items()}
    drawn.add_row("precision over all but the limits", "", *(f"{one.precision:.4f}" for one in sums.values()))
    drawn.add_row("recall, copies down to a half", "", *(f"{one.recall:.4f}" for one in sums.values()))
    drawn.add_row("recall, cut to a third", "", *(f"{one.recall_third:.4f}" for one in sums.values()))
    drawn.add_row("links within templates", "", *(str(one.templates) for one in sums.values()))
    drawn.add_row("CPU ms per text", "", *(f"{cpu[method]:.3f}" for method in linked))
    return drawn


def _kinds(made: Sequence[Pair], group: Group) -> dict[str, list[int]]:
    kinds: dict[str, list[int]] = {}
    for place, pair in enumerate(made):
        if pair.group is group:
            kinds.setdefault(pair.kind, []).append(place)
    return kinds


def _share(hits: int, count: int, group: Group) -> str:
    return f"{hits / count:.3f}" if group is Group.COPY else str(hits)


class Sums:
    """One method's results on all pairs."""

    def __init__(self, made: Sequence[Pair], links: Sequence[bool]) -> None:
        third = ["a third" in pair.kind for pair in made]
        found = Counter((pair.group, short) for pair, short, link in zip(made, third, links, strict=True) if link)
        known = Counter((pair.group, short) for pair, short in zip(made, third, strict=True))
        right = found[Group.COPY, False] + found[Group.COPY, True]
        self.templates = found[Group.TEMPLATE, False]
        self.precision = right / max(1, right + self.templates + found[Group.OTHER, False])
        self.recall = found[Group.COPY, False] / known[Group.COPY, False]
        self.recall_third = found[Group.COPY, True] / known[Group.COPY, True]


def background(known: Sequence[Base]) -> str:
    """Measure the overlap of distinct base texts, each with each."""
    signed = [fingerprint(base.report.text) for base in known]
    alike = [similarity(one.shingles, other.shingles) for one, other in combinations(signed[:300], 2)]
    found = [(one, other) for one, other in combinations(signed, 2) if _candidates(one, other)]
    wrong = sum(are_copies_packed(one.shingles, other.shingles, same_outlet=False) for one, other in found)
    count = len(signed) * (len(signed) - 1) // 2
    return (
        f"Mean resemblance of two unrelated texts (3 words): {sum(alike) / len(alike):.5f}. Of {count:,} pairs "
        f"{len(found)} are candidates by chance, {wrong} are linked."
    )


def timed(method: Method, made: Sequence[Pair]) -> tuple[list[bool], float]:
    """Return the method's links, and its CPU milliseconds per text."""
    method(made[:WARM])
    start = time.process_time()
    links = method(made)
    return links, 1000 * (time.process_time() - start) / (2 * len(made))


def main() -> int:
    """Make the pairs, run every method on them, print the table."""
    parser = argparse.ArgumentParser(description="Copies: ours beside others, on labelled pairs.")
    parser.add_argument("pages", nargs="?", type=Path)
    parser.add_argument("--pairs", type=int, default=200, help="of each kind")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    rng = random.Random(chosen.seed)
    console = Console(width=130)
    known = bases(BASES, rng, chosen.pages / "gold" if chosen.pages else None)
    made = list(pairs(known, chosen.pairs, rng))
    saved = sum(base.event is None for base in known)
    words = sum(len(base.report.text.split()) for base in known) // len(known)
    console.print(
        f"Seed {chosen.seed}: {len(made):,} pairs of {len({pair.kind for pair in made})} kinds from "
        f"{len(known) - saved} made-up and {saved} saved texts of {words} words on average. {background(known)}"
    )
    results = {name: timed(method, made) for name, method in METHODS.items()}
    linked, cpu = ({name: result[part] for name, result in results.items()} for part in (0, 1))
    console.print(table(made, linked, cpu))  # type: ignore[arg-type]  # the generator mixes both parts' types
    return 0


if __name__ == "__main__":
    sys.exit(main())
