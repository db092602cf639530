"""Gainsight: what moves from there to here."""
