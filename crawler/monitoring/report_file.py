"""What a round leaves behind for readers and programs: ``DATA_DIR/reports/round-000123.html`` and ``.json``."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from crawler.monitoring.report import OutletReport, RoundReport
from crawler.monitoring.report_page import page

T = TypeVar("T", RoundReport, OutletReport)
# Where the fields themselves have no default.
_ROUND: dict[str, Any] = {"finished_at": None, "state": "finished"}
_OUTLET: dict[str, Any] = {"stage": "finished"}


def to_json(report: RoundReport) -> dict[str, Any]:
    """The round for JSON: keys are the fields' names, instants ISO 8601 with their offset."""
    made: dict[str, Any] = _plain(report)
    return made


def from_json(values: Mapping[str, Any]) -> RoundReport:
    """What ``to_json`` made, of this version or another: unknown keys are ignored, missing ones have defaults.

    Raises:
        KeyError: it lacks what every version had: a round's ``id`` or ``started_at``, an outlet's ``name``.
    """
    outlets = [_read(OutletReport, _OUTLET | {"title": one["name"]} | one) for one in values.get("outlets", ())]
    return _read(RoundReport, _ROUND | dict(values) | {"outlets": outlets})


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


def _plain(value: Any) -> Any:
    if isinstance(value, RoundReport | OutletReport):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(one) for one in value]
    return value


def _read(kind: type[T], values: Mapping[str, Any]) -> T:
    known = {field.name for field in fields(kind)}
    return kind(**{key: _value(key, value) for key, value in values.items() if key in known})


def _value(key: str, value: Any) -> Any:
    if key.endswith("_at") and value:
        return datetime.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value


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
