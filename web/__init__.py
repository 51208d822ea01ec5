"""Dashboard and HTTP API. Writes only saved searches."""
