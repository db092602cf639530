"""A simulated company, for the tour, the tests and the benchmarks."""

from tenure.sources.demo.canonical import write_canonical
from tenure.sources.demo.company import Company, Truth, simulate
from tenure.sources.demo.exports import write_files

__all__ = ["Company", "Truth", "simulate", "write_canonical", "write_files"]
