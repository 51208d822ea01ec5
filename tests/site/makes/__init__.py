"""The outlets of the test site, one make a module."""
