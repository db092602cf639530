"""Intake: events that applications send, on disk before they are told that these were taken."""
