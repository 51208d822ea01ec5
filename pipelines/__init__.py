"""Stages after the spider: extract, normalise, deduplicate, store."""
