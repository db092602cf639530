"""Data: what comes in, from where, how fresh it is, and what became of it."""
