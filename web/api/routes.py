"""Which parts the API has: the router of each."""

from web.api import articles, saved, search, stories

ROUTERS = (search.router, articles.router, stories.router, saved.router)
