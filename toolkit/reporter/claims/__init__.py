"""Whether the claims that a report declares hold."""
