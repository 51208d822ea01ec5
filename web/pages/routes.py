"""Which pages there are: the router of each kind."""

from web.pages import articles, flags, guide, outlets, rounds, runs, saved, search, stories, watchlists

ROUTERS = (
    search.router,
    articles.router,
    stories.router,
    saved.router,
    guide.router,
    outlets.router,
    flags.router,
    rounds.router,
    runs.router,
    watchlists.router,
)
