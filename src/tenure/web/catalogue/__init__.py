"""The catalogue of metrics, and the page of each."""
