"""The stages behind the spider: extract, normalise, deduplicate, store."""
