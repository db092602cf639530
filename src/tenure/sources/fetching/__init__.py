"""Fetching: the network's side of sources, told apart from what vendors say of themselves."""
