"""Extraction: page bytes in, an article or a rejection out. No I/O."""
