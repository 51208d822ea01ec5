"""Writing articles out: JSON Lines, CSV, Parquet or a folder of texts, however many there are.

Parquet is written by ``database.export.parquet``, imported where it is needed: its library takes a fifth of a second.
"""

from typing import Literal, get_args

from database.export.corpus import write_corpus
from database.export.files import replacing, replacing_bytes, replacing_folder
from database.export.lines import cell, write
from database.export.reading import exported

Format = Literal["jsonl", "csv", "parquet", "text"]
FORMATS: tuple[Format, ...] = get_args(Format)

__all__ = [
    "FORMATS",
    "Format",
    "cell",
    "exported",
    "replacing",
    "replacing_bytes",
    "replacing_folder",
    "write",
    "write_corpus",
]
