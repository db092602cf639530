"""Reporting lines: who answers for which metric up to the executive, what is missing, and figures along them."""
