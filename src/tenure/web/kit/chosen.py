"""What a reader chose on a metric's page: the address holds all of it, so that a view can be shared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from tenure.core.titles import titled
from tenure.web.kit.choice import Choice, Option
from tenure.web.kit.shell import Text

if TYPE_CHECKING:
    from tenure.engine import Entry

GRAINS = ("month", "quarter", "half", "year", "week")
COMPARED = ("before", "year")
WINDOWS = ("period", "3m", "6m", "12m")
DIMENSIONS = ("segment", "team", "manager", "owner", "tier", "region", "industry", "cohort")


@dataclass(frozen=True)
class Chosen:
    """The question as the address has it. ``variants``: axis to option, for those that differ from the default. ``at``
    and ``only`` (dimension and value): the period and the slice whose rows are to be shown.
    """

    grain: str
    window: str
    by: str
    compare: str
    variants: dict[str, str]
    at: str
    only: tuple[tuple[str, str], ...]

    def arguments(self) -> dict[str, Any]:
        """The same for ``Sight.show``."""
        given: dict[str, Any] = {"grain": self.grain, "window": self.window}
        if self.compare != COMPARED[0]:
            given["compare"] = self.compare
        if self.by:
            given["by"] = (self.by,)
        if self.variants:
            given["variant"] = tuple(f"{axis}={option}" for axis, option in self.variants.items())
        return given

    def address(self) -> dict[str, str]:
        """The same as an address has it."""
        more = {"by": self.by} if self.by else {}
        more |= {"compare": self.compare} if self.compare != COMPARED[0] else {}
        return {"grain": self.grain, "window": self.window, **more, **self.variants}


def chosen(parameters: QueryDict, entry: Entry) -> Chosen:
    """What the address says of a metric. What makes no sense is left to the engine to refuse, by name."""
    variants = {
        axis: str(parameters.get(axis))
        for axis, options in entry.axes.items()
        if parameters.get(axis) not in (None, "", options[0])
    }
    return Chosen(
        grain=parameters.get("grain") or "month",
        window=parameters.get("window") or entry.window,
        by=parameters.get("by", ""),
        compare=parameters.get("compare") or COMPARED[0],
        variants=variants,
        at=parameters.get("at", "")[:10],
        only=tuple(
            (name, value) for name, _colon, value in (text.partition(":") for text in parameters.getlist("only"))
        ),
    )


def choices(given: Chosen, entry: Entry) -> tuple[Choice, ...]:
    """The fields of the form that every metric has."""
    named: dict[str, Text] = {
        "month": _("Months"), "quarter": _("Quarters"), "half": _("Half years"), "year": _("Years"), "week": _("Weeks"),
        "period": _("the period itself"), "3m": _("3 months"), "6m": _("6 months"), "12m": _("12 months"),
        "": _("everything together"),
    }  # fmt: skip
    than: dict[str, Text] = {"before": _("the period before"), "year": _("a year before")}
    dimensions = tuple(dict.fromkeys((*entry.by, *DIMENSIONS)))
    named |= {name: titled(name) for name in dimensions}
    return (
        _choice("grain", _("Periods"), GRAINS, given.grain, named),
        _choice("window", _("Over"), WINDOWS, given.window, named),
        _choice("by", _("By"), ("", *dimensions), given.by, named),
        _choice("compare", _("Compared with"), COMPARED, given.compare, than),
    )


def variants(given: Chosen, entry: Entry) -> tuple[Choice, ...]:
    """A field for each axis of the metric's variants. An axis with one option is none."""
    labels: dict[str, Text] = {
        "entity": _("Counted are"), "rate": _("Exchange rate"), "ownership": _("Owner"), "dating": _("Churn is dated"),
    }  # fmt: skip
    named: dict[str, Text] = {
        "account": _("accounts"), "parent": _("parent companies"),
        "opening": _("at the opening"), "budget_rate": _("of the budget"),
        "owner_at_start": _("at the start"), "owner_months": _("of each month"),
        "paid_end": _("at the end of the paid time"), "request_day": _("on the day of the notice"),
    }  # fmt: skip
    return tuple(
        _choice(axis, labels.get(axis) or titled(axis), options, given.variants.get(axis, options[0]), named)
        for axis, options in entry.axes.items()
        if len(options) > 1
    )


def _choice(name: str, label: Text, values: tuple[str, ...], now: str, named: Mapping[str, Text]) -> Choice:
    told = (Option(value, named.get(value) or value.replace("_", " "), value == now) for value in values)
    return Choice(name, label, tuple(told))
