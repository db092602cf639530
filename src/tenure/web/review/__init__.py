"""The weekly review of customers' health: who moved, what does not go together, what was decided."""
