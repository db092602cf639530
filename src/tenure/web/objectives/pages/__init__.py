"""The pages of objectives."""
