"""Pages of reviews: one's own, those of one's team, one of them, and what it is judged by."""
