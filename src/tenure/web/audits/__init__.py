"""Audits of the data: looked at on a schedule, signed by a named person."""
