"""The columns of the list: what they are called, which can be told here, and how their cells are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from tenure.core.titles import titled
from tenure.engine.measuring import PREFIX as METRIC
from tenure.web.book.conditions import kind_of
from tenure.web.kit import figure, formats, scores
from tenure.web.kit.figure import summary
from tenure.web.kit.shell import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tenure.engine import Entry
    from tenure.engine.verbs.rows import Column as Told

#: What columns are called here; others by the engine's word.
LABELS: dict[str, Text] = {
    "name": _("Account"), "account_id": _("Account id"), "owner": _("Owner"), "owner_name": _("Owner"), "team": _("Team"),
    "segment": _("Segment"), "tier": _("Tier"), "lifecycle": _("Phase"), "region": _("Region"), "country": _("Country"),
    "industry": _("Industry"), "is_customer": _("Is a customer"), "customer_since": _("Customer since"), "mrr": _("MRR"),
    "arr": _("ARR"), "renewal_due": _("Renews"), "renewal_value": _("Renewal value"), "last_touch": _("Last contact"),
    "nps": _("NPS score"), "open_tickets": _("Tickets"), "pulse": _("Pulse"), "pulse_at": _("Pulse given"),
    "next_step_at": _("Next step"), "health": _("Health"), "health_band": _("Health band"),
    "health_coverage": _("Health known"), "health_change_30": _("Health, 30 days"), "health_change_91": _("Health, 91 days"),
    "health_change_182": _("Health, 182 days"), "churn_risk_30": _("Risk, 30 days"), "churn_risk_90": _("Risk"),
    "churn_risk_180": _("Risk, 180 days"), "risk_band": _("Risk band"), "at_risk": _("ARR at risk"),
    "scored_at": _("Scored"),
}  # fmt: skip
#: The values of bands, the worst first.
BANDS: dict[str, dict[str, Text]] = {"health_band": scores.HEALTH, "risk_band": scores.RISK}
#: What is said of accounts here, besides custom attributes: by column, as what it is told.
ATTRIBUTES = ("segment", "tier", "lifecycle", "region", "industry")
TOLD = {"owner_name": "owner", "pulse": "pulse", "next_step_at": "next_step", **{name: name for name in ATTRIBUTES}}
CUSTOM = "custom:"
#: The column by whose values those of another are filtered.
FILTERED_BY = {"owner_name": "owner"}
#: What a phone shows beside the name: the first two of these that were chosen.
_ON_A_PHONE = ("arr", "renewal_due", "health", "churn_risk_90", "at_risk", "last_touch", "next_step_at", "pulse")
_NEAR = 90  # days to a renewal that is worth a colour


@dataclass(frozen=True)
class Column:
    """A column. ``measure``: a metric's own unit; empty of what is no metric. ``wide``: left out on a phone."""

    name: str
    label: Text
    type: str
    unit: str
    meaning: str
    measure: str = ""
    wide: bool = True

    @property
    def numeric(self) -> bool:
        """Whether it stands to the right: numbers and times, the largest first when sorted by."""
        return kind_of(self.type) in ("number", "day") and self.name != "next_step_at"

    @property
    def filtered(self) -> str:
        """The column by which it is filtered."""
        return FILTERED_BY.get(self.name, self.name)

    @property
    def told(self) -> str:
        """As what it can be said here, empty where it cannot."""
        return self.name if self.name.startswith(CUSTOM) else TOLD.get(self.name, "")


@dataclass(frozen=True)
class Cell:
    """A cell. ``tone``: it is a pill of that colour; ``word``: said to those who listen; ``more``: smaller, behind it."""

    column: str
    text: str
    pill: bool = False
    tone: str = ""
    word: Text = ""
    more: str = ""
    numeric: bool = False
    wide: bool = False
    told: str = ""


@dataclass(frozen=True)
class Reading:
    """What cells are written with: the moment, the reporting currency, and by account the texts of next steps, and by column the
    values of metrics. ``assigns``: the reader hands accounts over.
    """

    now: datetime
    currency: str
    steps: Mapping[str, str]
    metrics: Mapping[str, Mapping[str, Decimal]]
    assigns: bool = False


def known(told: Iterable[Told], metrics: Iterable[Entry] = ()) -> dict[str, Column]:
    """The columns that there are, by name: those of the list, and those metrics that are sums over accounts. Who the owner is, is told
    by a name, and asked by an id.
    """
    found = {
        each.name: Column(each.name, LABELS.get(each.name, each.label), each.type, each.unit, each.meaning)
        for each in told
    }
    currency = next((each.unit for each in found.values() if each.type == "money"), "")
    for entry in metrics:
        if entry.kind in ("ratio", "total"):
            name = METRIC + entry.slug
            type_ = entry.unit if entry.unit in ("money", "share") else "number"
            unit = currency if type_ == "money" else entry.unit
            found[name] = Column(name, titled(entry.slug), type_, unit, summary(entry), entry.unit)
    return found


def chosen(names: Sequence[str], among: Mapping[str, Column]) -> tuple[Column, ...]:
    """The columns of these names, of which two are for phones, too."""
    narrow = [name for name in _ON_A_PHONE if name in names][:2] or list(names[:2])
    return tuple(replace(among[name], wide=name not in narrow) for name in names)


def cell(column: Column, row: Mapping[str, Any], by: Reading) -> Cell:
    """The cell of a column in a row of the list."""
    found = _written(column, row, by)
    told = "" if column.told == "owner" and not by.assigns else column.told
    return replace(found, numeric=column.numeric, wide=column.wide, told=told)


def _written(column: Column, row: Mapping[str, Any], by: Reading) -> Cell:
    if column.measure:
        value = by.metrics.get(column.name, {}).get(row["account_id"])
        return Cell(column.name, figure.told(value, column.measure, by.currency))
    name, value = column.name, row[column.name]
    match name:
        case "owner_name":
            return Cell(name, value or row["owner"] or formats.UNKNOWN)
        case "health" if value is not None:
            score = scores.score_of(dict(row))
            return Cell(name, score.value, True, score.tone, score.band, score.change or " ")
        case "churn_risk_90" if value is not None:
            risk = scores.risk_of(dict(row))
            return Cell(name, risk.value, bool(risk.tone), risk.tone, risk.band)
        case "health_band" | "risk_band" if value is not None:
            return Cell(name, str(BANDS[name].get(value, value)), True, scores.TONES.get(value, ""))
        case "renewal_due" if value is not None:
            near = (value - by.now).days < _NEAR
            return Cell(name, formats.day(value), near, "warn" if near else "")
        case "next_step_at":
            text = by.steps.get(row["account_id"], "")
            return Cell(name, text or formats.UNKNOWN, more=formats.since(value, by.now) if text else "")
        case "open_tickets" if not value:
            return Cell(name, "")
    if name.startswith("health_change"):
        return Cell(name, scores.signed(value) or formats.UNKNOWN)
    return Cell(name, plain(column, value, by))


def plain(column: Column, value: Any, by: Reading) -> str:
    """A value as it is written anywhere."""
    if value is None or value == "":
        return formats.UNKNOWN
    match column.type:
        case "money" | "price":
            return formats.money(value, column.unit or by.currency)
        case "share":
            return scores.probability(value) if column.name.startswith("churn_risk") else formats.percent(value, 0)
        case "time":
            return formats.since(value, by.now) if column.name in ("last_touch", "pulse_at") else formats.day(value)
        case "date":
            return formats.day(value)
        case "integer" | "number" | "rate" | "value":
            return formats.number(value)
        case "boolean":
            return str(_("yes") if value else _("no"))
    return str(value)
