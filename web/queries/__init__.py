"""Queries that a page and its API route share, so that both show the same."""
