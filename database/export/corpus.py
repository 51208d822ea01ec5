"""A corpus of plain texts: a file for each article, in a folder for each outlet, and a manifest of them all.

corpus/kabar_contoh/2024-09-14-17.txt    title, blank line, text
corpus/kabar_contoh/undated-18.txt
corpus/manifest.csv                      the file's name and every other field, a row for each
"""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from database.export.files import replacing_folder
from database.export.lines import csv_writer
from database.records import KEYS, Record

MANIFEST = "manifest.csv"
_MANIFEST_KEYS = ("file", *(key for key in KEYS if key != "text"))
_UNDATED = "undated"
_FILE = re.compile(rf"(?:\d{{4}}-\d\d-\d\d|{_UNDATED})-\d+\.txt", re.ASCII)
_DAY = len("2024-09-14")
# What is not safe in a file's name on every system; and names that Windows keeps for devices.
_UNSAFE = re.compile(r"[^a-z0-9_.]+")
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")
_MAX_NAME = 80


def write_corpus(rows: Iterable[Record], folder: Path) -> int:
    """Writes a file for each record and the manifest; gives their number.

    The folder is there when all is in it. One that is there already is replaced if it holds an earlier corpus only.

    Raises:
        PantauError: it cannot be written, or holds something else.
    """
    with replacing_folder(folder, ours=is_corpus) as written:
        # As in every CSV file of ours, the mark by which Excel knows UTF-8.
        with (written / MANIFEST).open("w", encoding="utf-8-sig", newline="") as stream:
            put = csv_writer(stream, _MANIFEST_KEYS)
            count = 0
            for row in rows:
                put({**row, "file": _write(row, written)})
                count += 1
        return count


def is_corpus(folder: Path) -> bool:
    """Whether the folder holds what ``write_corpus`` wrote, and nothing else."""
    if not (folder / MANIFEST).is_file():
        return False
    parts = [part for part in folder.iterdir() if part.name != MANIFEST]
    return all(
        part.is_dir() and not part.is_symlink() and all(_FILE.fullmatch(file.name) for file in part.iterdir())
        for part in parts
    )


def folder_name(outlet: str | None) -> str:
    """A folder's name for the outlet that is safe on every system: seeds may name it with any words."""
    folded = unicodedata.normalize("NFKD", outlet or "").encode("ascii", "ignore").decode().lower()
    name = _UNSAFE.sub("-", folded)[:_MAX_NAME].strip("-.") or "unknown"
    return f"{name}-" if _DEVICES.fullmatch(name) else name


def _write(row: Record, folder: Path) -> str:
    """Writes the record's text; gives its file's name within the corpus."""
    published: str | None = row["published_at"]
    outlet = folder / folder_name(row["outlet"])
    outlet.mkdir(exist_ok=True)
    file = outlet / f"{published[:_DAY] if published else _UNDATED}-{row['id']}.txt"
    text = f"{row['title']}\n\n{row['text']}\n" if row["title"] else f"{row['text']}\n"
    file.write_text(text, encoding="utf-8", newline="\n")
    return file.relative_to(folder).as_posix()
