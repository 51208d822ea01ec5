"""What a page and its API answer share is read here, so that the two cannot disagree."""
