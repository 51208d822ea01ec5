"""Storage of watchlists' matches and of messages to channels."""
