"""Reporting lines, and who answers for which metric along them."""
