"""Annotations of figures: what happened on a day that a reader of a chart should know of."""
