"""Discovery: a source's bytes in, candidates out; no I/O, and no exception whatever the bytes hold."""
