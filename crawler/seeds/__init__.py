"""Seed documents: finding them and reading what they state. Storing them is not done here."""

from crawler.seeds.files import SeedFile, Unreadable, documents
from crawler.seeds.reading import read_document

__all__ = ["SeedFile", "Unreadable", "documents", "read_document"]
