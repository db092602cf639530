"""Fair comparison: what came of each owner's accounts, against what was to be expected of them."""
