"""The program as a user runs it, against the test site, with a database of its own."""

import json
import os
import re
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.end_to_end.prefork import Command, Prefork

PREFORK = Prefork()  # of this process; the fixture ``_prefork`` ends it


@dataclass(frozen=True, slots=True)
class Program:
    """Runs ``scrapy …`` in the project with its own database and outlets."""

    database_url: str
    outlets: Path
    environment: tuple[tuple[str, str], ...] = ()

    def start(self, *arguments: str, fresh: bool = False) -> Command:
        """Start a command and return at once; it leads a process group of its own.

        ``fresh``: in a new interpreter, as from a shell.
        """
        return PREFORK.start(arguments, self._environment(), fresh=fresh)

    def run(self, *arguments: str, status: int | None = 0, timeout: float = 600, fresh: bool = False) -> str:
        """Run a command to its end and return its standard output; ``status`` is expected (``None``: any)."""
        process = self.start(*arguments, fresh=fresh)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        assert "Traceback" not in err, err
        if status is not None:
            assert process.returncode == status, f"exit status {process.returncode}\n{out}\n{err}"
        return out

    def records(self) -> list[dict[str, Any]]:
        """Everything that is stored, as the export has it."""
        out = self.run("export", "-o", "-", "--format", "jsonl")
        return [json.loads(line) for line in out.splitlines()]

    def _environment(self) -> dict[str, str]:
        ours = {"DATABASE_URL": self.database_url, "OUTLET_PATHS": str(self.outlets), "PYTHONWARNINGS": "default"}
        return {**os.environ, **ours, **dict(self.environment)}


def token_f1(expected: str, found: str) -> float:
    """F1 over the words of two texts, letter case aside."""
    wanted, got = (Counter(re.findall(r"\w+", text.lower())) for text in (expected, found))
    hits = (wanted & got).total()
    return 2 * hits / max(1, wanted.total() + got.total())
