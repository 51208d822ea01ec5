"""Crawl of outlets: discovery, fetching, extraction, and the monitor."""
