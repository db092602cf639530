"""Effects: what plays changed."""
