"""Qualtrics: who was asked what, and the scores they gave; contacts."""
