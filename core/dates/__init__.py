"""Dates as Indonesian outlets write them."""
