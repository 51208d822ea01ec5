"""From an outlet's declaration to an article: discovery, fetching, extraction, commands."""
