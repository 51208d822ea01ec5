"""Outlets as data: declarations, their schema and the registry."""
