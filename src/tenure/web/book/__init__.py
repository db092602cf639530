"""The book of accounts: the list, its views, what is told of many accounts at once, and who is told of it."""
