"""Watchlists: what is looked for in every new article, who is told of it, and the daily digest.

declaration (TOML) → what is new (``matching``) → what is to be told (``database.alerts``) → messages → channels.
"""
