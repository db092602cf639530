"""Definitions as a workspace's folder ``metrics`` would hold them."""

from __future__ import annotations

from tenure.core.written import Written


def own(**texts: str) -> tuple[Written, ...]:
    """Files by the names of their metrics."""
    return tuple(Written(f"home/metrics/{name}.toml", text) for name, text in sorted(texts.items()))


URGENT_SHARE = """\
# Who is in a hurry.
definition = "Share of the period's tickets that came in as urgent."
kind = "share"
table = "ticket"
at = "created_at"
where = 'channel != "chat"'
counts = 'priority == "urgent"'
better = "less"
by = ["priority"]
"""
LOST_DEALS = """\
definition = "What deals that were lost in the period would have brought."
kind = "total"
table = "opportunity"
at = "closed_at"
where = 'status == "lost"'
value = "amount"
unit = "money"
"""
ESCALATION_TIME = """\
definition = "How long escalations take."
kind = "cases"
table = "escalation"
from = "opened_at"
until = "closed_at"
"""
