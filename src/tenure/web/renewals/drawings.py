"""The charts of renewals: what is due, called and expected; months; past forecasts; the pipeline."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from tenure.web.kit import formats
from tenure.web.kit.charts import Bars, Chart, Estimates, Scale, Series, Table
from tenure.web.renewals import words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tenure.engine.verbs.growth_pipeline import Closing, Sum
    from tenure.engine.verbs.renewal_accuracy import Held, Person, Quarter
    from tenure.engine.verbs.renewal_forecast import Day, Forecast, RenewalForecastFound
    from tenure.web.kit.charts import Tone


def together(found: RenewalForecastFound) -> Chart:
    """What is due, what people call and what the model expects, each a bar of its parts."""
    one, currency = found.total, found.currency
    by = {call.category: call for call in one.calls}
    lost = one.lost.value + one.lapsed.value
    judged = {name: by[name].called for name in words.CATEGORIES}
    rest = Decimal(0) if one.expected is None else one.expected - one.renewed.amount
    parts: list[tuple[str, str, tuple[Decimal, Decimal, Decimal]]] = [
        ("renewed", _("Renewed"), (one.renewed.value, one.renewed.amount, one.renewed.amount)),
        ("open", _("Open"), (one.open.value, Decimal(0), Decimal(0))),
        ("commit", str(words.CATEGORIES["commit"]), (Decimal(0), judged["commit"], Decimal(0))),
        ("likely", str(words.CATEGORIES["likely"]), (Decimal(0), judged["likely"], Decimal(0))),
        ("at_risk", _("At risk"), (Decimal(0), judged["at_risk"] + judged["will_leave"], Decimal(0))),
        ("model", _("Expected of the rest"), (Decimal(0), Decimal(0), rest)),
        ("lost", _("Lost"), (lost, Decimal(0), Decimal(0))),
    ]
    bars = (_("Due"), _("Called"), _("Model"))
    series = tuple(
        Series(name, tuple(float(value) for value in values), words.DRAWN[key])
        for key, name, values in parts
        if any(values)
    )
    table = Table(
        ("", *bars), tuple((name, *(formats.money(value, currency) if value else "" for value in values)) for _k, name, values in parts if any(values))
    )  # fmt: skip
    says = _("Due %(due)s, called %(called)s, expected %(expected)s.") % {
        "due": formats.money_short(one.due.value, currency), "called": formats.money_short(one.called, currency),
        "expected": formats.money_short(one.expected, currency),
    }  # fmt: skip
    return Bars(says, table, Scale("currency", 0, currency), bars, series)


def by_month(days: Sequence[Day], currency: str) -> Chart:
    """What comes up, month by month: decided and not."""
    months: dict[str, tuple[Decimal, Decimal]] = {}
    for day in days:
        name = formats.month(day.day)
        decided, undecided = months.get(name, (Decimal(0), Decimal(0)))
        months[name] = (decided + day.value - day.open_value, undecided + day.open_value)
    names = (_("Decided"), _("Open"))
    tones: tuple[Tone, Tone] = ("new", "muted")
    series = tuple(
        Series(name, tuple(float(both[place]) for both in months.values()), tone)
        for place, (name, tone) in enumerate(zip(names, tones, strict=True))
    )
    rows = tuple((month, *(formats.money(each, currency) for each in both)) for month, both in months.items())
    return Bars(
        _("Renewals by month"), Table((_("Month"), *names), rows), Scale("currency", 0, currency), tuple(months), series
    )


def groups(found: Sequence[Forecast], called: Mapping[str | None, str], currency: str) -> Chart:
    """What people call and what the model expects of each group, with its range."""
    names = tuple(called[one.name] for one in found)
    series = (
        Series(_("We call"), tuple(float(one.called) for one in found), "new"),
        Series(
            _("Model expects"), tuple(_float(one.expected) for one in found), "fifth",
            tuple(_float(one.low) for one in found), tuple(_float(one.high) for one in found),
        ),
    )  # fmt: skip
    rows = tuple(
        (
            called[one.name],
            formats.money(one.called, currency),
            formats.money(one.expected, currency),
            between(one, currency),
        )
        for one in found
    )
    table = Table(("", _("We call"), _("Model expects"), _("Range")), rows)
    return Estimates(
        _("Called and expected, by group"), table, Scale("currency", 0, currency), names, series, across=True
    )


def past(quarters: Sequence[Quarter]) -> Chart:
    """By how much each quarter's forecast was off, by judgement and by model."""
    names = tuple(formats.quarter(one.label) for one in quarters)
    wanted: tuple[tuple[str, list[Held], Tone], ...] = (
        (_("By judgement"), [one.judged for one in quarters], "new"),
        (_("By the model"), [one.modelled for one in quarters], "fifth"),
    )
    series = tuple(
        Series(
            name, tuple(one.bias for one in held), tone, tuple(one.low for one in held), tuple(one.high for one in held)
        )
        for name, held, tone in wanted
        if any(one.n for one in held)
    )
    rows = tuple(
        (name, formats.percent(one.judged.bias), formats.percent(one.modelled.bias))
        for name, one in zip(names, quarters, strict=True)
    )
    says = _("How far the forecast of each quarter was off, as a share of what was up for renewal")
    return Estimates(
        says,
        Table((_("Quarter"), _("By judgement"), _("By the model")), rows),
        Scale("percent", 0),
        names,
        series,
        level=0.0,
    )


def people(told: Sequence[Person], names: Mapping[str, str], bias: float | None) -> Chart:
    """By how much each one's judgements were off, with the interval."""
    called = tuple(names.get(one.owner, one.owner) for one in told)
    series = (
        Series(
            _("By judgement"), tuple(one.judged.bias for one in told), "new", tuple(one.judged.low for one in told),
            tuple(one.judged.high for one in told),
        ),
    )  # fmt: skip
    rows = tuple(
        (name, formats.number(one.judged.n), formats.percent(one.judged.bias))
        for name, one in zip(called, told, strict=True)
    )
    table = Table((_("Owner"), _("Renewals"), _("Off by")), rows)
    says = _("How far each owner's judgements were off, as a share of what was up for renewal")
    return Estimates(says, table, Scale("percent", 0), called, series, across=True, level=bias)


def stages(told: Sequence[Sum], currency: str) -> Chart:
    """What is open in each stage, and of it what is to be expected."""
    return _sums(_("Open by stage"), [(one.name or _("no stage"), one.amount, one.weighted) for one in told], currency)


def closing(told: Sequence[Closing], names: Sequence[str], currency: str) -> Chart:
    """What is expected to be decided when."""
    rows = [(name, one.amount, one.weighted) for name, one in zip(names, told, strict=True)]
    return _sums(_("Open by the month in which a decision is expected"), rows, currency)


def _sums(says: str, rows: Sequence[tuple[str, Decimal, Decimal]], currency: str) -> Chart:
    names = (_("To be expected"), _("The rest of the amount"))
    series = (
        Series(names[0], tuple(float(weighted) for _n, _a, weighted in rows), "new"),
        Series(names[1], tuple(float(amount - weighted) for _n, amount, weighted in rows), "expansion"),
    )
    table = Table(
        ("", _("Amount"), names[0]),
        tuple(
            (name, formats.money(amount, currency), formats.money(weighted, currency))
            for name, amount, weighted in rows
        ),
    )
    return Bars(says, table, Scale("currency", 0, currency), tuple(name for name, _a, _w in rows), series)


def between(one: Forecast, currency: str) -> str:
    """The range of what the model expects; empty where it expects nothing."""
    if one.low is None or one.high is None or one.low == one.high:
        return ""
    return f"{formats.money_short(one.low, currency)} – {formats.money_short(one.high, currency)}"


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
