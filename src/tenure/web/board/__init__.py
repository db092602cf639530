"""The board: are we keeping and growing customers, and what says so."""
