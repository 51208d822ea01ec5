"""Outlets as data: TOML declarations, their schema and the registry."""
