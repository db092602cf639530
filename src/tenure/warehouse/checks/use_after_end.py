"""Use of a subscription (or, where none is named, of an account) after it had ended."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, uses

SEVERITY = Severity.WARNS
FIX = "Check the subscription's dates, or the ids in the usage file."
GUIDE = "wrong-customer"


def find(world: World) -> str | None:
    """One row for each such event."""
    return uses(world, "'used ' || u.occurred_at || ', ended ' || s.ends", "u.occurred_at > s.ends")
