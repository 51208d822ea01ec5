"""Which pages there are: the router of each kind."""

from web.pages import articles, guide, outlets, runs, saved, search, stories, watchlists

ROUTERS = (
    search.router,
    articles.router,
    stories.router,
    saved.router,
    guide.router,
    outlets.router,
    runs.router,
    watchlists.router,
)
