"""The targets of quality, on saved real pages where they are at hand."""

import importlib.util
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from core.models import Article, Page, Reason, Rejection
from crawler.extraction.article import extract
from tests.shared import shared


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    path = Path(__file__).parents[3] / "benchmarks" / "extraction.py"
    spec = importlib.util.spec_from_file_location("extraction_benchmark", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_quality_on_real_pages(benchmark: ModuleType) -> None:
    samples = benchmark.load(shared("pages"))
    score = benchmark.Score()
    for sample in samples:
        if sample.kind == "article":
            benchmark.rate(score, sample, benchmark.ours(sample))
    f1, _, _ = score.means()
    assert f1 >= 0.95
    assert score.leaking == []
    assert all(score.titles)
    assert all(score.days)


def test_index_pages_are_refused_as_listings(benchmark: ModuleType) -> None:
    for sample in benchmark.load(shared("pages")):
        if sample.kind == "index":
            result = extract(Page(url=sample.url, body=sample.body), benchmark.UNDECLARED, datetime.now(UTC))
            assert isinstance(result, Rejection), sample.name
            assert result.reason is Reason.LISTING, sample.name


def test_current_markup_is_told_apart(benchmark: ModuleType) -> None:
    stubs = {"tribunnews/sample-article-premium.html"}
    for file in sorted(shared("pages", "markup-2026").rglob("*.html")):
        name = "/".join(file.parts[-2:])
        result = extract(Page(url="", body=file.read_bytes()), benchmark.UNDECLARED, datetime.now(UTC))
        if file.name.startswith("sample-article") and name not in stubs:
            assert isinstance(result, Article), name
        elif name not in stubs:
            assert isinstance(result, Rejection), name
            assert result.reason is Reason.LISTING, name
