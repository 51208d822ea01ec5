"""Times of polls, rechecks and further attempts."""
