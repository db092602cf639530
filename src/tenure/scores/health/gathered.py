"""What a health score goes by on a day: the customers, and what is known of each component."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.scores.health.score import Accounts, Scoring
from tenure.scores.signal import Customer, Known, Made, Source, is_written

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.figures.reader import Reader
    from tenure.scores.health.model import Component, Model


@dataclass(frozen=True)
class Gathered:
    """The customers of a day with their scores."""

    day: date
    customers: Mapping[str, Customer]
    scoring: Scoring


def gathered(
    model: Model, reader: Reader, day: date, known: datetime, settings: Settings, source: Source | None = None
) -> Gathered:
    """Everything that the scores of ``day`` stand on: what had happened when the day began, and was learned before ``known``.

    ``source``: where that is asked, if it need not be worked out by the ``reader``.
    Raises ``UsageError`` for a model that names metrics which do not exist or have no value of a single account.
    """
    source = source or Made(reader, settings)
    there = source.customers(day, known)
    inputs = _inputs(model, source, day, known)
    written = {one.name for one in model.components if is_written(one.signal, reader, settings)}
    days = [(day - since).days if since else 0 for since in there.columns["since"]]
    accounts = Accounts(there.ids, there.columns["segment"], days)
    scoring = Scoring(model, accounts, inputs, frozenset(written))
    return Gathered(day, _ById(there, scoring.place), scoring)


@dataclass(frozen=True, eq=False)
class _ById(Mapping[str, Customer]):
    """Customers by their ids."""

    found: Sequence[Customer]
    place: Mapping[str, int]

    def __getitem__(self, account: str) -> Customer:
        return self.found[self.place[account]]

    def __iter__(self) -> Iterator[str]:
        return iter(self.place)

    def __len__(self) -> int:
        return len(self.place)

    def __contains__(self, account: object) -> bool:
        return account in self.place


def _inputs(model: Model, source: Source, day: date, known: datetime) -> dict[str, Mapping[str, Known]]:
    """What is known of each component."""
    try:
        found = source.known([one.signal for one in model.components], day, known)
    except UsageError:
        for one in model.components:  # which of them cannot be asked
            _check(model, one, source, day, known)
        raise
    return {one.name: found[one.signal] for one in model.components}


def _check(model: Model, component: Component, source: Source, day: date, known: datetime) -> None:
    try:
        source.known([component.signal], day, known)
    except UsageError as error:
        where = model.place("components", component.name, "metric")
        raise UsageError(error.message, code=error.code, where=where, fix=error.fix) from None
