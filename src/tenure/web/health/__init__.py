"""Health: how well customers do, who moved, and who is in danger."""
