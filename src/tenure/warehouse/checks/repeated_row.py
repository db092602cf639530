"""Rows that say the same as another under another id: as after an export that numbers its rows anew."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, current, failing, together
from tenure.warehouse.schema import quoted_list
from tenure.warehouse.tables import find as find_table

SEVERITY = Severity.WARNS
FIX = "If they are one, take one back by a row in retraction, and let the export keep the ids."
GUIDE = "counted-twice"

#: What makes two rows of a table the same thing.
_SAME = {
    "invoice": ("account_id", "kind", "subscription_id", "contract_id", "amount", "currency", "issued_at"),
    "payment": ("invoice_id", "kind", "amount", "currency", "paid_at"),
    "contract": ("account_id", "started_at", "ended_at", "value", "currency"),
    "touchpoint": ("account_id", "csm_id", "channel", "occurred_at", "minutes"),
    "ticket": ("account_id", "requester_id", "subject", "created_at"),
}
#: Events of use are compared in the last days only, and counted: two at one second happen.
_DAYS, _SHARE, _LEAST = 14, 0.1, 20


def find(world: World) -> str | None:
    """One row for each document, contact or ticket beyond the first, and for each day of use with more than a tenth such."""
    queries = []
    for name, columns in _SAME.items():
        if world.has(name):
            table = find_table(name)
            same = quoted_list(columns, "r.")
            queries.append(
                f"SELECT {failing(table, 'r', repeated)} FROM {current(name)} r QUALIFY row_number() OVER "
                f"(PARTITION BY {same} ORDER BY {quoted_list(table.key, 'r.')}) > 1"
            )
    if world.has("usage"):
        queries.append(_days(world))
    return together(queries)


def _days(world: World) -> str:
    same = "hash(account_id, person_id, feature, product_id, occurred_at)"
    days = (
        f"SELECT occurred_at::DATE AS day, count(*) AS n, count(DISTINCT {same}) AS different FROM {current('usage')} "
        f"WHERE occurred_at >= {world.moment} - INTERVAL {_DAYS} DAY AND event_id IS NOT NULL GROUP BY day"
    )
    return (
        "SELECT 'usage' AS table_name, day::VARCHAR AS key, n - different || ' of ' || n || ' events say the same as "
        f"another' AS what, NULL::INTEGER AS batch, NULL::BIGINT AS line FROM ({days}) d "
        f"WHERE n >= {_LEAST} AND n - different > {_SHARE} * n"
    )


repeated = "'says the same as another row'"
