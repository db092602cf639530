"""Results: the figures of the accounts of the person's book, with what changed and whether that can be told from chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from tenure.core.period import Grain, last_complete
from tenure.core.titles import titled
from tenure.web.evaluation.agenda import Cell, Section
from tenure.web.evaluation.models import Kind
from tenure.web.kit import figure, formats

if TYPE_CHECKING:
    from tenure.engine.result import Figure
    from tenure.web.evaluation.agenda import About
    from tenure.web.kit.scores import Tone

RANK, KINDS = 10, frozenset(Kind)
#: The metrics and what else is asked.
ASKED: dict[str, dict[str, Any]] = {
    "net_revenue_retention": {}, "gross_revenue_retention": {}, "touchpoint_coverage": {}, "response_time": {"variant": ("csm",)},
    "net_promoter_score": {},
}  # fmt: skip


def section(about: About) -> Section:
    """The last month that is over, of an evaluation the last quarter, against the one before."""
    grain = "quarter" if about.review.kind == Kind.EVALUATION else "month"
    at = last_complete(Grain(grain), 1, about.today, about.answers.settings.fiscal_year_start)[0].label
    rows = []
    for slug, more in ASKED.items():
        found = about.answers.ask(slug, start=at, end=at, grain=grain, **more)
        if len(found) and found[-1].value is not None:
            rows.append(_row(found[-1], about, {"grain": grain}))
    return Section(
        _("Results"),
        (_("Metric"), _("Value"), _("Change"), _("Of how many")),
        tuple(rows),
        _("No figure can be given of this book: nothing was loaded that they are made of."),
        _("They are of all accounts of the book as it was then, not adjusted for what was handed over. A change that chance may"
          " have made is no change."),
    )  # fmt: skip


def _row(each: Figure, about: About, asked: dict[str, str]) -> tuple[Cell, ...]:
    currency = about.answers.settings.currency
    rests = figure.note(each) if each.status != "ok" else ""
    between = figure.interval(each, currency)
    change = figure.change(each, currency)
    return (
        Cell(titled(each.metric), figure.over(each), figure.page_of(each.metric, asked)),
        Cell(figure.told(each.value, each.unit, currency), " · ".join(filter(None, (between, rests))), numeric=True),
        Cell(change or "–", _told(each, bool(change)), tone=_tone(each, about), numeric=True),
        Cell(formats.number(each.n), numeric=True),
    )


def _told(each: Figure, changed: bool) -> str:
    """Whether a change can be told from chance."""
    different = each.extra.get("different")
    if not changed:
        return _("nothing to compare with")
    if different is None:
        return _("no interval: it is not known whether chance made it")
    return _("more than chance makes of it") if different else _("cannot be told from chance")


def _tone(each: Figure, about: About) -> Tone:
    """What a change means, where it can be told from chance."""
    change, better = each.extra.get("change"), about.answers.sight.metrics()[each.metric].better
    if not each.extra.get("different") or not change or not better:
        return ""
    return "good" if (change > 0) == (better == "more") else "bad"
