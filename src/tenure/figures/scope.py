"""Whose accounts may be seen: a scope names owners, and holds the accounts that they own now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tenure.metrics.kinds import IN_SIGHT, FactKey

#: The fact that says who owns which account.
STANDS_ON = FactKey("holding")
#: The small tables that a reader lays for a question with a scope (``Reader.look``), and their columns.
SEEN, HOLDER = IN_SIGHT, "holder"
COLUMNS = {SEEN: "account_id VARCHAR", HOLDER: "account_id VARCHAR, owners VARCHAR"}
#: Between the owners of one account in ``HOLDER``.
AND = "\x1f"


@dataclass(frozen=True)
class Scope:
    """``owners``: only the accounts that any of these (CSMs or pools, by id) owns now, whatever the share; an empty
    tuple sees none. None sees everything, what belongs to no account too.

    A merged account is seen by who owns its survivor.
    """

    owners: tuple[str, ...] | None = None

    @property
    def narrow(self) -> bool:
        """Whether anything may be out of sight."""
        return self.owners is not None

    def holds(self, owners: str | None) -> bool:
        """Whether an account with these owners (as in the table ``HOLDER``) lies in the scope."""
        return self.owners is None or not set((owners or "").split(AND)).isdisjoint(self.owners)


EVERYTHING = Scope()


def laid(table: str, scope: Scope, now: datetime) -> str:
    """SQL of the rows of ``SEEN`` or ``HOLDER`` at the moment ``now`` (UTC), over the table of ``STANDS_ON``."""
    at = f"TIMESTAMP '{now.isoformat(sep=' ')}'"
    owned = f"FROM {STANDS_ON.table} WHERE valid_from <= {at} AND valid_to > {at}"
    if table == HOLDER:
        # Most accounts have one owner, and aggregates in order are slow.
        several = f"SELECT account_id {owned} GROUP BY account_id HAVING count(*) > 1"
        return (
            f"SELECT account_id, min(owner) AS owners {owned} GROUP BY account_id HAVING count(*) = 1 UNION ALL SELECT "
            f"account_id, string_agg(owner, '{AND}' ORDER BY owner) {owned} AND account_id IN ({several}) "
            "GROUP BY account_id"
        )
    return f"SELECT DISTINCT account_id {owned} AND {_any_of('owner', scope.owners or ())}"


def _any_of(column: str, values: Sequence[str]) -> str:
    listed = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    return f"{column} IN ({listed})" if listed else "false"
