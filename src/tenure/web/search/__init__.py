"""Search: everything that a person may see, found by its name."""
