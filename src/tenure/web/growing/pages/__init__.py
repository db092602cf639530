"""Pages about how people grow: one's own, those of one's line, recognition, and the team pulse."""
