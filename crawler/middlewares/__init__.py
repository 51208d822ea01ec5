"""Downloader middlewares: politeness, limits and the archive."""
