"""Several questions about the rows of one metric: the rows are narrowed and laid once, and each answer is added up from them.

What takes long of a question is to find its rows, of whoever's they are; what is made of them takes next to nothing. So
all that is asked of somebody's accounts (in all, by tier, by segment) is asked of the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from tenure.figures import kept
from tenure.figures.answer import answer, filtered
from tenure.figures.question import LAID
from tenure.figures.request import by_months, months_within, with_compared

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenure.core.config import Settings
    from tenure.figures.compiledform import Plan
    from tenure.figures.figure import Figure
    from tenure.figures.reader import Reader
    from tenure.figures.request import Request


def as_laid(request: Request, dimensions: tuple[str, ...]) -> Request:
    """The request, to be answered from rows that are laid with its own and further dimensions."""
    question = request.question
    names = tuple(dict.fromkeys((*question.by, *question.where, *dimensions)))
    return replace(request, question=replace(question, laid=names))


def can_be_laid(request: Request, plan: Plan) -> bool:
    """Whether it is about all accounts and made of rows: no product, no model, and no sum, of which some have other rows by slice."""
    return plan.kind in ("ratio", "cases") and not plan.model and not request.scope.narrow


@contextmanager
def together(
    request: Request, plan: Plan, reader: Reader, settings: Settings, held: Mapping[str, str]
) -> Iterator[Callable[[Request], list[Figure]]]:
    """Lay the rows of a request (``as_laid``, with its plan), for requests that differ by no more than those they are shown by.

    Where people answer, nobody may be told from what is left out: of these the rows of all are laid.
    """
    names, spans = request.question.laid, with_compared(request, settings)
    base = replace(request.question, by=names, where=(), laid=())
    if by_months(request):
        base, spans = replace(base, grain="month", window="period"), months_within(spans, settings, request.moment.now)
    how = kept.detail(base, reader.ground, settings, "laid")
    sql = filtered(how.sql, replace(request, filters={}) if plan.respondents else request, spans)
    reader.prepare(how.facts, sql, spans, request.moment)
    reader.run(f"CREATE OR REPLACE TEMP TABLE {LAID} AS {sql}")
    try:
        yield lambda other: answer(replace(other, question=replace(other.question, laid=names)), reader, settings, held)
    finally:
        reader.run(f"DROP TABLE IF EXISTS {LAID}")
