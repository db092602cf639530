"""What a reader chose on a metric's page: the address holds all of it, so that a view can be shared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from tenure.web.kit.choice import Choice, Option
from tenure.web.kit.shell import Text

if TYPE_CHECKING:
    from tenure.engine import Entry

GRAINS = ("month", "quarter", "year", "week")
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
    variants: dict[str, str]
    at: str
    only: tuple[tuple[str, str], ...]

    def arguments(self) -> dict[str, Any]:
        """The same for ``Sight.show``."""
        given: dict[str, Any] = {"grain": self.grain, "window": self.window}
        if self.by:
            given["by"] = (self.by,)
        if self.variants:
            given["variant"] = tuple(f"{axis}={option}" for axis, option in self.variants.items())
        return given

    def address(self) -> dict[str, str]:
        """The same as an address has it."""
        return {"grain": self.grain, "window": self.window, **({"by": self.by} if self.by else {}), **self.variants}


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
        variants=variants,
        at=parameters.get("at", "")[:10],
        only=tuple(
            (name, value) for name, _colon, value in (text.partition(":") for text in parameters.getlist("only"))
        ),
    )


def choices(given: Chosen, entry: Entry) -> tuple[Choice, ...]:
    """The fields of the form. An axis with one option is none."""
    named = {
        "month": _("Months"), "quarter": _("Quarters"), "year": _("Years"), "week": _("Weeks"),
        "period": _("the period itself"), "3m": _("3 months"), "6m": _("6 months"), "12m": _("12 months"),
    }  # fmt: skip

    def field(name: str, label: Text, values: tuple[str, ...], now: str) -> Choice:
        told = [Option(value, named.get(value) or value.replace("_", " "), value == now) for value in values]
        return Choice(name, label, tuple(told))

    fields = [
        field("grain", _("Periods"), GRAINS, given.grain),
        field("window", _("Over"), WINDOWS, given.window),
        field("by", _("By"), ("", *entry.by, *DIMENSIONS), given.by),
    ]
    fields[-1] = Choice("by", _("By"), (Option("", _("everything together"), not given.by), *fields[-1].options[1:]))
    for axis, options in entry.axes.items():
        if len(options) > 1:
            label = axis.replace("_", " ").capitalize()
            fields.append(field(axis, label, options, given.variants.get(axis, options[0])))
    return tuple(fields)
