"""The pages for people, a module for each kind: what they show comes from ``database``, how from ``web/templates``."""
