"""Risk: which revenue may be lost within 90 days, and why."""
