"""The page of an account's business review."""
