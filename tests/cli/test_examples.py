from pathlib import Path

import pytest
from scrapy.settings import Settings
from sqlalchemy.orm import Session

from cli.hits import read_example
from core.errors import PantauError, UsageError
from tests.search.articles import add_article

SETTINGS = Settings({"OUTLET_PATHS": []})


def test_a_number_or_an_address_names_a_stored_article(session: Session) -> None:
    number = add_article(session, "Rusia Kirim Gandum", "Gandum tiba.", url="https://a.example/1")
    session.flush()
    for wanted, name in ((str(number), f"article {number}"), ("https://a.example/1", "https://a.example/1")):
        example, called = read_example(session, wanted, SETTINGS)
        assert (example.article_id, example.terms.title, called) == (number, "rusia kirim gandum", name)


def test_a_file_holds_one_document(session: Session, tmp_path: Path) -> None:
    file = tmp_path / "contoh.txt"
    file.write_text("Rusia Kirim Gandum\n\nGandum dari Rusia tiba di pelabuhan kemarin sore.\n")
    example, called = read_example(session, str(file), SETTINGS)
    assert example.article_id is None
    assert "gandum" in example.terms.body
    assert called == str(file)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("banyak.jsonl", b'{"text": "Satu dua."}\n{"text": "Tiga empat."}\n', "the file holds 2 documents"),
        ("kosong.txt", b"", "kosong.txt: "),
        ("gambar.txt", b"\x89PNG\r\n\x1a\n\x00\x00", "gambar.txt: "),
        ("kosong.jsonl", b"", "kosong.jsonl: "),
    ],
)
def test_a_file_that_is_no_document_is_told(
    session: Session, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(PantauError, match=words):
        read_example(session, str(tmp_path / name), SETTINGS)


@pytest.mark.parametrize(
    ("wanted", "kind", "words"),
    [
        ("4711", PantauError, "there is no article 4711"),
        ("https://a.example/tiada", PantauError, "was never seen"),
        ("tiada.txt", UsageError, "no such file"),
        ("/", UsageError, "no such file"),
    ],
)
def test_what_is_not_there_is_told(session: Session, wanted: str, kind: type[PantauError], words: str) -> None:
    with pytest.raises(kind, match=words):
        read_example(session, wanted, SETTINGS)
