"""Planhat: what moves from there to here."""
