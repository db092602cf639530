"""What a tile asks: a metric, by what, of which slice, over which periods, and how it is shown. An address holds all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import QueryDict

from tenure.core.errors import UsageError, unknown
from tenure.core.period import add_months
from tenure.core.titles import titled
from tenure.web.dashboards.models import Look
from tenure.web.kit import figure
from tenure.web.kit.asking import Answers
from tenure.web.kit.chosen import Chosen, chosen
from tenure.web.kit.people import names

if TYPE_CHECKING:
    from tenure.engine import Entry
    from tenure.engine.result import Figure

COUNTS = (1, 6, 12, 24, 36)
_DEFAULT_COUNT = 12
_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}


@dataclass(frozen=True)
class Question:
    """``count``: so many periods up to the last that is over; ``of``: dimension and value of the slice, empty for all."""

    entry: Entry
    chosen: Chosen
    count: int
    of: tuple[str, str]
    look: Look

    def text(self) -> str:
        """As it is kept, and as an address has it."""
        more = {"where": self.of[0], "value": self.of[1]} if self.of[0] else {}
        return urlencode(
            {"metric": self.entry.slug, **self.chosen.address(), "count": self.count, "look": self.look.value, **more}
        )

    def title(self, people: Mapping[str, str]) -> str:
        """What it is called where nobody called it otherwise; ``people``: names by id. A number is not by anything."""
        by = f" · {titled(self.chosen.by)}" if self.chosen.by and self.look != Look.NUMBER else ""
        return f"{titled(self.entry.slug)}{by}" + (f" · {figure.named(*self.of, people)}" if self.of[1] else "")

    def link(self) -> str:
        """The metric's page, asked the same as far as it can be."""
        return figure.page_of(self.entry.slug, self.chosen.address())

    def people(self, answers: Answers) -> dict[str, str]:
        """Names by id, where the answer has ids of people in it."""
        return dict(names.of(answers.sight)) if {self.chosen.by, self.of[0]} & set(figure.PEOPLE) else {}


def asked(parameters: QueryDict, answers: Answers) -> Question:
    """The question of an address. Raises ``UsageError`` for a metric that is not there."""
    entries = answers.sight.metrics()
    slug = parameters.get("metric", "")
    entry = entries.get(slug)
    if entry is None:
        raise unknown("metric", slug, entries, listing="Choose another.")
    count = parameters.get("count", "")
    look = parameters.get("look", "")
    of = (parameters.get("where", ""), parameters.get("value", ""))
    return Question(
        entry, chosen(parameters, entry), int(count) if count in map(str, COUNTS) else _DEFAULT_COUNT,
        of if all(of) else ("", ""), Look(look) if look in Look.values else Look.CHART,
    )  # fmt: skip


def kept(text: str, answers: Answers) -> Question:
    """A question as it was kept. Raises as ``asked``."""
    return asked(QueryDict(text), answers)


def figures(question: Question, answers: Answers) -> list[Figure]:
    """The answer, in the scope of who asks. Raises ``UsageError`` for what makes no sense."""
    arguments = question.chosen.arguments()
    if question.of[0]:
        arguments["where"] = (question.of,)
    if question.look == Look.NUMBER and "by" in arguments:
        del arguments["by"]
    if question.count != _DEFAULT_COUNT:
        arguments |= _periods(question, answers, arguments)
    return list(answers.ask(question.entry.slug, **arguments))


def _periods(question: Question, answers: Answers, arguments: dict[str, Any]) -> dict[str, str]:
    """The last so many periods that are over. Those of a number go back for its course, which is drawn below it."""
    whole = {name: value for name, value in arguments.items() if name not in ("by", "where", "compare")}
    found = list(answers.ask(question.entry.slug, **whole))
    if not found:
        raise UsageError(
            "There are no figures of that kind yet.", code="no_figures", fix="Choose another window or period."
        )
    last = found[-1].period_start
    back = question.count - 1 if question.look != Look.NUMBER or question.count > 1 else _DEFAULT_COUNT - 1
    return {"start": _earlier(last, question.chosen.grain, back).isoformat(), "end": last.isoformat()}


def _earlier(start: date, grain: str, times: int) -> date:
    return start - timedelta(weeks=times) if grain == "week" else add_months(start, -times * _MONTHS.get(grain, 1))


def values(question: Question, answers: Answers, dimension: str) -> tuple[str, ...]:
    """The slices that a dimension has in the scope of who asks, to choose from."""
    if not dimension:
        return ()
    arguments = {"grain": question.chosen.grain, "window": question.chosen.window, "by": (dimension,)}
    found = list(answers.ask(question.entry.slug, **arguments))
    told = {each.slice.get(dimension) for each in found if each.period_end == found[-1].period_end}
    return tuple(sorted(str(value) for value in told if value not in (None, "")))
