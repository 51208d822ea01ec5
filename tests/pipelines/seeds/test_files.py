import csv
import io
import json
import os
from pathlib import Path

import pytest

from core.models import Article, Rejection
from pipelines.seeds.files import SeedFile, UnreadableDocument, find_documents
from tests.pipelines.seeds.samples import FIRST, NOW, OUTLETS, SECOND


def found(*paths: Path | str) -> list[tuple[str, str]]:
    """Names without folders, and the reason or "ok"."""
    return [
        (Path(each.name).name, each.reason if isinstance(each, UnreadableDocument) else "ok")
        for each in find_documents([str(path) for path in paths])
    ]


def articles(path: Path) -> list[Article]:
    read = [each.read(OUTLETS, NOW) for each in find_documents([str(path)]) if isinstance(each, SeedFile)]
    return [each for each in read if isinstance(each, Article)]


def test_directory_is_read_with_all_below_in_order(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("b/dua.md", "a.txt", "b/satu.text", ".tersembunyi.txt"):
        (tmp_path / name).write_text(FIRST)
    assert found(tmp_path) == [("a.txt", "ok"), ("dua.md", "ok"), ("satu.text", "ok")]


def test_pattern_is_expanded_and_no_file_comes_twice(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(FIRST)
    assert found(f"{tmp_path}/*.txt", tmp_path / "a.txt", tmp_path) == [("a.txt", "ok"), ("b.txt", "ok")]


def test_unreadable_files_are_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    for name, content in {
        "a.txt": b"",
        "b.txt": FIRST.encode(),
        "c.html": b"<p>Halo",
        "d.docx": b"PK\x03\x04",
        "e.txt": bytes(256),
        "f.csv": b"nama,umur\nBudi,3\n",
    }.items():
        (tmp_path / name).write_bytes(content)
    assert found(tmp_path, tmp_path / "g.txt", f"{tmp_path}/*.zzz") == [
        ("a.txt", "empty"),
        ("b.txt", "ok"),
        ("c.html", "an HTML page, not a text document"),
        ("d.docx", "'.docx' is not read here, only .csv, .jsonl, .markdown, .md, .ndjson, .text, .tsv, .txt"),
        ("e.txt", "empty"),
        ("f.csv", "no column is called text, content, body, isi, teks or artikel"),
        ("g.txt", "no such file or directory"),
        ("*.zzz", "matches no file"),
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_forbidden_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(FIRST)
    path.chmod(0)
    assert found(path) == [("a.txt", "Permission denied")]


def test_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipa.txt")
    assert found(tmp_path) == [("pipa.txt", "not a file")]


def test_file_keeps_its_bytes(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + f"{FIRST}\r\n".encode()
    (tmp_path / "a.txt").write_bytes(content)
    assert [each.content for each in find_documents([str(tmp_path)]) if isinstance(each, SeedFile)] == [content]


def test_json_lines_give_an_article_each(tmp_path: Path) -> None:
    path = tmp_path / "berita.jsonl"
    rows = [
        {
            "judul": "Satu",
            "isi": f"CELEBES.COM - {FIRST}",
            "tanggal": "13/09/2024 10:15",
            "penulis": "Oleh: Budi",
            "x": [1],
        },
        {
            "title": "Dua",
            "text": f"{SECOND}\n(Antara)",
            "authors": ["Budi", "Siti"],
            "url": "https://kabaronline.id/a/2",
        },
    ]
    path.write_text("\n\n".join(map(json.dumps, rows)))
    assert found(path) == [("berita.jsonl:1", "ok"), ("berita.jsonl:3", "ok")]
    one, two = articles(path)
    assert (one.title, one.dateline, one.outlet, one.authors) == ("Satu", "CELEBES.COM", "celebes", ["Budi"])
    assert one.published
    assert one.published.at.isoformat() == "2024-09-13T10:15:00+08:00"
    assert (two.outlet, two.credit, two.authors, two.text) == ("kabar", "Antara", ["Budi", "Siti"], SECOND)


def test_broken_json_lines_are_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "berita.jsonl"
    path.write_text(f'{{"text": "{FIRST}"}}\n{{"text"\n[1]\n{{"title": "Tanpa isi"}}')
    (_, first), (second, broken), (_, listed), (_, textless) = found(path)
    assert (first, second, listed, textless) == ("ok", "berita.jsonl:2", "not a JSON object", "no text")
    assert broken.startswith("not JSON")


@pytest.mark.parametrize(
    ("delimiter", "encoding"), [(",", "utf-8"), (";", "utf-8-sig"), ("\t", "utf-16"), (";", "cp1252")]
)
def test_csv_is_read_as_excel_saves_it(tmp_path: Path, delimiter: str, encoding: str) -> None:
    path = tmp_path / "berita.csv"
    table = io.StringIO(newline="")
    writer = csv.writer(table, delimiter=delimiter)
    writer.writerows(
        [
            ["Judul", "Content", "Media", "Date"],
            ["“Satu”", f"{FIRST}\n\n{SECOND}", "Kabar Online", "2024-09-13"],
            ["Dua", SECOND, "entah", "2 jam lalu"],
        ]
    )
    path.write_bytes(table.getvalue().encode(encoding))
    assert found(path) == [("berita.csv:2", "ok"), ("berita.csv:5", "ok")]
    one, two = articles(path)
    assert (one.title, one.outlet, one.text) == ("“Satu”", "kabar", f"{FIRST}\n{SECOND}")
    assert one.published
    assert (two.outlet, two.published) == (None, None)


def test_row_keeps_its_own_bytes(tmp_path: Path) -> None:
    path = tmp_path / "berita.csv"
    row = f'Satu,"{FIRST}\n{SECOND}"'
    path.write_bytes(f"title,text\r\n{row}\r\n\r\nDua,{FIRST!r}\r\n".encode())
    first, second = (each for each in find_documents([str(path)]) if isinstance(each, SeedFile))
    assert first.content == row.encode()
    assert (Path(second.name).name, second.content) == ("berita.csv:5", f"Dua,{FIRST!r}".encode())


def test_overlong_cell_ends_its_file_with_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "berita.csv"
    path.write_text(f"title,text\nSatu,{FIRST}\nDua,{'a' * 200_000}\n")
    (_, first), (_, reason) = found(path)
    assert first == "ok"
    assert reason.startswith("line 3: field larger than")


def test_document_may_be_rejected_when_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Komentar")
    (document,) = find_documents([str(tmp_path)])
    assert isinstance(document, SeedFile)
    assert isinstance(document.read(OUTLETS, NOW), Rejection)
