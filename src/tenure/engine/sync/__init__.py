"""Sources that are fetched by themselves: what is configured, what was fetched, and how it gets into the warehouse."""
