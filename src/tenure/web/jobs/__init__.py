"""The page of one's jobs."""
