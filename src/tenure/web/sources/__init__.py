"""Sources that are fetched by themselves, as pages."""
