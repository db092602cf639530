"""Accounts that look like tests of our own and are not marked as such, so that they count as customers."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, accounts, failing
from tenure.warehouse.tables import find as find_table

SEVERITY = Severity.INFORMS
FIX = "Set is_test; if it is a customer, leave it."
GUIDE = "counted-twice"

_WORDS = r"\b(test|tests|testing|demo|sandbox|dummy|staging|asdf|qwerty|do not use|deleteme|foo ?bar)\b"
_DOMAINS = r"(^|\.)(example\.(com|org|net)|test|localhost|invalid)$"


def find(world: World) -> str | None:
    """One row for each account whose name or domain says so."""
    if not world.has("account"):
        return None
    told = f"regexp_matches(lower(r.name), '{_WORDS}') OR regexp_matches(lower(coalesce(r.domain, '')), '{_DOMAINS}')"
    return (
        f"SELECT {failing(find_table('account'), 'r', 'r.name')} FROM ({accounts()}) r "
        f"WHERE NOT coalesce(r.is_test, false) AND ({told})"
    )
