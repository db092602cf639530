"""Closed periods: figures frozen as they were reported, and given again as they were.

A close is a record of the inbox whose payload names a file of the archive: the figures, as JSON. Rebuilding the
warehouse therefore keeps it, and what was reported can be compared byte for byte with what would be reported.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from tenure.core.config import in_force, settings_hash
from tenure.core.errors import DataError, UsageError
from tenure.figures import kept
from tenure.figures.figure import Figure, asked_as
from tenure.figures.request import Asked, Request, resolved
from tenure.figures.scope import EVERYTHING, Scope
from tenure.warehouse import archive

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.core.period import Period
    from tenure.engine.desk import Desk
    from tenure.warehouse.inbox import Inbox, Record

KIND = "close"
SOURCE = "tenure"
#: The slices that every close freezes, besides the total and what is pinned.
SLICES = ("segment", "team", "owner")
#: Why a figure comes out otherwise although neither settings nor definition has changed.
UNEXPLAINED = "unexplained"
#: The code by which figures are worked out.
_WORKS_OUT = ("core", "warehouse", "metrics", "figures")


class Frozen(msgspec.Struct, frozen=True):
    """The content of a close: what it stood on, and the figures.

    ``now``: its moment. ``last_batch``: of what was known. ``settings``: their hash; ``in_force``: what they said.
    ``definitions``: by metric, the hash of what it meant.
    """

    period: str
    grain: str
    now: datetime
    last_batch: int
    settings: str
    definitions: dict[str, str]
    figures: list[Figure]
    in_force: dict[str, Any] = {}

    def causes(self, slug: str, settings: Settings) -> tuple[str, ...]:
        """What a metric's figures stand on besides rows and has changed since: ``settings``, ``definition``."""
        changed = {
            "settings": self.settings != settings_hash(settings),
            "definition": self.definitions.get(slug) != definitions(settings).get(slug),
        }
        return tuple(cause for cause, has in changed.items() if has)

    def changed_settings(self, settings: Settings) -> list[str]:
        """The settings that say something else now, each with both values."""
        now = in_force(settings)
        names = sorted({*self.in_force, *now}) if self.in_force else []
        told = {name: (_setting(self.in_force.get(name)), _setting(now.get(name))) for name in names}
        return [f"{name}: {then} then, {is_now} now" for name, (then, is_now) in told.items() if then != is_now]


def _setting(value: Any) -> str:
    return "not set" if value is None else json.dumps(value, ensure_ascii=False)


def definitions(settings: Settings) -> dict[str, str]:
    """By metric, a hash of what it means: its definition (of one of the workspace's own: its file), and the code by which
    figures are worked out.
    """
    own = {each.name: each.text for each in settings.own}
    told = {
        slug: f"{entry.definition}\n{own.get(slug, '')}\n{_code()}" for slug, entry in kept.catalogue(settings).items()
    }
    return {slug: hashlib.sha256(text.encode()).hexdigest()[:16] for slug, text in told.items()}


@cache
def _code() -> str:
    code = hashlib.sha256()
    for part in _WORKS_OUT:
        for file in sorted((Path(__file__).parents[1] / part).rglob("*.py")):
            code.update(file.read_bytes())
    return code.hexdigest()


def sliced_by(settings: Settings) -> tuple[str, ...]:
    """The dimensions by which a close freezes figures, besides the total."""
    return tuple(dict.fromkeys((*SLICES, *settings.figures.pinned)))


def requests(slug: str, period: Period, settings: Settings, now: datetime) -> Iterator[Request]:
    """What a close at the moment ``now`` asks of a metric: a request for each of its slices."""
    for name in ("", *sliced_by(settings)):
        by = (name,) if name else ()
        yield resolved(Asked(slug, period.label, period.label, grain=period.grain.value, by=by), settings, now)


def recover(inbox: Inbox) -> None:
    """A close that was recorded is done: its figures were archived before."""
    waiting = [record.seq for record in inbox.records(state="pending", kind=KIND)]
    if waiting:
        inbox.mark(waiting, "done")


def closes(desk: Desk) -> dict[tuple[str, str], Record]:
    """The last close of each closed period, by grain and label."""
    records = desk.inbox.records(state="done", kind=KIND)
    return {(record.payload["grain"], record.payload["period"]): record for record in records}


def content(home: Path, record: Record) -> Frozen:
    """What a close froze. Raises ``DataError`` if its file is missing or was changed."""
    return read(home, record.payload["archived"], record.payload["sha256"])


def read(home: Path, archived: str, sha256: str) -> Frozen:
    """The same of the file that a close names."""
    path = archive.verify(home, archived, sha256)
    frozen = msgspec.json.decode(path.read_bytes(), type=Frozen)
    # What stands beside a figure has no declared type, and its decimals come back as texts.
    figures = [
        replace(f, extra={name: Decimal(v) if isinstance(v, str) else v for name, v in f.extra.items()})
        for f in frozen.figures
    ]
    return msgspec.structs.replace(frozen, figures=figures)


def reported(
    desk: Desk, asked: Asked, settings: Settings, now: datetime, scope: Scope = EVERYTHING
) -> Iterator[Figure]:
    """The frozen figures of the closed ones among the periods asked for; through a narrow scope those of its owners.

    Raises ``DataError`` where none of them is closed, or what was frozen has not these slices, ``UsageError`` for slices
    that a narrow scope does not hold whole.
    """
    request = resolved(asked, settings, now, scope)
    _within(request)
    for frozen in among(desk, request):
        note = f"as reported at the close of {frozen.now:%Y-%m-%d}"
        figures = (replace(f, notes=(note, *f.notes)) for f in matching(frozen, request))
        yield from (f for f in figures if not scope.narrow or scope.holds(f.slice["owner"]))


def among(desk: Desk, request: Request) -> Iterator[Frozen]:
    """What the closes of the periods asked for froze. Raises ``DataError`` where none of them is closed."""
    known = closes(desk)
    places = [(request.question.grain, span.period.label) for span, _ in request.spans]
    yield from (content(desk.home, known[place]) for place in places if place in known)
    if known.keys().isdisjoint(places):
        label = request.spans[-1][0].period.label
        raise DataError(
            "None of these periods is closed.", code="not_closed", fix=f"Close one first: tenure close {label}"
        )


def _within(request: Request) -> None:
    """What was frozen cannot be narrowed any more: only the slices of a scope's own owners lie wholly inside it."""
    if not request.scope.narrow:
        return
    asked_for = request.filters.get("owner", ())
    sliced = "owner" in request.question.dimensions
    if not sliced or not all(request.scope.holds(owner) for owner in asked_for):
        raise UsageError(
            "These reported figures are of accounts outside your scope too.", code="out_of_scope",
            fix="Ask for them by owner, or without --reported.",
        )  # fmt: skip


def matching(frozen: Frozen, request: Request) -> list[Figure]:
    """The figures of a close that answer a request. Raises ``DataError`` where it has not these slices."""
    by, filters = request.question.by, request.filters
    mine = [f for f in frozen.figures if f.metric == request.entry.slug]
    window, variant = request.question.window, request.variant
    kinds = [f for f in mine if f.window == window and f.variant == variant]
    fitting = [f for f in kinds if set(by) | set(filters) <= set(f.slice)]
    least = min((len(f.slice) for f in fitting), default=0)
    fitting = [f for f in fitting if len(f.slice) == least]
    if not fitting and mine:
        slices = sorted({", ".join(f.slice) or "total" for f in mine})
        raise DataError(
            f"The close of {frozen.period} did not freeze these slices.", code="not_frozen",
            fix=f"It froze {request.entry.slug} in its default variant by: {'; '.join(slices)}. "
            "More can be pinned: [figures] pinned in tenure.toml.",
        )  # fmt: skip
    return [f for f in fitting if passes(f, filters)]


def passes(figure: Figure, filters: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a figure's slice is of the values asked for."""
    return all(asked_as(figure.slice[name]) in values for name, values in filters.items())
