"""Risk: which revenue may be lost, or won, within 90 days, and why."""
