"""Why a figure changed, asked for: both periods, whole and sliced, put to whoever answers questions of figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.engine.result import Result
from tenure.figures.decompose import Against, Cut, Decomposition, Slice, Why
from tenure.figures.decompose import decompose as of_figures
from tenure.figures.request import Asked, compared_with, resolved

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.core.period import Period
    from tenure.figures.figure import Figure

__all__ = ["Against", "Decomposition", "Slice", "Why", "decompose"]


def decompose(
    ask: Callable[..., Result], asked: Asked, settings: Settings, now: datetime, known: Iterable[Figure] = ()
) -> Decomposition:
    """The change of a figure in the last of the periods that ``asked`` spans, split by its one dimension.

    ``ask``: ``Sight.show``, or what stands for it. ``known``: answers to ``asked`` that need not be asked for again. Raises
    ``UsageError`` as ``show`` does, and for several dimensions.
    """
    if len(asked.by) != 1:
        raise UsageError("A change is split by one dimension.", code="one_dimension", fix="Name one: --by segment")
    request = resolved(asked, settings, now)

    def cut(period: Period) -> Cut:
        start = period.start.isoformat()
        same = asdict(asked) | {"start": start, "end": start}
        del same["metric"]
        slices = [figure for figure in known if figure.period_start == period.start]
        return Cut(period, ask(asked.metric, **same | {"by": ()}), slices or ask(asked.metric, **same))

    pair = request.spans[-1]
    return of_figures(request, cut(compared_with(request, pair, settings)), cut(pair[0].period))
