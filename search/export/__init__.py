"""Writing articles out: JSON Lines, CSV, Parquet or a folder of texts, however many there are.

Parquet is written by ``search.export.parquet``, imported where it is needed: its library takes a fifth of a second.
"""

from typing import Literal, get_args

from search.export.files import replace_binary_file, replace_file, replace_folder, write_corpus
from search.export.lines import csv_cell, export_records, write_records

Format = Literal["jsonl", "csv", "parquet", "text"]
FORMATS: tuple[Format, ...] = get_args(Format)

__all__ = [
    "FORMATS",
    "Format",
    "csv_cell",
    "export_records",
    "replace_binary_file",
    "replace_file",
    "replace_folder",
    "write_corpus",
    "write_records",
]
