"""Seed documents: files in, articles out."""
