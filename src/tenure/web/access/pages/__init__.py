"""The pages of access, found by being here."""
