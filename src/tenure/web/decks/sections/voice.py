"""What people of the customer's said in surveys: how they answered, and the words that the author chose.

An answer that was given without a name, or about one of our people, is not shown at all; of the others never who gave it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.web.decks.slides import Quote, Slide, Stat
from tenure.web.kit import formats
from tenure.web.kit.charts import Bars, Scale, Series, Table

if TYPE_CHECKING:
    from tenure.web.decks.gathered import Gathered

#: What scores are of: the survey, the lowest score and the highest.
_Survey = tuple[str, Decimal, Decimal]
#: As many surveys have a figure, and as many scores a drawing.
_MOST, _STEPS = 4, 10
#: Of fewer answers nothing is drawn.
_FEW = 5


def voice(of: Gathered) -> list[Slide]:
    """Scores by survey, and words."""
    rows = shown(of)
    if not rows:
        return []
    scored: dict[_Survey, list[Decimal]] = {}
    for row in rows:
        if row["score"] is not None:
            scored.setdefault((row["survey"], row["scale_min"], row["scale_max"]), []).append(row["score"])
    most = sorted(scored, key=lambda survey: (-len(scored[survey]), survey))
    stats = tuple(_average(survey, scored[survey]) for survey in most[:_MOST])
    chart = _by_score(most[0], scored[most[0]]) if most else None
    heading = _("%(survey)s, answers by score") % {"survey": _called(most[0][0])} if most else ""
    quotes = tuple(
        Quote(" ".join(row["text"].split()), said_of(row))
        for row in rows if row["text"] and row["answer_id"] in of.asked.quoted
    )  # fmt: skip
    title = ngettext(
        "%(count)s answer to our surveys", "%(count)s answers to our surveys", len(rows)
    ) % {"count": formats.number(len(rows))}  # fmt: skip
    return [Slide(title, _("Answers given in the period"), stats, chart, heading, quotes=quotes)]


def shown(of: Gathered) -> list[dict[str, Any]]:
    """The answers of the period that may be shown to the customer."""
    return [
        row for row in of.rows.get("survey_answer", ())
        if not (row["is_anonymous"] or row["csm_id"] or row["agent_id"])
    ]  # fmt: skip


def said_of(row: Mapping[str, Any]) -> str:
    """``NPS, 9 of 10, 3 Sep 2026``."""
    scored = "" if row["score"] is None else _("%(score)s of %(most)s") % {
        "score": formats.number(row["score"]), "most": formats.number(row["scale_max"]),
    }  # fmt: skip
    return ", ".join(filter(None, (_called(row["survey"]), scored, formats.day(row["answered_at"]))))


def _called(survey: str) -> str:
    return survey.upper() if len(survey) < 5 else survey[:1].upper() + survey[1:].replace("_", " ")


def _average(of: _Survey, scores: Sequence[Decimal]) -> Stat:
    survey, low, high = of
    counted = ngettext("%(count)s answer, %(low)s to %(high)s", "%(count)s answers, %(low)s to %(high)s", len(scores)) % {
        "count": formats.number(len(scores)), "low": formats.number(low), "high": formats.number(high),
    }  # fmt: skip
    average = formats.number(sum(scores, Decimal(0)) / len(scores), 1)
    return Stat(average, _("%(survey)s, on average") % {"survey": _called(survey)}, counted)


def _by_score(of: _Survey, scores: Sequence[Decimal]) -> Bars | None:
    """How often each score was given; none of scales with too many, nor of few answers."""
    low, high = int(of[1]), int(of[2])
    if len(scores) < _FEW or high - low > _STEPS or any(score % 1 for score in scores):
        return None
    steps = [Decimal(step) for step in range(low, high + 1)]
    counts = [list(scores).count(step) for step in steps]
    names = tuple(formats.number(step) for step in steps)
    rows = tuple((name, formats.number(count)) for name, count in zip(names, counts, strict=True))
    says = _("Answers by score: %(told)s.") % {"told": ", ".join(_("%(count)s gave %(score)s") % {"count": count, "score": name}
                                                                for name, count in rows if count != "0")}  # fmt: skip
    series = Series(_("Answers"), tuple(map(float, counts)))
    return Bars(says, Table((_("Score"), _("Answers")), rows), Scale("number"), names, (series,))
