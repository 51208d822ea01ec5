"""The dashboard and the HTTP API: reads the database, writes nothing but saved searches."""
