"""Events that applications send: what they say, whoever's words they are in, and the rows that come of them."""
