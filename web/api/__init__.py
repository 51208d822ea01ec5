"""The same for programs: JSON and Atom below ``/api/v1``, described by ``/api/v1/openapi.json``."""
