"""Seed documents: find, read and import them."""
