"""Why a figure changed, asked for: both periods, whole and sliced, put to whoever answers questions of figures."""

from __future__ import annotations

from collections.abc import Callable
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

__all__ = ["Against", "Decomposition", "Slice", "Why", "decompose"]


def decompose(ask: Callable[..., Result], asked: Asked, settings: Settings, now: datetime) -> Decomposition:
    """The change of a figure in the last of the periods that ``asked`` spans, split by its one dimension.

    ``ask``: ``Sight.show``, or what stands for it. Raises ``UsageError`` as that does, and for several dimensions.
    """
    if len(asked.by) != 1:
        raise UsageError("A change is split by one dimension.", code="one_dimension", fix="Name one: --by segment")
    request = resolved(asked, settings, now)
    pair = request.spans[-1]

    def cut(start: str) -> Cut:
        same = asdict(asked) | {"start": start, "end": start}
        del same["metric"]
        return Cut(ask(asked.metric, **same | {"by": ()}), ask(asked.metric, **same))

    before = cut(compared_with(request, pair, settings).isoformat())
    return of_figures(request.entry.kind, asked.by[0], before, cut(pair[0].period.start.isoformat()))
