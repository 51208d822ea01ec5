"""Which parts the API has: the router of each."""

from web.api import articles, outlets, runs, saved, search, stories, watchlists

ROUTERS = (
    search.router,
    articles.router,
    stories.router,
    outlets.router,
    runs.router,
    watchlists.router,
    saved.router,
)
