"""Failed rows: seen, mended, replayed, discarded, and counted."""
