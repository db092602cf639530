"""Scores that prove themselves: health, risk, fair comparison. Each says how right it is."""
