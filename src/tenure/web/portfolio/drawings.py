"""The charts: loads, loads before and after, and people that will be missing."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from tenure.web.kit import formats
from tenure.web.kit.charts import Bars, Chart, Estimates, Lines, Scale, Series, Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tenure.engine.staffed import Held, Month

_HOURS = Scale("number", 0)


def loads(held: Sequence[Held], named: Mapping[str, str]) -> Chart:
    """Each person's hours: within capacity, beyond it, and free."""
    within = tuple(float(min(one.hours, one.capacity)) for one in held)
    beyond = tuple(float(max(one.hours - one.capacity, Decimal(0))) for one in held)
    free = tuple(float(max(one.capacity - one.hours, Decimal(0))) for one in held)
    names = _short([named[one.person] for one in held])
    over = sum(one.hours > one.capacity for one in held)
    says = _("Hours of each person: %(over)s of %(all)s have more than they can do.") % {"over": over, "all": len(held)}
    columns = ("", _("Hours"), _("Capacity"), _("Load"))
    rows = tuple(
        (named[one.person], formats.number(one.hours, 1), formats.number(one.capacity, 1), formats.percent(one.load, 0) if one.load is not None else "–")
        for one in held
    )  # fmt: skip
    series = (
        Series(_("Within capacity"), within, "new"), Series(_("Beyond it"), beyond, "bad"), Series(_("Free"), free, "muted"),
    )  # fmt: skip
    return Bars(says, Table(columns, rows), _HOURS, names, series)


def _short(names: Sequence[str]) -> tuple[str, ...]:
    """First names, where nobody shares one: there is little room below bars."""
    first = tuple(name.split(" ")[0] for name in names)
    return first if len(set(first)) == len(first) else tuple(names)


def evened(before: Sequence[Held], after: Sequence[Held], named: Mapping[str, str]) -> Chart:
    """Everybody's load before and after."""
    then = {one.person: one.load for one in after}
    told = [one for one in before if one.load is not None]
    names = tuple(named[one.person] for one in told)
    values = tuple(float(one.load or 0) for one in told), tuple(float(then[one.person] or 0) for one in told)
    rows = tuple(
        (name, formats.percent(one.load, 0), formats.percent(then[one.person], 0))
        for name, one in zip(names, told, strict=True)
    )
    series = (Series(_("Now"), values[0], "contraction"), Series(_("After"), values[1], "new"))
    return Estimates(
        _("Load of each person now and after the moves"), Table(("", _("Now"), _("After")), rows), Scale("percent"), names, series,
        across=True, level=1.0,
    )  # fmt: skip


def ahead(months: Sequence[Month]) -> Chart:
    """Hours that accounts will take, with their range, and hours that there will be."""
    names = tuple(formats.month(one.month) for one in months)
    rows = tuple(
        (name, formats.number(one.hours.value, 0), f"{formats.number(one.hours.low, 0)} – {formats.number(one.hours.high, 0)}",
         formats.number(one.capacity, 0))
        for name, one in zip(names, months, strict=True)
    )  # fmt: skip
    series = (
        Series(
            _("Hours needed"), tuple(one.hours.value for one in months), "new", tuple(one.hours.low for one in months),
            tuple(one.hours.high for one in months),
        ),
        Series(_("Capacity"), tuple(float(one.capacity) for one in months), "fifth", dashed=True),
    )  # fmt: skip
    table = Table((_("Month"), _("Hours needed"), _("In 8 of 10 cases"), _("Capacity")), rows)
    return Lines(_("Hours needed and capacity, by month"), table, _HOURS, names, series, from_zero=True)
