"""What was written down of moments, as charts mark it (``warehouse.tables.annotation``)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tenure.web.kit import formats
from tenure.web.kit.asking import Answers
from tenure.web.kit.charts import Flag

#: As many are read, the latest: a chart with more would be one of annotations.
_MOST = 500


@dataclass(frozen=True)
class Annotation:
    """What happened on a ``day``. ``metric``: on whose charts it stands; empty: on all. ``by``: who wrote it, as told."""

    id: str
    metric: str
    day: date
    text: str
    by: str
    at: datetime


def written(answers: Answers) -> tuple[Annotation, ...]:
    """All of them, the earliest day first."""
    found = answers.rows("annotation", order=("-day", "annotation_id"), limit=_MOST).rows
    return tuple(_annotation(row) for row in reversed(found))


def _annotation(row: Mapping[str, Any]) -> Annotation:
    return Annotation(row["annotation_id"], row["metric"] or "", row["day"], row["text"], row["by"], row["at"])


@dataclass(frozen=True)
class Marks:
    """What a reader's charts mark. ``names``: of who wrote; ``link``: where the reader changes one, empty where she may not."""

    found: tuple[Annotation, ...]
    names: Mapping[str, str]
    link: Callable[[Annotation], str]

    def on(self, metrics: Collection[str], periods: Sequence[tuple[date, date]]) -> tuple[Flag, ...]:
        """The flags of a chart of these metrics, whose categories are ``periods`` (ends exclusive)."""
        flags: list[Flag] = []
        for each in self.found:
            place = next((n for n, (start, end) in enumerate(periods) if start <= each.day < end), None)
            if place is not None and (not each.metric or each.metric in metrics):
                by = self.names.get(each.by, each.by)
                flags.append(Flag(place, len(flags) + 1, formats.day(each.day), each.text, by, self.link(each)))
        return tuple(flags)


NOTHING = Marks((), {}, lambda _each: "")
