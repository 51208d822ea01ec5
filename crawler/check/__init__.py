"""Check of an outlet's declaration against the web: ``probe`` fetches, ``judge`` decides."""
