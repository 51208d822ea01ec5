"""Which pages there are: the router of each kind."""

from web.pages import search

ROUTERS = (search.router,)
