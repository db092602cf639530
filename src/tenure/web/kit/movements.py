"""The kinds of movement of recurring revenue: their order, their colours and their names, on every page the same."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tenure.core.titles import titled
from tenure.web.kit.charts import Tone

#: The kinds of movement in the order in which they are read, and their colours.
KINDS: dict[str, Tone] = {
    "new": "new", "reactivation": "fifth", "expansion": "expansion", "contraction": "contraction", "churn": "churn",
    "transfer_in": "sixth", "transfer_out": "sixth", "fx": "muted",
}  # fmt: skip


def named(kind: str) -> str:
    """A kind of movement as a reader knows it."""
    names = {
        "new": _("New"), "reactivation": _("Returned"), "expansion": _("Expansion"),
        "contraction": _("Contraction"), "churn": _("Churn"), "fx": _("Currency"),
        "transfer_in": _("Moved in"), "transfer_out": _("Moved out"),
    }  # fmt: skip
    return names.get(kind, titled(kind))
