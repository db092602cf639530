"""Data quality: what in the warehouse contradicts itself, is missing, or looks unlike the weeks before.

A file in this folder is a check and is thereby registered: its docstring says what is wrong with the rows it finds,
``SEVERITY`` what that does by default, ``FIX`` what to do, and ``find(world)`` gives SQL of the failing rows, or None
where it does not apply. Checks read the versions, so these must be up to date (``versions.derive``).
"""

from __future__ import annotations

from tenure.warehouse.checks.run import CheckResult, all_checks, run_checks
from tenure.warehouse.checks.world import Knowing

__all__ = ["CheckResult", "Knowing", "all_checks", "run_checks"]
