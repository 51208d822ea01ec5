"""Watchlists, alerts and the daily digest.

watchlist (TOML) → new matches (``matching``) → queued messages (``database.alerts``) → ``messages`` → ``channels``.
"""
