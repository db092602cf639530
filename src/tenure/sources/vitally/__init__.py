"""Vitally: what moves from there to here."""
