import csv
import io
import json
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from core.errors import PantauError
from search.export import (
    csv_cell,
    export_records,
    replace_binary_file,
    replace_file,
    replace_folder,
    write_records,
)
from search.query import parse_query
from search.records import KEYS
from search.selection import Selection
from tests.search.articles import ARTICLES, add_article, add_articles


def test_everything_is_exported_once_in_order(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.export._BATCH", 7)
    add_articles(session)
    assert [row["id"] for row in export_records(session, Selection())] == list(range(1, len(ARTICLES) + 1))


def test_an_export_can_be_narrowed(session: Session) -> None:
    add_articles(session)
    rows = export_records(session, Selection(parse_query("rusia"), outlets=("samudra",)))
    assert [row["id"] for row in rows] == [7, 9, 10]


def test_memory_does_not_grow_with_the_export(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.export._BATCH", 5)
    add_articles(session)
    assert max(len(session.identity_map) for _ in export_records(session, Selection())) <= 5


def test_lines_are_json_with_plain_letters(session: Session) -> None:
    add_article(session, "Café “Lama”\u2028", "Baris satu.\nBaris dua.", authors=["Ani"])
    stream = io.StringIO()
    assert write_records(export_records(session, Selection()), "jsonl", stream) == 1
    assert stream.getvalue().count("\n") == 1
    assert "Café" in stream.getvalue()
    assert json.loads(stream.getvalue())["text"] == "Baris satu.\nBaris dua."


def test_rows_are_csv_below_their_keys(session: Session) -> None:
    add_article(session, 'Judul, "kutipan"', "Baris satu.\nBaris dua.", authors=["Ani", "Budi"])
    stream = io.StringIO()
    write_records(export_records(session, Selection()), "csv", stream)
    header, row = csv.reader(io.StringIO(stream.getvalue(), newline=""))
    values = dict(zip(header, row, strict=True))
    assert tuple(header) == KEYS
    assert (values["title"], values["text"]) == ('Judul, "kutipan"', "Baris satu.\nBaris dua.")
    assert (values["authors"], values["tags"], values["summary"]) == ("Ani | Budi", "", "")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_spreadsheets_run_no_cell_as_a_formula(start: str) -> None:
    assert csv_cell(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"
    assert csv_cell([f"{start}1", "x"]) == f"'{start}1 | x"


@pytest.mark.parametrize("value", ["a=b", "", 12, -3, None, "'x"])
def test_harmless_cells_stay_as_they_are(value: object) -> None:
    assert csv_cell(value) == value


def test_a_file_is_replaced_when_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "keluar.jsonl"
    path.write_text("lama")
    with replace_file(path) as stream:
        stream.write("baru")
        assert path.read_text() == "lama"
    assert path.read_text() == "baru"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ValueError])
def test_a_broken_export_leaves_the_old_file(tmp_path: Path, stop: type[BaseException]) -> None:
    path = tmp_path / "keluar.jsonl"
    path.write_text("lama")
    with suppress(stop), replace_file(path) as stream:
        stream.write("separuh")
        raise stop
    assert path.read_text() == "lama"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(PantauError, match=r"cannot write .*tiada.*No such file"),
        replace_file(tmp_path / "tiada" / "a"),
    ):
        pass


def test_a_full_disk_leaves_the_old_file() -> None:
    with pytest.raises(PantauError, match="No space left"), replace_file(Path("/dev/full")) as stream:
        stream.write("x" * 100_000)


def test_a_link_keeps_pointing_to_the_new_file(tmp_path: Path) -> None:
    target, link = tmp_path / "asli.csv", tmp_path / "tautan.csv"
    target.write_text("lama")
    link.symlink_to(target)
    with replace_file(link) as stream:
        stream.write("baru")
    assert link.is_symlink()
    assert target.read_text() == "baru"


def test_bytes_are_replaced_like_text(tmp_path: Path) -> None:
    path = tmp_path / "keluar.parquet"
    path.write_bytes(b"lama")
    with suppress(ValueError), replace_binary_file(path) as stream:
        stream.write(b"separuh")
        raise ValueError
    assert path.read_bytes() == b"lama"
    with replace_binary_file(path) as stream:
        stream.write(b"baru")
    assert path.read_bytes() == b"baru"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_is_replaced_when_all_is_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "korpus"
    folder.mkdir()
    (folder / "lama.txt").write_text("lama")
    with replace_folder(folder, ours=lambda _: True) as written:
        (written / "baru.txt").write_text("baru")
        assert [file.name for file in folder.iterdir()] == ["lama.txt"]
    assert [file.name for file in folder.iterdir()] == ["baru.txt"]
    assert list(tmp_path.iterdir()) == [folder]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError])
def test_a_broken_export_leaves_the_old_folder(tmp_path: Path, stop: type[BaseException]) -> None:
    folder = tmp_path / "korpus"
    folder.mkdir()
    with suppress(KeyboardInterrupt, PantauError), replace_folder(folder, ours=lambda _: True) as written:
        (written / "separuh.txt").write_text("separuh")
        raise stop
    assert list(tmp_path.iterdir()) == [folder]
    assert not list(folder.iterdir())


def test_a_folder_of_something_else_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "catatan.txt").write_text("penting")
    with (
        pytest.raises(PantauError, match="holds files of other origin"),
        replace_folder(tmp_path, ours=lambda _: False),
    ):
        pass
    with pytest.raises(PantauError, match="is a file"), replace_folder(tmp_path / "catatan.txt", ours=lambda _: True):
        pass
    assert [file.name for file in tmp_path.iterdir()] == ["catatan.txt"]
