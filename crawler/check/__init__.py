"""Check of an outlet on the web: ``probe`` fetches, ``judge`` decides."""
