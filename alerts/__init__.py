"""Watchlists: who is told of what, once and for all."""
