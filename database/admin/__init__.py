"""Maintain a database: back up, restore, copy, check, prune."""
