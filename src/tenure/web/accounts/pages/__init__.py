"""Pages of accounts: the list, and those about one account."""
