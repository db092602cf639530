"""Pages of the book: the list, its views and static lists, what is told of accounts, and web hooks."""
