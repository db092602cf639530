"""What a workspace needs of whoever operates it: its settings, backups, and a look at whether it is whole."""
