"""Crawl of outlets: discovery, fetching, extraction, and the monitor over all of them."""
