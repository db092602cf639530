"""How well customers do: scores."""
