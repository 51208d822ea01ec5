"""Watchlists, alerts and the daily digest."""
