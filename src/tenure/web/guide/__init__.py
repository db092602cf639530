"""First steps: from an empty workspace to first figures, and what is still missing on the way."""
