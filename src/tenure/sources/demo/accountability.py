"""``accountability``: who answers for which metric, from the leader down; and where a company of that kind has forgotten somebody."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from tenure.sources.demo.columns import civil, texts
from tenure.sources.demo.days import NEVER, Calendar, Ints
from tenure.sources.demo.past import Past

LEADER = "head-1"
_COMPANY = (
    "arr", "net_revenue_retention", "gross_revenue_retention", "customer_churn_rate", "net_promoter_score", "expansion_revenue",
    "touchpoint_coverage",
)  # fmt: skip
_TEAM = ("arr", "net_revenue_retention", "gross_revenue_retention", "customer_churn_rate", "touchpoint_coverage")
_PERSON = ("arr", "net_revenue_retention", "gross_revenue_retention", "customer_churn_rate", "touchpoint_coverage")
#: Of two teams somebody answers for what customers say; of the third nobody does.
_ASKED = ("mgr-1", "mgr-2")
_LEFT, _NEW = "mgr-3", "mgr-4"
#: What nobody took over from the manager who left.
_FORGOTTEN = "touchpoint_coverage"

Row = tuple[str, str, str, int, int]


def accountability_table(past: Past) -> pa.Table:
    """Metric, whose line, who answers, and from which month until which."""
    days = past.calendar
    begins, change = days.opens, days.opens + (days.month_of(days.today) - days.opens) // 2
    rows: list[Row] = [(metric, "", LEADER, begins, NEVER) for metric in _COMPANY]
    rows += [("net_promoter_score", manager, manager, begins, NEVER) for manager in _ASKED]
    for metric in _TEAM:
        rows += [(metric, manager, manager, begins, NEVER) for manager in _ASKED]
        if metric == _FORGOTTEN:
            rows.append((metric, _NEW, _LEFT, change, NEVER))
        else:
            rows += [(metric, _LEFT, _LEFT, begins, change), (metric, _NEW, _NEW, change, NEVER)]
    for number in range(len(past.staff)):
        csm, joins, leaves = f"csm-{number + 1:02}", int(past.staff.joins[number]), int(past.staff.leaves[number])
        ends = leaves if leaves - days.first < days.steps else NEVER
        if max(joins, begins) < min(ends, days.month_of(days.today) + 1):
            rows += [(metric, csm, csm, max(joins, begins), ends) for metric in _PERSON]
    return _table(rows, days)


def _table(rows: list[Row], days: Calendar) -> pa.Table:
    columns = {
        "metric": texts([row[0] for row in rows]),
        "line_id": texts([row[1] or None for row in rows]),
        "csm_id": texts([row[2] for row in rows]),
    }
    columns["valid_from"] = civil(_days([row[3] for row in rows], days))
    columns["valid_to"] = civil(_days([row[4] for row in rows], days))
    return pa.table(columns | {"by": texts([LEADER] * len(rows))})


def _days(months: list[int], days: Calendar) -> Ints:
    found: Ints = np.array(
        [NEVER if one == NEVER else int(days.starts[one - days.first]) for one in months], dtype=np.int64
    )
    return found
