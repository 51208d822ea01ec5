import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from database.schema import Original, StoredArticle
from tests.cli.commands.running import Outcome, on_both, run

TEXT = (
    "Petani di lereng Dieng mulai menanam bawang merah pada awal pekan ini setelah hujan turun dua malam.\n\n"
    "Mereka berharap panen tiba sebelum musim kemarau, dan harga di pasar tetap baik sampai akhir tahun.\n"
)
DATED = f"Petani Dieng Menanam Bawang\n\n2024-09-14 10:20:30\n\n{TEXT}"
FROM_BHARATA = f"Wonosobo, Bharata Online - {TEXT.replace('bawang', 'kentang')}"

Seeds = Callable[..., Outcome]


@pytest.fixture
def seeds(engine: Engine, database_url: str, capsys: pytest.CaptureFixture[str]) -> Seeds:
    del engine  # it is there, with its newest schema
    return lambda *arguments: run(capsys, database_url, "seeds", *arguments)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "korpus"
    folder.mkdir()
    (folder / "1-dieng.txt").write_text(DATED, encoding="utf-8")
    (folder / "2-kentang.txt").write_text(FROM_BHARATA, encoding="utf-8")
    return folder


def test_each_document_is_shown_with_what_it_states(seeds: Seeds, corpus: Path) -> None:
    status, out, err = seeds("import", str(corpus))
    assert (status, err) == (0, "")
    header, first, second, last = (" ".join(line.split()) for line in out.splitlines())
    assert header == "document result article title published outlet authors dateline credit paragraphs"
    assert first == "1-dieng.txt new 1 Petani Dieng Menanam Bawang 2024-09-14T10:20:30+07:00 - - - - 2"
    assert second == "2-kentang.txt new 2 - - bharata - Wonosobo, Bharata Online - 2"
    assert last == "2 imported, 0 already there, 0 unreadable"


def test_json_lines_stand_alone_on_standard_output(seeds: Seeds, corpus: Path) -> None:
    status, out, err = seeds("import", str(corpus), "--format", "json")
    first, second = (json.loads(line) for line in out.splitlines())
    assert (status, err) == (0, "2 imported, 0 already there, 0 unreadable\n")
    assert (first["title"], first["published_raw"], first["outlet"]) == (
        "Petani Dieng Menanam Bawang",
        "2024-09-14 10:20:30",
        None,
    )
    assert (second["dateline"], second["result"], second["authors"]) == ("Wonosobo, Bharata Online", "new", [])


@on_both
def test_importing_twice_changes_nothing(seeds: Seeds, corpus: Path, engine: Engine) -> None:
    seeds("import", str(corpus))
    status, out, _ = seeds("import", str(corpus / "1-dieng.txt"), str(corpus))
    assert (status, out.splitlines()[-1]) == (0, "0 imported, 2 already there, 0 unreadable")
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(StoredArticle)) == 2
        assert session.scalar(select(func.count()).select_from(Original)) == 2


def test_unreadable_ones_are_named_and_the_rest_imported(seeds: Seeds, corpus: Path) -> None:
    (corpus / "0-kosong.txt").write_bytes(b"")
    status, out, _ = seeds("import", str(corpus), str(corpus / "tiada.txt"))
    last = out.splitlines()[-1]
    assert status == 1
    assert last.startswith("2 imported, 0 already there, 2 unreadable: ")
    assert f"{corpus / '0-kosong.txt'} (" in last
    assert f"{corpus / 'tiada.txt'} (no such file or directory)" in last


def test_no_path_at_all_is_wrong_usage(seeds: Seeds, tmp_path: Path) -> None:
    status, out, err = seeds("import", str(tmp_path / "tiada"), str(tmp_path / "*.kosong"))
    assert (status, out) == (2, "")
    assert "no such file or directory" in err


@pytest.mark.parametrize("arguments", [(), ("import",), ("remove", "x"), ("list", "x")])
def test_an_unknown_wish_is_wrong_usage(seeds: Seeds, arguments: tuple[str, ...]) -> None:
    status, _, err = seeds(*arguments)
    assert status == 2
    assert "import PATH" in err


def test_the_imported_are_listed(seeds: Seeds, corpus: Path) -> None:
    seeds("import", str(corpus))
    status, out, _ = seeds("list")
    assert status == 0
    assert "1-dieng.txt" in out
    assert out.splitlines()[-1] == "2 documents, 2 articles"
    (first, _) = (json.loads(line) for line in seeds("list", "--format", "json").out.splitlines())
    assert (first["article"], first["published"]) == (1, "2024-09-14T10:20:30+07:00")
