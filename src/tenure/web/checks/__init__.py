"""Checks: what is wrong with the data, since when, and what it holds."""
