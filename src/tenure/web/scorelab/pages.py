"""The score lab's page: every score held against who left, with what keeps that honest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.titles import titled
from tenure.web.access import log
from tenure.web.access.page import POST, Request, page, show
from tenure.web.access.roles import LEAD, OPERATE
from tenure.web.kit import formats
from tenure.web.kit.charts import Chart
from tenure.web.kit.shell import Nav, Section
from tenure.web.post import round as rounds
from tenure.web.scorelab import drawings, trying
from tenure.web.scorelab.trying import Weights

if TYPE_CHECKING:
    from tenure.engine.verbs.backtest import Measure, ScoreTested, Tested

#: As many of what the risk goes by are shown.
_MOST = 8
_MUCH_DRIFT = 0.25


@dataclass(frozen=True)
class Tried:
    """A row of the table of scores. ``tone``: ``good`` where it certainly tells, else empty."""

    name: str
    auc: str
    interval: str
    lift: str
    brier: str
    warned: str
    lead: str
    missed: str
    drift: str
    drifts: bool
    tells: bool


@dataclass(frozen=True)
class Weight:
    """A component of the health score: its weight, and what was learned."""

    name: str
    weight: str
    learned: str


@dataclass(frozen=True)
class Factor:
    """What the risk goes by: ``width``, in percent of the widest; ``worse``: which of its values mean more risk."""

    name: str
    width: int
    worse: str


@dataclass(frozen=True)
class ScoreLab:
    """``waits``: nothing was tested yet; ``refused``: why nothing can be, and ``fix``: what can be done. ``round``: when scores were
    made, for who can have them made.
    """

    as_of: datetime | None = None
    waits: bool = False
    refused: str = ""
    fix: str = ""
    verdicts: tuple[str, ...] = ()
    horizon: int = 0
    rows: tuple[Tried, ...] = ()
    base: Tried | None = None
    calibration: Chart | None = None
    bands: Chart | None = None
    factors: tuple[Factor, ...] = ()
    weights: tuple[Weight, ...] = ()
    gain: str = ""
    basis: str = ""
    notes: tuple[str, ...] = ()
    round: rounds.Round | None = None


@page(
    "score-lab/",
    roles=LEAD,
    title=gettext_lazy("Score lab"),
    nav=Nav(Section.NUMBERS, 30, "flask-conical"),
)
def score_lab(request: Request) -> ScoreLab:
    """Do our scores tell who leaves?"""
    found = request.sight().tested()
    seen = rounds.standing(request.sight()) if not request.user.roles.isdisjoint(OPERATE) else None
    if found is None:
        return ScoreLab(waits=True, round=seen)
    if found.found is None:
        return ScoreLab(found.as_of, refused=found.refused, fix=found.fix, round=seen)
    tested = found.found
    scores = {score.name: score for score in tested.scores}
    return ScoreLab(
        as_of=tested.as_of,
        verdicts=tuple(_verdicts(scores)),
        horizon=tested.horizon,
        rows=tuple(_tried(score) for score in tested.scores),
        base=_base(tested),
        calibration=drawings.calibration(scores["risk"]),
        bands=drawings.bands(tested),
        factors=tuple(_factors(scores["risk"])),
        weights=tuple(
            Weight(titled(one.component), formats.number(one.weight, 0), formats.number(one.suggested, 0))
            for one in tested.suggestions
        ),
        gain=_gain(tested, scores.get("health")),
        basis=_basis(tested),
        notes=tested.notes,
        round=seen,
    )


@page("score-lab/weights/", roles=LEAD, title=gettext_lazy("Weights of the health score"))
def weights(request: Request) -> Weights | HttpResponse:
    """What other weights and bands would change; nothing is changed here."""
    may_save = not request.user.roles.isdisjoint(OPERATE)
    content = trying.weights(request.sight(), request.GET.dict(), may_save=may_save)
    return show(request, content, template="scorelab/preview.html") if request.htmx else content


@page("score-lab/weights/save/", roles=OPERATE, title=gettext_lazy("Weights of the health score"), methods=POST)
def save_weights(request: Request) -> HttpResponse:
    """Put other weights in force, if whoever does it has said to have looked at what changes."""
    given = request.POST.dict()
    sight = request.sight()
    if given.get("seen") != "yes":
        content = trying.weights(sight, given, may_save=True)
        messages.error(request, _("Nothing was saved: say that you have looked at what changes."))
        return show(request, content, status=422, template="scorelab/weights.html")
    saved = sight.save_model(trying.text_of(sight, given), by=log.sender(request.user.pk), over=given.get("over", ""))
    messages.success(
        request,
        _("The weights are in force as version %(version)s. Tonight scores are made by them; with Score now, at once.")
        % {"version": saved.version[:6]},
    )
    return HttpResponseRedirect(reverse("score_lab"))


def _verdicts(scores: dict[str, ScoreTested]) -> list[str]:
    """A sentence for each of our scores, and one on what they add to the contract's facts."""
    said = []
    for name in ("health", "risk"):
        if name in scores:
            works = (scores[name].auc.low or 0) > 1 / 2
            text = (
                _("%(name)s tells who leaves: AUC %(auc)s.")
                if works
                else _("%(name)s cannot be shown to tell who leaves: AUC %(auc)s.")
            )
            said.append(text % {"name": _named(name), "auc": _told(scores[name].auc)})
    contract = scores["contract"].auc.value or 0
    beyond = contract < (scores["risk"].auc.low or 0)
    text = (
        _("Churn risk tells more than the contract alone (%(auc)s).")
        if beyond
        else _("That churn risk tells more than the contract alone (%(auc)s) cannot be shown.")
    )
    return [*said, text % {"auc": formats.number(contract, 2)}]


def _tried(score: ScoreTested) -> Tried:
    warned = score.warned
    drift = score.drift
    return Tried(
        name=_named(score.name),
        auc=formats.number(score.auc.value, 2),
        interval=_ends(score.auc),
        lift=f"{formats.number(score.lift.value, 1)} ×",
        brier=formats.number(score.brier.value, 4),
        warned=_("%(warned)s of %(left)s") % {"warned": warned.warned, "left": warned.left},
        lead="" if warned.lead is None else formats.number(warned.lead, 0),
        missed="" if warned.missed is None else formats.percent(warned.missed, 0),
        drift="" if drift is None else formats.number(drift, 2),
        drifts=drift is not None and drift > _MUCH_DRIFT,
        tells=(score.auc.low or 0) > 1 / 2,
    )


def _base(tested: Tested) -> Tried:
    """The row of who knows the base rate only."""
    half, one = formats.number(0.5, 2), f"{formats.number(1, 1)} ×"
    return Tried(_("Base rate only"), half, "", one, formats.number(tested.brier, 4), "", "", "", "", False, False)


def _factors(score: ScoreTested) -> list[Factor]:
    columns = score.columns[:_MOST]
    worse = {"low": _("low is worse"), "high": _("high is worse")}
    return [
        Factor(
            titled(one.name), round(100 * one.weight / columns[0].weight),
            worse.get(one.worse, _("%(label)s is worse") % {"label": one.worse}) if one.worse else "",
        )
        for one in columns
    ]  # fmt: skip


def _gain(tested: Tested, health: ScoreTested | None) -> str:
    if tested.reweighted is None or health is None:
        return ""
    better = (tested.reweighted.value or 0) > (health.auc.value or 0)
    text = (
        _("With the weights as learned the AUC is %(new)s in place of %(old)s. Nothing is changed by itself.")
        if better
        else _("With the weights as learned the AUC is %(new)s in place of %(old)s: they would have gained nothing.")
    )
    return text % {"new": _told(tested.reweighted), "old": _told(health.auc)}


def _basis(tested: Tested) -> str:
    return _(
        "%(months)s months from %(first)s to %(last)s. %(rows)s rows from %(until)s on were told, with %(left)s who left, "
        "by what %(taught)s earlier ones taught."
    ) % {
        "months": tested.months, "first": formats.day(tested.first), "last": formats.day(tested.last),
        "rows": formats.number(tested.rows), "until": formats.day(tested.learned_until), "left": tested.leavers[1],
        "taught": tested.leavers[0],
    }  # fmt: skip


def _named(score: str) -> str:
    names = {"risk": _("Churn risk"), "health": _("Health score"), "contract": _("Contract only")}
    return names.get(score, score)


def _told(measure: Measure) -> str:
    ends = _ends(measure)
    return formats.number(measure.value, 2) + (f" ({ends})" if ends else "")


def _ends(measure: Measure) -> str:
    if measure.low is None or measure.high is None:
        return ""
    return f"{formats.number(measure.low, 2)} – {formats.number(measure.high, 2)}"
