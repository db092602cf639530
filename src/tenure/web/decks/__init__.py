"""Business reviews: what a success manager shows a customer of a period, as slides that she can go on working on, and as paper."""
