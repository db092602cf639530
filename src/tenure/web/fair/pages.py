"""The page of the fair comparison: who differs from what was to be expected, drawn and in words, with what it cannot do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenure.core.titles import titled
from tenure.web.access.page import Request, page
from tenure.web.access.roles import Role
from tenure.web.kit import formats
from tenure.web.kit.charts import FunnelPlot, Limit, Mark, Point, Scale, Table
from tenure.web.kit.shell import Nav, Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tenure.engine.verbs.fairness import Compared, Comparison

#: Fewer expected losses say little of one owner.
_FEW = 1


@dataclass(frozen=True)
class Owner:
    """A row: what came of an owner's accounts. ``tone``: ``good`` or ``bad`` beyond the outer limits, else empty."""

    name: str
    months: str
    lost: str
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
    """``waits``: nothing was compared yet; ``refused``: why nothing can be, and ``fix``: what can be done."""

    as_of: datetime | None = None
    waits: bool = False
    refused: str = ""
    fix: str = ""
    period: str = ""
    verdicts: tuple[str, ...] = ()
    chart: FunnelPlot | None = None
    owners: tuple[Owner, ...] = ()
    basis: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()


@page(
    "fair-comparison/",
    roles=(Role.ADMINISTRATOR, Role.OPERATIONS, Role.EXECUTIVE),
    title=gettext_lazy("Fair comparison"),
    nav=Nav(Section.TEAM, 10, "scale"),
)
def fair_comparison(request: Request) -> Fair:
    """Is a comparison of our CSMs fair?"""
    found = request.sight().compared()
    if found is None:
        return Fair(waits=True)
    if found.found is None:
        return Fair(found.as_of, refused=found.refused, fix=found.fix)
    of = found.found
    groups = sorted(of.groups, key=lambda one: (-one.size, one.name))
    return Fair(
        as_of=found.as_of,
        period=_("%(first)s to %(last)s") % {
            "first": formats.day(of.period_start), "last": formats.day(of.period_end),
        },
        verdicts=tuple(_verdicts(of)),
        chart=_drawn(of, groups),
        owners=tuple(_owner(one) for one in groups),
        basis=tuple(_basis(of)),
        limits=of.limits,
    )  # fmt: skip


def _verdicts(of: Comparison) -> list[str]:
    """Who differs, what is to be known of the comparison, and what it is worth."""
    beyond = [one.name for one in of.groups if one.remark != "not different"]
    said = _("Nobody differs from what was to be expected of the accounts that were handed over.")
    if beyond:
        text = ngettext(
            "%(names)s lies beyond what chance makes of 95 in 100.", "%(names)s lie beyond what chance makes of 95 in 100.",
            len(beyond),
        )  # fmt: skip
        said = text % {"names": ", ".join(beyond)}
    gain = _("What was known at hand-over foretells %(gain)s better who is lost than the company's rate for all.")
    return [said, *of.notes, gain % {"gain": formats.percent(of.gain, 0)}]


def _basis(of: Comparison) -> list[str]:
    """What was expected from, and what was left out."""
    named = {"features": ", ".join(titled(name) for name in of.features)}
    said = [_("Expected from: %(features)s.") % named]
    if of.left_out:
        text = _("Left out, since it nearly names the owner: %(names)s.")
        said.append(text % {"names": ", ".join(titled(name) for name in of.left_out)})
    return said


def _drawn(of: Comparison, groups: Sequence[Compared]) -> FunnelPlot | None:
    """Each owner's ratio of lost to expected against what was expected, with the limits of chance."""
    drawn = sorted((one for one in groups if one.ratio is not None and one.expected), key=lambda one: one.expected)
    if len(drawn) < 2:
        return None
    sizes = tuple(float(one.expected) for one in drawn)

    def limit(name: str, ends: Sequence[tuple[float | None, float | None]]) -> Limit:
        return Limit(name, sizes, tuple(low for low, _high in ends), tuple(high for _low, high in ends))

    points = tuple(
        Point(one.name, float(one.expected), one.ratio or 0.0, _mark(one), small=float(one.expected) < _FEW)
        for one in drawn
    )
    rows = tuple(
        (one.name, formats.number(one.expected, 1), formats.number(one.ratio, 2), _remark(one)) for one in drawn
    )
    return FunnelPlot(
        says=" ".join(_verdicts(of)[:1]),
        table=Table((_("CSM"), _("Expected"), _("Lost / expected"), _("Remark")), rows),
        scale=Scale("number", 1),
        points=points,
        limits=(
            limit(_("95 % limits"), [one.limits_95 for one in drawn]),
            limit(_("99.8 % limits"), [one.limits_998 for one in drawn]),
        ),
        mean=1.0,
        mean_name=_("As expected"),
        size_name=_("Customers expected to be lost"),
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


def _owner(one: Compared) -> Owner:
    tone = _mark(one)
    ends = [formats.number(end, 2) if end is not None else "…" for end in (one.low, one.high)]
    return Owner(
        name=one.name,
        months=formats.number(one.size, 0),
        lost=formats.number(one.observed, 0),
        expected=formats.number(one.expected, 1),
        ratio="" if one.ratio is None else formats.number(one.ratio, 2),
        believed=formats.number(one.shrunk, 2),
        interval=" – ".join(ends),
        better=formats.percent(one.better, 0),
        inherited="" if one.inherited_risk is None else f"{formats.number(one.inherited_risk, 2)} ×",
        remark=_remark(one),
        tone=tone if tone in ("good", "bad") else "",
    )
