"""Pages about one account."""
