"""The page Data: whether what the figures stand on is there, fresh, and whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access.page import Request, page
from tenure.web.access.roles import OPERATE
from tenure.web.data import drawing, kept
from tenure.web.data.bring import bring_files, brought
from tenure.web.data.columns import brought_columns, brought_map
from tenure.web.data.dropped import Dropped, dropped
from tenure.web.kit import formats
from tenure.web.kit.choice import Choice, Option
from tenure.web.kit.shell import Nav, Section
from tenure.web.post import round as rounds

if TYPE_CHECKING:
    from tenure.engine.verbs.flow import Flowed, Supply
    from tenure.web.kit.charts import Chart

__all__ = ["bring_files", "brought", "brought_columns", "brought_map", "data"]

#: Hours back that can be chosen, and their names.
_SPANS = {"24": gettext_lazy("a day"), "168": gettext_lazy("a week"), "720": gettext_lazy("30 days")}
#: A source is late from this many times its usual gap on, as the check of freshness has it.
_LATE = 3
#: Tables of a source that are named.
_SHOWN = 5


@dataclass(frozen=True)
class Count:
    """A number with its name, and what it means."""

    name: str
    value: str
    meaning: str
    bad: bool = False


@dataclass(frozen=True)
class Source:
    """A source: what it brings, when it last did, how far its data reaches (``upto``), its usual gap; ``late``: for how long not."""

    name: str
    tables: str
    last: datetime
    ago: str
    upto: str
    usual: str
    late: bool
    loads: str
    read: str
    rejected: str


@dataclass(frozen=True)
class Data:
    """``flow``: None where nothing came during the span. ``empty``: nothing ever came. ``round``: when scores were made of it."""

    as_of: datetime
    span: str
    spans: Choice
    counts: tuple[Count, ...]
    flow: Chart | None
    sources: tuple[Source, ...]
    waiting: bool
    empty: bool
    dropped: tuple[Dropped, ...]
    round: rounds.Round


@page(
    "data/",
    roles=OPERATE,
    title=gettext_lazy("Data"),
    nav=Nav(Section.DATA, 10, "database"),
)
def data(request: Request) -> Data:
    """Is the data that the figures stand on there, fresh and whole?"""
    kept.sweep()
    asked = request.GET.get("hours", "")
    hours = asked if asked in _SPANS else next(iter(_SPANS))
    found = request.sight().flow(hours=int(hours))
    return Data(
        as_of=found.now,
        span=str(_SPANS[hours]),
        spans=Choice(
            "hours", _("During"), tuple(Option(value, name, value == hours) for value, name in _SPANS.items())
        ),
        counts=_counts(found),
        flow=drawing.drawn(found.streams),
        sources=tuple(_source(supply, found.now) for supply in found.supplies),
        waiting=found.waiting,
        empty=not found.supplies,
        dropped=dropped(request.sight().home),
        round=rounds.standing(request.sight()),
    )


def _counts(found: Flowed) -> tuple[Count, ...]:
    read = sum(stream.read for stream in found.streams)
    parts = {name: sum(dict(drawing.fates(stream))[name] for stream in found.streams) for name in (
        _("New"), _("Changed"), _("Known already"), _("Refused"),
    )}  # fmt: skip
    meanings = (
        _("rows of things not known before"), _("rows that tell something else of what was known"),
        _("rows that were there, counted once"), _("rows that wait, each with its reason"),
    )  # fmt: skip
    return (
        Count(_("Received"), formats.number(read), _("the sum of the four beside it, always")),
        *(
            Count(name, formats.number(count), meaning, bad=name == _("Refused") and count > 0)
            for (name, count), meaning in zip(parts.items(), meanings, strict=True)
        ),
    )


def _told(tables: tuple[str, ...]) -> str:
    shown = ", ".join(tables[:_SHOWN])
    more = len(tables) - _SHOWN
    return shown if more <= 0 else _("%(tables)s and %(count)s more") % {"tables": shown, "count": formats.number(more)}


def _source(supply: Supply, now: datetime) -> Source:
    gap = timedelta(days=supply.usual) if supply.usual is not None else None
    return Source(
        name=supply.source,
        tables=_told(supply.tables),
        last=supply.last,
        ago=formats.since(supply.last, now),
        upto=formats.since(supply.upto, now) if supply.upto else formats.UNKNOWN,
        usual=_("every %(days)s") % {"days": formats.lasting(supply.usual, "days")}
        if supply.usual is not None
        else formats.UNKNOWN,
        late=gap is not None and now - supply.last > _LATE * gap,
        loads=formats.number(supply.loads),
        read=formats.number(supply.read),
        rejected=formats.number(supply.rejected),
    )
