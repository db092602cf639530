"""Why a customer may leave, in words: what is known of it, and by how much that multiplies the risk."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenure.core.titles import titled
from tenure.web.kit import formats
from tenure.web.kit.shell import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tenure.engine.verbs.risk import Reason as Known

#: From which factor on something is told.
_STRONG = Decimal("1.1")
_SHARES = {
    "use", "stickiness", "sla_attainment", "escalation_rate", "survey_response_rate", "payment_regularity",
    "net_revenue_retention",
}  # fmt: skip
#: The causes of leaving in words.
CAUSES: dict[str, Text] = {
    "voluntary": gettext_lazy("by choice"), "non_payment": gettext_lazy("non-payment"),
    "merger": gettext_lazy("merged or closed"), "unknown": gettext_lazy("not told"),
}  # fmt: skip
_MONEY = {"mrr", "usage_revenue"}


@dataclass(frozen=True)
class Reason:
    """``words``: what is so; ``factor``: by what it multiplies the risk, as ``2.4 ×``; ``tone``: whether that is good."""

    words: str
    factor: str
    tone: Literal["good", "bad"]


def reasons(known: Sequence[Known], currency: str, most: int) -> tuple[Reason, ...]:
    """What raises or lowers the risk of a customer most; ``known``: the strongest first."""
    strong = [each for each in known if not 1 / _STRONG < each.factor < _STRONG]
    return tuple(
        Reason(words(each, currency), f"{formats.number(each.factor, 1 if each.factor >= 1 else 2)} ×",
               "bad" if each.factor > 1 else "good")
        for each in strong[:most]
    )  # fmt: skip


def raising(known: Sequence[Known], currency: str, most: int = 2) -> str:
    """What raises the risk most, in a line; empty where nothing does."""
    strong = sorted((each for each in known if each.factor >= _STRONG), key=lambda each: -each.factor)
    return "; ".join(words(each, currency) for each in strong[:most])


def words(known: Known, currency: str) -> str:
    """What is known, as a sentence without an end: ``the renewal is 6 days off``."""
    value = known.value
    if isinstance(value, str):
        return _("%(what)s: %(value)s") % {"what": titled(known.name), "value": value}
    if value is None:
        return _unknown(known.name)
    told = _said(known.name, value, currency)
    return told or _("%(what)s is %(value)s") % {
        "what": _named(known.name),
        "value": amount(known.name, value, currency),
    }


def _said(name: str, value: Decimal, currency: str) -> str:
    """What is known of a few things in words of their own; empty for others."""
    number, whole = formats.number(value, 0), round(value)
    match name:
        case "days_to_renewal":
            return ngettext("the renewal is %(days)s day off", "the renewal is %(days)s days off", whole) % {
                "days": number
            }
        case "months_as_customer":
            return ngettext("a customer for %(months)s month", "a customer for %(months)s months", whole) % {
                "months": number
            }
        case "mrr":
            return _("pays %(money)s a month") % {"money": formats.money_short(value, currency)}
        case "use":
            return _("%(share)s of the seats were used in four weeks") % {"share": formats.percent(value, 0)}
        case "use_trend":
            return _("use is %(times)s times that of the four weeks before") % {"times": formats.number(value, 2)}
        case "use_trend_quarter":
            return _("use is %(times)s times that of the quarter before") % {"times": formats.number(value, 2)}
        case "tickets":
            return ngettext("%(count)s ticket in a quarter", "%(count)s tickets in a quarter", whole) % {
                "count": number
            }
        case "csm_pulse":
            return _("the CSM's own judgement is %(value)s of 5") % {"value": number}
        case "touchpoint_frequency":
            return _("%(count)s contacts a month") % {"count": formats.number(value, 1)}
    return ""


def _unknown(name: str) -> str:
    if name == "days_to_renewal":
        return _("no renewal is due: it can leave any time")
    return _("%(what)s is not known") % {"what": _named(name)}


def _named(name: str) -> str:
    return {"use": _("Use"), "csm_pulse": _("The CSM's own judgement"), "tickets": _("Tickets")}.get(name, titled(name))


def amount(name: str, value: Decimal | None, currency: str) -> str:
    """What is known of a thing, in its unit: money, a share or a number."""
    if name in _MONEY:
        return formats.money_short(value, currency)
    if name in _SHARES:
        return formats.percent(value, 0)
    return formats.number(value, 0 if value is None or abs(value) >= 10 or value == value.to_integral() else 1)
