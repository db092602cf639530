"""The team: how each book stands, and who needs help."""
