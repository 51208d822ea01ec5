import csv
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from core.errors import PantauError
from search.export import export_records, folder_name, is_corpus, write_corpus
from search.records import KEYS
from search.selection import Selection
from tests.search.articles import ARTICLES, add_article, add_articles


@pytest.fixture
def corpus(session: Session, tmp_path: Path) -> Path:
    add_articles(session)
    folder = tmp_path / "korpus"
    assert write_corpus(export_records(session, Selection()), folder) == len(ARTICLES)
    return folder


def test_every_article_is_a_file_below_its_outlet(corpus: Path) -> None:
    assert (corpus / "lentera" / "2024-09-06-16.txt").read_text(encoding="utf-8") == (
        "Erdoğan Tiba di Jakarta\n\nPresiden Turki Erdogan tiba untuk kunjungan kenegaraan.\n"
    )
    assert (corpus / "cakrawala" / "2024-09-23-34.txt").read_text().startswith("Tulisan tanpa judul")
    assert (corpus / "samudra" / "undated-10.txt").is_file()
    assert (corpus / "unknown" / "2024-09-21-32.txt").is_file()


def test_the_manifest_names_every_file_with_its_fields(corpus: Path) -> None:
    with (corpus / "manifest.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == ["file", *(key for key in KEYS if key != "text")]
    assert {row["file"] for row in rows} == {
        file.relative_to(corpus).as_posix() for file in corpus.rglob("*.txt")
    }  # fmt: skip
    assert (rows[15]["file"], rows[15]["title"]) == ("lentera/2024-09-06-16.txt", "Erdoğan Tiba di Jakarta")


def test_a_corpus_is_replaced_by_the_next(corpus: Path, session: Session) -> None:
    write_corpus(export_records(session, Selection(outlets=("lentera",))), corpus)
    assert {part.name for part in corpus.iterdir()} == {"lentera", "manifest.csv"}
    assert [part.name for part in corpus.parent.glob("korpus*")] == ["korpus"]
    assert not list(corpus.parent.glob(".korpus*"))


@pytest.mark.parametrize("own", ["catatan.txt", "lentera/catatan.txt", "lentera/lagi/2024-09-06-16.txt"])
def test_a_corpus_with_something_of_one_s_own_stays(corpus: Path, session: Session, own: str) -> None:
    (corpus / own).parent.mkdir(exist_ok=True)
    (corpus / own).write_text("penting")
    assert not is_corpus(corpus)
    with pytest.raises(PantauError, match="holds files of other origin"):
        write_corpus(export_records(session, Selection()), corpus)
    assert (corpus / own).read_text() == "penting"


@pytest.mark.parametrize(
    ("outlet", "name"),
    [
        ("kabar_contoh", "kabar_contoh"), ("Antara", "antara"), ("../../etc", "etc"), ("C:\\berita", "c-berita"),
        ("Café Ñ", "cafe-n"), ("北京", "unknown"), (None, "unknown"), ("..", "unknown"), ("con", "con-"),
        ("lpt1.id", "lpt1.id-"), ("a" * 300, "a" * 80), ("kompas.com", "kompas.com"),
    ],
)  # fmt: skip
def test_an_outlet_s_folder_is_safe_everywhere(outlet: str | None, name: str) -> None:
    assert folder_name(outlet) == name


def test_hostile_outlets_stay_within_the_corpus(session: Session, tmp_path: Path) -> None:
    add_article(session, "Judul", "Teks.", outlet="../../luar")
    write_corpus(export_records(session, Selection()), tmp_path / "korpus")
    assert [part.name for part in tmp_path.rglob("*.txt")] == ["undated-1.txt"]
    assert (tmp_path / "korpus" / "luar" / "undated-1.txt").is_file()
