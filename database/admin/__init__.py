"""Keeping a database: copies of it, whether it is whole, moving it to another place, and what may go in time."""
