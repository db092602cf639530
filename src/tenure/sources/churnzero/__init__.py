"""ChurnZero: what moves from there to here."""
