"""What a tile shows whoever looks: figures of the accounts that she may see, as a chart, a number or a table."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from tenure.core.errors import UsageError
from tenure.core.titles import titled
from tenure.web.dashboards import question as questions
from tenure.web.dashboards.models import Look, Tile
from tenure.web.kit import drawings, figure
from tenure.web.kit.charts import Table
from tenure.web.post.shown import Shown

if TYPE_CHECKING:
    from tenure.engine.result import Figure
    from tenure.web.dashboards.question import Question
    from tenure.web.kit.asking import Answers

#: Slices of one period that a table lists.
_MOST = 30


def tile(one: Tile, answers: Answers) -> Shown:
    """A tile as whoever asks sees it."""
    try:
        asked = questions.kept(one.question, answers)
        return shown(asked, answers, one.title)
    except UsageError as error:
        return Shown(one.title or _("Tile"), "", "", None, wrong=f"{error.message} {error.fix}".strip())


def shown(asked: Question, answers: Answers, title: str = "") -> Shown:
    """The answer to a question. Raises ``UsageError`` for what makes no sense."""
    found = questions.figures(asked, answers)
    currency, people = answers.settings.currency, asked.people(answers)
    note = _note(asked, found, people)
    frame: dict[str, Any] = {
        "title": title or asked.title(people), "note": note, "link": asked.link(), "as_of": found[-1].as_of if found else None,
    }  # fmt: skip
    if not found:
        return Shown(**frame, wrong=_("There are no figures for this yet."))
    if asked.look == Look.NUMBER:
        card = figure.card(title or asked.title(people), asked.entry, found, currency, asked.chosen.address())
        return Shown(**frame, card=card)
    chart = drawings.course(asked.entry, found, currency, people)
    if asked.look == Look.CHART and chart is not None:
        return Shown(**frame, chart=chart)
    return Shown(**frame, table=chart.table if chart else _table(asked, found, currency, people))


def _note(asked: Question, found: Sequence[Figure], people: dict[str, str]) -> str:
    parts = [figure.over(found[-1])] if found else []
    if asked.of[0]:
        parts.append(f"{titled(asked.of[0])}: {figure.named(*asked.of, people)}")
    return " · ".join(parts)


def _table(asked: Question, found: Sequence[Figure], currency: str, people: dict[str, str]) -> Table:
    """The figures of one period by slice, or of a few periods."""
    last = [each for each in found if each.period_end == found[-1].period_end]
    ranked = sorted(last, key=lambda each: (each.value is None, -abs(each.value or Decimal(0))))[:_MOST]
    rows = tuple(
        (_named(each, people), figure.told(each.value, each.unit, currency), figure.interval(each, currency) or "–")
        for each in (ranked if asked.chosen.by else found)
    )
    return Table((titled(asked.chosen.by) if asked.chosen.by else _("Period"), _("Value"), _("95 % interval")), rows)


def _named(each: Figure, people: dict[str, str]) -> str:
    if not each.slice:
        return figure.period(each.period_start, each.period_end)
    return ", ".join(figure.named(name, value, people) for name, value in each.slice.items())
