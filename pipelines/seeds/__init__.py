"""Seed documents: finding them and reading what they state. Storing them is not done here."""

from pipelines.seeds.document import read_document
from pipelines.seeds.files import SeedFile, UnreadableDocument, find_documents

__all__ = ["SeedFile", "UnreadableDocument", "find_documents", "read_document"]
