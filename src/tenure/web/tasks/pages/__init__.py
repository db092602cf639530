"""Pages of tasks: the list, one task, templates."""
