"""Objectives: how those of the person stand (in a team meeting: those of the team), and what was changed and said of them since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from tenure.web.evaluation.agenda import Cell, Section
from tenure.web.evaluation.models import Kind
from tenure.web.kit import aims, formats
from tenure.web.kit.people import names
from tenure.web.kit.reading import local_date

if TYPE_CHECKING:
    from tenure.engine.objectives.standing import Standing
    from tenure.engine.objectives.told import Objective
    from tenure.web.evaluation.agenda import About
    from tenure.web.kit.scores import Tone

RANK, KINDS = 25, frozenset(Kind)
_MOST = 20
_TONES: dict[str, Tone] = {"good": "good", "warn": "warn", "bad": "bad"}


def section(about: About) -> Section:
    """Those that run or have ended since the last review, and those that were given up since."""
    title = _("Objectives of the team") if about.review.kind == Kind.TEAM else _("Objectives")
    chosen = _chosen(about)
    found = {one.objective.id: one for one in about.answers.objectives("all", ids=chosen).found} if chosen else {}
    teller = aims.Teller(about.answers.settings.currency, about.sight.metrics(), names.of(about.sight))
    return Section(
        title,
        (_("Objective"), _("Now"), _("Expected at the end"), _("Status"), _("Since the last review")),
        tuple(_row(found[one], about, teller) for one in chosen if one in found),
        _("No objective runs, and none has ended since %(day)s.") % {"day": formats.day(about.since)},
        _("The status follows from the interval of what is expected at the end, not from what was said. Beside it: what was changed since"
          " %(day)s, and the last check-in.") % {"day": formats.day(about.since)},
    )  # fmt: skip


def _chosen(about: About) -> tuple[str, ...]:
    """The ids, in the order of their windows."""
    told = [
        one.objective
        for which in ("all", "dropped")
        for one in about.answers.objectives(which, figures=False).found
    ]  # fmt: skip
    return tuple(one.id for one in told if _is_of(one, about) and _counts(one, about))[:_MOST]


def _is_of(one: Objective, about: About) -> bool:
    """Whether it is the person's, or one of a team that she answers for; in a team meeting, of a team that somebody of the line answers for."""
    if about.review.kind == Kind.TEAM:
        return one.level == "team" and one.csm_id in about.owners
    return one.level in ("person", "team") and one.csm_id == about.person.csm_id != ""


def _counts(one: Objective, about: About) -> bool:
    if one.dropped_at is not None:
        return local_date(one.dropped_at) >= about.since
    return one.opens <= about.today and one.closes > about.since


def _row(one: Standing, about: About, teller: aims.Teller) -> tuple[Cell, ...]:
    told, forecast, found = one.objective, one.forecast, one.measured.figure if one.measured else None
    pill = aims.status(one)
    value = teller.value(told, found.value) if found else formats.UNKNOWN
    by_now = _("by now %(value)s") % {"value": teller.value(told, one.expected)} if one.expected is not None else ""
    ahead = forecast if forecast is not None and forecast.how != "final" else None
    return (
        Cell(told.name, f"{teller.target(told, one.goal)} · {aims.window(told)}", reverse("objective_page", args=[told.id])),
        Cell(value, by_now, numeric=True),
        Cell(
            teller.value(told, ahead.value) if ahead else formats.UNKNOWN,
            teller.interval(told, ahead.low, ahead.high) if ahead else "", numeric=True,
        ),
        Cell(str(pill.word), tone=_TONES.get(pill.tone, "")),
        Cell("; ".join(_since(told, about, teller)) or _("nothing changed"), _said(told)),
    )  # fmt: skip


def _said(told: Objective) -> str:
    """The last check-in."""
    if not told.check_ins:
        return ""
    last = told.check_ins[-1]
    given = {"sure": formats.percent(last.confidence, 0), "day": formats.day(local_date(last.at)), "text": last.text}
    return (_("%(sure)s sure on %(day)s: %(text)s") if last.text else _("%(sure)s sure on %(day)s")) % given


def _since(told: Objective, about: About, teller: aims.Teller) -> list[str]:
    """What was changed and said since the last review."""
    said = [
        _("%(what)s: %(before)s → %(after)s") % {
            "what": aims.CHANGED[each.what], "before": teller.changed(told, each.what, each.before),
            "after": teller.changed(told, each.what, each.after),
        }
        for each in told.changes if local_date(each.at) >= about.since
    ]  # fmt: skip
    if not told.changes and local_date(told.at) >= about.since:
        said.append(_("set on %(day)s") % {"day": formats.day(local_date(told.at))})
    inside = [one for one in told.check_ins if local_date(one.at) >= about.since]
    before = [one for one in told.check_ins if local_date(one.at) < about.since]
    if inside and before and inside[-1].confidence != before[-1].confidence:
        ends = {"before": formats.percent(before[-1].confidence, 0), "after": formats.percent(inside[-1].confidence, 0)}
        said.append(_("how sure: %(before)s → %(after)s") % ends)
    return said
