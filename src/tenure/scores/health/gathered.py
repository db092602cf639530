"""What a health score goes by on a day: the customers, and what is known of each component."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.scores.health.score import Accounts, Scoring
from tenure.scores.signal import Customer, Known, customers, is_written, known_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenure.core.config import Settings
    from tenure.figures.reader import Reader
    from tenure.scores.health.model import Component, Model
    from tenure.scores.signal import Signal


@dataclass(frozen=True)
class Gathered:
    """The customers of a day with their scores."""

    day: date
    customers: dict[str, Customer]
    scoring: Scoring

    def by_signal(self) -> dict[Signal, Mapping[str, Known]]:
        """What is known of each signal that the model goes by."""
        return {one.signal: self.scoring.inputs[one.name] for one in self.scoring.model.components}


def gathered(
    model: Model, reader: Reader, day: date, known: datetime, settings: Settings, other: Gathered | None = None
) -> Gathered:
    """Everything that the scores of ``day`` stand on: what had happened when the day began, and was learned before ``known``.

    ``other``: the same day as known at the same time, by another model, so that nothing is asked for twice. Raises
    ``UsageError`` for a model that names metrics which do not exist or have no value of a single account.
    """
    there = list(other.customers.values()) if other else customers(reader, day, known, settings)
    inputs, written, asked = {}, set(), other.by_signal() if other else {}
    for component in model.components:
        if component.signal not in asked:
            asked[component.signal] = _known(model, component, reader, day, known, settings)
        inputs[component.name] = asked[component.signal]
        if is_written(component.signal, reader, settings):
            written.add(component.name)
    accounts = Accounts(
        [c.account_id for c in there],
        [c.segment for c in there],
        [(day - c.since).days if c.since else 0 for c in there],
    )
    scoring = Scoring(model, accounts, inputs, frozenset(written))
    return Gathered(day, {c.account_id: c for c in there}, scoring)


def _known(
    model: Model, component: Component, reader: Reader, day: date, known: datetime, settings: Settings
) -> dict[str, Known]:
    try:
        return known_of(component.signal, reader, day, known, settings)
    except UsageError as error:
        where = model.place("components", component.name, "metric")
        raise UsageError(error.message, code=error.code, where=where, fix=error.fix) from None
