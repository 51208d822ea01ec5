"""One process over many outlets: who is due, who is being crawled, what became of it."""
