"""The page of the fair comparison: who differs from what was to be expected, drawn and in words, with what it cannot do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenure.core.titles import titled
from tenure.web.access.page import Request, page
from tenure.web.access.roles import LEAD
from tenure.web.kit import formats
from tenure.web.kit.charts import FunnelPlot, Limit, Mark, Point, Scale, Table
from tenure.web.kit.choice import Choice, Option
from tenure.web.kit.shell import Nav, Section, Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from tenure.engine.verbs.fairness import Compared, Comparison

#: Fewer expected events say little of one owner.
_FEW = 1
_BY: dict[str, Text] = {"owner": gettext_lazy("CSM"), "team": gettext_lazy("Team")}


@dataclass(frozen=True)
class Owner:
    """A row: what came of an owner's or a team's accounts. ``accounts``: where they are listed. ``tone``: ``good`` or ``bad``
    beyond the outer limits, else empty.
    """

    name: str
    accounts: str
    size: str
    observed: str
    expected: str
    ratio: str
    believed: str
    interval: str
    better: str
    inherited: str
    remark: str
    tone: str


@dataclass(frozen=True)
class Fair:
    """``choices``: of what is compared, and whom. ``waits``: nothing was compared yet; ``refused``: why nothing can be, and
    ``fix``: what can be done. ``who``: what one of those compared is called; ``what`` and ``of``: what is counted, of what.
    ``own``: only one's own people are told of.
    """

    choices: tuple[Choice, ...]
    as_of: datetime | None = None
    waits: bool = False
    refused: str = ""
    fix: str = ""
    own: bool = False
    period: str = ""
    who: Text = ""
    what: str = ""
    of: str = ""
    verdicts: tuple[str, ...] = ()
    chart: FunnelPlot | None = None
    owners: tuple[Owner, ...] = ()
    basis: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()


@page(
    "fair-comparison/",
    roles=LEAD,
    title=gettext_lazy("Fair comparison"),
    nav=Nav(Section.TEAM, 20, "scale"),
    sensitive=True,
)
def fair_comparison(request: Request) -> Fair:
    """Is a comparison of our CSMs fair?"""
    sight = request.sight()
    metrics, narrow = sight.comparable(), sight.scope.narrow
    asked = request.GET.get("metric", metrics[0]), "owner" if narrow else request.GET.get("by", "owner")
    if asked[0] not in metrics or asked[1] not in _BY:
        raise Http404
    choices = _choices(metrics, asked, narrow=narrow)
    found = sight.compared(asked[0], by=asked[1])
    if found is None:
        return Fair(choices, waits=True)
    if found.found is None:
        return Fair(choices, found.as_of, refused=found.refused, fix=found.fix)
    of, currency = found.found, sight.settings().currency
    groups = sorted(of.groups, key=lambda one: (-one.size, one.name))
    return Fair(
        choices,
        as_of=found.as_of,
        own=narrow,
        who=_BY[asked[1]],
        what=of.what,
        of=of.of,
        period=_("%(first)s to %(last)s") % {
            "first": formats.day(of.period_start), "last": formats.day(of.period_end),
        },
        verdicts=tuple(_verdicts(of)),
        chart=_drawn(of, groups),
        owners=tuple(_owner(one, of, currency) for one in groups),
        basis=tuple(_basis(of)),
        limits=of.limits,
    )  # fmt: skip


def _choices(metrics: Sequence[str], asked: tuple[str, str], *, narrow: bool) -> tuple[Choice, ...]:
    """What can be compared, and who: through a narrow scope one's own people only."""
    by = () if narrow else (_choice("by", gettext_lazy("Of each"), _BY, asked[1]),)
    return (_choice("metric", gettext_lazy("What"), {name: titled(name) for name in metrics}, asked[0]), *by)


def _choice(name: str, label: Text, options: Mapping[str, Text], chosen: str) -> Choice:
    return Choice(name, label, tuple(Option(value, told, value == chosen) for value, told in options.items()))


def _verdicts(of: Comparison) -> list[str]:
    """Who differs, what is to be known of the comparison, and what it is worth."""
    beyond = [one.name for one in of.groups if one.remark != "not different"]
    said = _("None of them differs from what was to be expected of the accounts that were handed over.")
    if beyond:
        text = ngettext(
            "%(names)s lies beyond what chance makes of 95 in 100.", "%(names)s lie beyond what chance makes of 95 in 100.",
            len(beyond),
        )  # fmt: skip
        said = text % {"names": ", ".join(beyond)}
    if round(of.gain, 2) <= 0:  # the notes say so
        return [said, *of.notes]
    gain = _(
        "What was known at hand-over foretells %(gain)s better what comes of an account than the company's rate for all."
    )
    return [said, *of.notes, gain % {"gain": formats.percent(of.gain, 0)}]


def _basis(of: Comparison) -> list[str]:
    """What was expected from, and what was left out."""
    named = {"features": ", ".join(titled(name) for name in of.features)}
    said = [_("Expected from: %(features)s.") % named]
    if of.left_out:
        text = _("Left out, since it nearly says whose an account is: %(names)s.")
        said.append(text % {"names": ", ".join(titled(name) for name in of.left_out)})
    return said


def _drawn(of: Comparison, groups: Sequence[Compared]) -> FunnelPlot | None:
    """Each one's ratio of what came to what was expected, against as how many expected events that tells, with the limits of
    chance.
    """
    drawn = sorted((one for one in groups if one.ratio is not None and one.events), key=lambda one: one.events)
    if len(drawn) < 2:
        return None
    sizes = tuple(one.events for one in drawn)

    def limit(name: str, ends: Sequence[tuple[float | None, float | None]]) -> Limit:
        return Limit(name, sizes, tuple(low for low, _high in ends), tuple(high for _low, high in ends))

    points = tuple(Point(one.name, one.events, one.ratio or 0.0, _mark(one), small=one.events < _FEW) for one in drawn)
    rows = tuple((one.name, formats.number(one.events, 1), formats.number(one.ratio, 2), _remark(one)) for one in drawn)
    return FunnelPlot(
        says=" ".join(_verdicts(of)[:1]),
        table=Table((str(_BY[of.by]), _("Expected events"), _("Ratio"), _("Remark")), rows),
        scale=Scale("number", 1),
        points=points,
        limits=(
            limit(_("95 % limits"), [one.limits_95 for one in drawn]),
            limit(_("99.8 % limits"), [one.limits_998 for one in drawn]),
        ),
        mean=1.0,
        mean_name=_("As expected"),
        size_name=_("Expected events, or as much as they tell"),
    )


def _mark(one: Compared) -> Mark:
    marks: dict[str, Mark] = {
        "better, beyond 95 %": "noted", "worse, beyond 95 %": "noted", "better, beyond 99.8 %": "good",
        "worse, beyond 99.8 %": "bad",
    }  # fmt: skip
    return marks.get(one.remark, "")


def _remark(one: Compared) -> str:
    told = {
        "not different": _("not different"), "better, beyond 95 %": _("better, beyond 95 %"),
        "worse, beyond 95 %": _("worse, beyond 95 %"), "better, beyond 99.8 %": _("better, beyond 99.8 %"),
        "worse, beyond 99.8 %": _("worse, beyond 99.8 %"),
    }  # fmt: skip
    return told[one.remark]


def _owner(one: Compared, of: Comparison, currency: str) -> Owner:
    tone = _mark(one)
    amount = partial(formats.money, currency=currency) if of.unit == "money" else _counted
    ends = [formats.number(end, 2) if end is not None else "…" for end in (one.low, one.high)]
    return Owner(
        name=one.name,
        accounts=f"{reverse('accounts')}?{urlencode({of.by: one.id})}",
        size=formats.number(one.size, 0),
        observed=amount(one.observed),
        expected=amount(one.expected),
        ratio="" if one.ratio is None else formats.number(one.ratio, 2),
        believed=formats.number(one.shrunk, 2),
        interval=" – ".join(ends),
        better=formats.percent(one.better, 0),
        inherited="" if one.inherited_risk is None else f"{formats.number(one.inherited_risk, 2)} ×",
        remark=_remark(one),
        tone=tone if tone in ("good", "bad") else "",
    )


def _counted(value: Decimal) -> str:
    """A count, with a decimal where owners share accounts."""
    return formats.number(value, 0 if value == value.to_integral() else 1)
