"""Report of a monitor's round, outlet by outlet: shown live, and stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Literal, TypeVar

from core.formatting import format_duration
from database.schema import EndState

# Of an outlet in a round. ``busy``: another run is crawling it; ``left``: the round ended before its turn.
OutletStage = Literal["waiting", "running", "finished", "stopped", "failed", "busy", "left"]
RoundState = EndState | Literal["running"]


@dataclass(frozen=True, slots=True)
class OutletReport:
    """An outlet in a round, as it is now. Instants are aware.

    Attributes:
        discovered: URLs named; ``new`` articles stored, ``updated`` a new revision, ``copies`` of a stored article.
        rejected: by reason, too old ones among them; ``failed`` likewise.
        waiting: URLs to be fetched.
        newest_at: of all its stored articles.
        missed: estimate of articles lost in this round's gaps.
        messages: the first failures.
    """

    name: str
    title: str
    stage: OutletStage
    run_id: int | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    discovered: int = 0
    new: int = 0
    updated: int = 0
    copies: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[str, int] = field(default_factory=dict)
    waiting: int = 0
    requests: int = 0
    bytes: int = 0
    newest_at: datetime | None = None
    missed: int = 0
    flags: Sequence[str] = ()
    messages: Sequence[str] = ()

    @property
    def seconds(self) -> float | None:
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()


@dataclass(frozen=True, slots=True)
class RoundReport:
    """A round, as it is now.

    Attributes:
        outlets: the due ones, by name; ``not_due`` counts the others asked for.
        raised: text of flags after the outlet's name; ``cleared`` likewise.
        message: why it ended early or failed.
    """

    id: int
    started_at: datetime
    finished_at: datetime | None
    state: RoundState
    outlets: Sequence[OutletReport]
    not_due: int = 0
    raised: Sequence[str] = ()
    cleared: Sequence[str] = ()
    message: str | None = None

    @property
    def failed(self) -> bool:
        """True if a person is needed: the round broke, or a flag was raised."""
        return self.state == "failed" or bool(self.raised)


def format_outlet_duration(one: OutletReport) -> str:
    return "-" if one.seconds is None else format_duration(one.seconds)


T = TypeVar("T", RoundReport, OutletReport)
# Where the fields themselves have no default.
_ROUND: dict[str, Any] = {"finished_at": None, "state": "finished"}
_OUTLET: dict[str, Any] = {"stage": "finished"}


def to_json(report: RoundReport) -> dict[str, Any]:
    made: dict[str, Any] = _plain(report)
    return made


def from_json(values: Mapping[str, Any]) -> RoundReport:
    """Read a round of any version: unknown keys are ignored, most may be missing.

    Raises:
        KeyError: a round lacks ``id`` or ``started_at``, or an outlet its ``name``.
    """
    outlets = [
        _read(OutletReport, _OUTLET | {"title": outlet["name"]} | outlet) for outlet in values.get("outlets", ())
    ]
    return _read(RoundReport, _ROUND | dict(values) | {"outlets": outlets})


def _plain(value: Any) -> Any:
    if isinstance(value, RoundReport | OutletReport):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value


def _read(kind: type[T], values: Mapping[str, Any]) -> T:
    names = {field.name for field in fields(kind)}
    return kind(**{key: _value(key, value) for key, value in values.items() if key in names})


def _value(key: str, value: Any) -> Any:
    if key.endswith("_at") and value:
        return datetime.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value
