"""The audit log, for those who answer for access: who changed, took out and looked at what."""
