"""Rounds as the monitor reports them, made up for tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

from health.round_report import OutletReport, RoundReport

BEGAN = datetime(2024, 9, 14, 22, 0, tzinfo=UTC)
ENDED = BEGAN + timedelta(minutes=21)
HOSTILE = "</td><script>alert(1)</script>\x1b[31m\u202egnp.exe\ud800"

KOMPAS = OutletReport(
    "kompas", "Kompas.com", "finished", 7, BEGAN, BEGAN + timedelta(seconds=200),
    discovered=250, new=60, updated=3, copies=1, rejected={"listing": 1, "too-old": 43}, requests=102, bytes=7_340_000,
    newest_at=BEGAN - timedelta(minutes=5),
)  # fmt: skip
QUIET = OutletReport(
    "antara", "ANTARA", "finished", 8, BEGAN, BEGAN + timedelta(seconds=4), discovered=30, requests=2, bytes=40_000
)
FAILING = OutletReport(
    "rakyatku", "Rakyatku", "finished", 9, BEGAN, BEGAN + timedelta(seconds=61), discovered=9, requests=11,
    bytes=812, failed={"network": 2, "http-status": 1}, missed=12, flags=("silent for 3 days (usual 40 a day)",),
    messages=(f"https://rakyatku.test/rss: HTTP 503 {HOSTILE}",),
)  # fmt: skip
LEFT = OutletReport("tempo", "Tempo", "left")
BUSY = OutletReport("viva", "VIVA", "busy")


def made(*outlets: OutletReport, **values: Any) -> RoundReport:
    """A round of 21 minutes over these outlets."""
    named: dict[str, Any] = {"id": 123, "started_at": BEGAN, "finished_at": ENDED, "state": "finished"}
    return RoundReport(**(named | {"outlets": outlets} | values))
