"""Writing articles out: JSON Lines, CSV, Parquet or a folder of texts, however many there are.

Parquet is written by ``search.export.parquet``, imported where it is needed: its library takes a fifth of a second.
"""

from typing import Literal, get_args

from search.export.files import replacing, replacing_bytes, replacing_folder, write_corpus
from search.export.lines import cell, exported, write

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
