"""Closed periods, as pages: what was reported of a period is frozen, and what became of it since."""
