"""Judgements, outcomes and opportunities as a reader knows them: words and colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tenure.web.kit.charts import Tone as ChartTone

if TYPE_CHECKING:
    from tenure.web.kit.scores import Tone
    from tenure.web.kit.shell import Text

#: How sure a renewal is judged to be, the surest first.
CATEGORIES: dict[str, Text] = {
    "commit": _("Commit"), "likely": _("Likely"), "at_risk": _("At risk"), "will_leave": _("Will leave"),
}  # fmt: skip
#: Where a renewal stands.
STATES: dict[str, Text] = {
    "open": _("open"), "late": _("late"), "renewed": _("renewed"), "lost": _("lost"), "lapsed": _("lapsed"),
}  # fmt: skip
TONES: dict[str, Tone] = {
    "commit": "good", "likely": "", "at_risk": "warn", "will_leave": "bad", "open": "", "late": "warn", "renewed": "good",
    "lost": "bad", "lapsed": "bad",
}  # fmt: skip
DRAWN: dict[str, ChartTone] = {
    "renewed": "new", "commit": "expansion", "likely": "fifth", "at_risk": "contraction", "lost": "churn", "model": "sixth",
    "open": "muted",
}  # fmt: skip
#: How a loss is explained, as rows of ``churn`` are.
KINDS: dict[str, Text] = {
    "voluntary": _("by choice"), "non_payment": _("non-payment"), "merger": _("merged"), "closed": _("closed down"),
}  # fmt: skip
#: Why customers leave; any other word can be written too.
REASONS: dict[str, Text] = {
    "price": _("Price"), "competitor": _("Competitor"), "missing_feature": _("Missing feature"), "low_use": _("Low use"),
    "budget": _("Budget cut"), "service": _("Service"), "champion_left": _("Champion left"), "other": _("Other"),
}  # fmt: skip
#: What may be sold to a customer.
SALES: dict[str, Text] = {"upsell": _("Upsell"), "cross_sell": _("Cross-sell"), "add_on": _("Add-on")}
#: Where a sale stands, and why such are lost; any other word can be written too.
DECIDED: dict[str, Text] = {"open": _("open"), "won": _("won"), "lost": _("lost")}
SALE_LOST: dict[str, Text] = {
    "price": _("Price"), "competitor": _("Competitor"), "no_budget": _("No budget"), "no_need": _("No need"),
    "no_decision": _("No decision"), "missing_feature": _("Missing feature"), "timing": _("Not now"),
}  # fmt: skip
GROUPS: dict[str, Text] = {
    "owner": _("Owner"), "team": _("Team"), "segment": _("Segment"), "tier": _("Tier"), "region": _("Region"),
}  # fmt: skip


@dataclass(frozen=True)
class Pill:
    """A word with its colour; empty where there is nothing to tell."""

    word: Text = ""
    tone: Tone = ""


def pill(of: dict[str, Text], value: str | None) -> Pill:
    """The word for a value."""
    return Pill(of.get(value, value), TONES.get(value, "")) if value else Pill()


def decided(status: str) -> Pill:
    """The word for where a sale stands."""
    tones: dict[str, Tone] = {"won": "good", "lost": "bad"}
    return Pill(DECIDED.get(status, status), tones.get(status, ""))
