"""Terms and differences of texts."""
