"""Scorecards: what came of the work of one of our people or of a team, put together from the figures that there are."""
