"""Monitor: crawls many outlets in one process, round by round."""
