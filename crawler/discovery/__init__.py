"""Source bytes in, candidates out: feeds, sitemaps, listing pages, home pages."""
