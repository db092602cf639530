"""Accounts: the list of those one may see, and the page of each."""
