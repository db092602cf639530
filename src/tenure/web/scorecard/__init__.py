"""Scorecards: what came of the work of one of our people or of a team, as she and those who lead her see it."""
