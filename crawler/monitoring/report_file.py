"""What a round leaves behind for readers and programs: ``DATA_DIR/reports/round-000123.html`` and ``.json``."""

import json
import os
from datetime import datetime
from pathlib import Path

from crawler.monitoring.report_page import page
from health.round_report import RoundReport, to_json


def write(report: RoundReport, folder: Path, now: datetime) -> Path:
    """Write both files, each whole or not at all; gives the HTML one.

    Args:
        report: of a round that is over, or that is told as it stands.
        folder: made if it is not there.
        now: aware; until when a round lasted that is not over.

    Raises:
        OSError: no room, no permission.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"round-{report.id:06}.html"
    _replace(path.with_suffix(".json"), json.dumps(to_json(report), ensure_ascii=False, indent=1) + "\n")
    _replace(path, page(report, now))
    return path


def _replace(path: Path, text: str) -> None:
    written = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with written.open("wb") as stream:
            # Half a surrogate pair in a message from the web is no reason to have no report.
            stream.write(text.encode(errors="replace"))
            stream.flush()
            os.fsync(stream.fileno())
        written.replace(path)
    finally:
        written.unlink(missing_ok=True)
