"""From the signature to value: how long it takes, and what is done on the way."""
