"""Which parts the API has: the router of each."""

from web.api import articles, outlets, rounds, runs, saved, search, stories, watchlists

ROUTERS = (
    search.router,
    articles.router,
    stories.router,
    outlets.router,
    rounds.router,
    runs.router,
    watchlists.router,
    saved.router,
)
