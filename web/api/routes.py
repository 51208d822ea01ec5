"""Which parts the API has: the router of each."""

from web.api import articles, outlets, runs, saved, search, stories

ROUTERS = (search.router, articles.router, stories.router, outlets.router, runs.router, saved.router)
