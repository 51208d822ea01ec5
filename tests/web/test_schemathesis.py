"""Whatever the OpenAPI document allows, and whatever it forbids: the answers are as it says.

``python -m tests.web.test_schemathesis 500`` tries 500 cases of each kind at each address.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import schemathesis
from fastapi import FastAPI
from schemathesis.config import (
    CacheConfig,
    ChecksConfig,
    GenerationConfig,
    PhasesConfig,
    PositiveDataAcceptanceConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
    SimpleCheckConfig,
    StatefulPhaseConfig,
)
from schemathesis.engine import events, from_schema

from database.engine import open_database
from tests.web.archive import build
from tests.web.printed import NOW, OUTLETS
from web.server import create_app
from web.state import WebState

pytestmark = pytest.mark.slow

# No schema says which texts are queries, cursors and days: what is none may be refused.
_ACCEPTED = PositiveDataAcceptanceConfig(expected_statuses=["2xx", "304", "404", "422"])
_REJECTED = ["400", "404", "405", "413", "422"]
# It takes /saved/NAME.atom for another thing than /saved/NAME, and misses it when that was deleted.
_AVAILABLE = SimpleCheckConfig(enabled=False)


def test_answers_are_as_documented(state: WebState) -> None:
    tried, faults = attacked(create_app(state), examples=6)
    assert faults == []
    assert tried.total() > 500


def attacked(app: FastAPI, examples: int) -> tuple[Counter[str], list[str]]:
    """How many cases were tried at each address, and what was found."""
    tried: Counter[str] = Counter()
    faults: list[str] = []
    for event in from_schema(_schema(app, examples)).execute():
        if isinstance(event, events.ScenarioFinished):
            tried[event.label or event.phase.value] += len(event.recorder.cases)
            faults += _failures(event)
        elif isinstance(event, events.NonFatalError):
            faults.append(f"{event.label}: {event.value!r}")
        elif isinstance(event, events.FatalError):
            raise event.exception
    return tried, faults


def _schema(app: FastAPI, examples: int) -> schemathesis.BaseSchema:
    checks = ChecksConfig(positive_data_acceptance=_ACCEPTED, ensure_resource_availability=_AVAILABLE)
    checks.negative_data_rejection.expected_statuses = _REJECTED
    project = ProjectConfig(
        base_url="http://127.0.0.1",
        checks=checks,
        generation=GenerationConfig(max_examples=examples, deterministic=True, database="none"),
        phases=PhasesConfig(stateful=StatefulPhaseConfig(max_steps=6)),
    )
    config = SchemathesisConfig(projects=ProjectsConfig(default=project), cache=CacheConfig(enabled=False), seed=1)
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", app, config=config, headers={"Host": "127.0.0.1"})


def _failures(event: events.ScenarioFinished) -> Iterator[str]:
    asked = [
        f"{node.value.method} {node.value.formatted_path} {str(node.value.body)[:2000]!r}"
        for node in event.recorder.cases.values()
    ]
    for checks in event.recorder.checks.values():
        for check in checks:
            if check.failure_info is not None:
                found = f"{event.phase.value}: {check.name}: {check.failure_info.failure}"
                yield f"{found}\n  after {'; '.join(asked[-9:])}"


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{Path(folder)}/pantau.db")
        build(engine)
        tried, faults = attacked(create_app(WebState(engine, lambda: NOW, OUTLETS)), int(sys.argv[1]))
        engine.dispose()
    print(*faults, *(f"{number:>6} {label}" for label, number in tried.most_common()), sep="\n")
    print(f"{tried.total():,} cases, {len(faults)} faults")
