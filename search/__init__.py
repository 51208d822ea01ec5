"""Search: query language, ranking, facets, records and exports."""
