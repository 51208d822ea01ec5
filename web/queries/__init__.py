"""Queries shared by a page and its API route."""
