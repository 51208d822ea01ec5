"""Outlets as data: declarations, the schema that checks them, the registry that finds them."""
