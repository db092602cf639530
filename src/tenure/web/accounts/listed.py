"""What the list of accounts shows, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

#: The columns in order: the engine's name, the heading, and whether it is a number or a time.
COLUMNS = (
    ("name", _("Account"), False),
    ("owner_name", _("Owner"), False),
    ("segment", _("Segment"), False),
    ("arr", _("ARR"), True),
    ("renewal_due", _("Renews"), True),
    ("health", _("Health"), True),
    ("churn_risk_90", _("Risk"), True),
    ("last_touch", _("Last contact"), True),
    ("nps", _("NPS score"), True),
    ("open_tickets", _("Open tickets"), True),
)
NAMES = tuple(name for name, _label, _numeric in COLUMNS)
#: Left out where there is little room; the owner is told under the name.
WIDE = ("owner_name", "segment")
DEFAULT_ORDER = "-arr"
CHOICES = ("segment", "team", "region", "health_band", "risk_band")


def asked(parameters: Mapping[str, str]) -> dict[str, Any]:
    """The question that an address holds, for ``Sight.rows``."""
    where: list[tuple[str, str, Any]] = []
    if parameters.get("status", "customers") == "customers":
        where.append(("is_customer", "equals", True))
    elif parameters["status"] == "former":
        where.append(("is_customer", "equals", False))
    where += [(name, "equals", parameters[name]) for name in CHOICES if parameters.get(name)]
    if parameters.get("owner"):
        where.append(("owner", "equals", parameters["owner"]))
    return {"where": where, "search": parameters.get("q", "").strip()[:100]}
