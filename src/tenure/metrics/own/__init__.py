"""A workspace's own metrics: read from its files (``definition``), with expressions over a table's columns (``typed``), and
made into metrics like any other (``defined``).
"""
