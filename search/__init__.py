"""Searching the stored articles: one analyser, one query language, two databases."""
