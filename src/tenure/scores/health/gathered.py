"""What a health score goes by on a day: the customers, and what is known of each component."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.scores.health.score import Accounts, Scoring
from tenure.scores.health.sources import Source, Sources, behind
from tenure.scores.signal import Customer, Known, customers, is_written, known_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tenure.core.config import Settings
    from tenure.figures.reader import Reader
    from tenure.scores.health.model import Component, Model
    from tenure.scores.signal import Signal


@dataclass(frozen=True)
class Gathered:
    """The customers of a day with their scores, and what each component stands on."""

    day: date
    customers: dict[str, Customer]
    scoring: Scoring
    sources: dict[str, Source]

    def by_signal(self) -> dict[Signal, tuple[Source, Mapping[str, Known]]]:
        """What each signal that the model goes by stands on, and what is known of it."""
        return {
            one.signal: (self.sources[one.name], self.scoring.inputs[one.name]) for one in self.scoring.model.components
        }


def gathered(
    model: Model, reader: Reader, day: date, known: datetime, settings: Settings, other: Gathered | None = None,
    held: Mapping[str, str] | None = None,
) -> Gathered:  # fmt: skip
    """Everything that the scores of ``day`` stand on: what had happened when the day began, and was learned before ``known``.

    ``other``: the same day as known at the same time, by another model, so that nothing is asked for twice. ``held``: what
    checks hold (see ``footing.held``): of a component that stands on it nothing is known, and nothing of one whose source
    fell silent before the days that it looks at. Raises ``UsageError`` for a model that names metrics which do not exist or
    have no value of a single account.
    """
    there = list(other.customers.values()) if other else customers(reader, day, known, settings)
    inputs, written, asked = {}, set(), other.by_signal() if other else {}
    found, sources = Sources(reader, day, known, settings, held), {}
    for component in model.components:
        if component.signal not in asked:
            asked[component.signal] = _asked(model, component, found)
        sources[component.name], inputs[component.name] = asked[component.signal]
        if is_written(component.signal, reader, settings):
            written.add(component.name)
    accounts = Accounts(
        [c.account_id for c in there],
        [c.segment for c in there],
        [(day - c.since).days if c.since else 0 for c in there],
    )
    scoring = Scoring(model, accounts, inputs, frozenset(written))
    return Gathered(day, {c.account_id: c for c in there}, scoring, sources)


def also(
    of: Gathered, signals: Iterable[Signal], reader: Reader, known: datetime, settings: Settings,
    held: Mapping[str, str] | None = None,
) -> dict[Signal, Mapping[str, Known]]:  # fmt: skip
    """What is known of signals beside those of the scores ``of`` a day, and as they are: nothing of what is silent or held."""
    asked, sources = of.by_signal(), Sources(reader, of.day, known, settings, held)
    found: dict[Signal, Mapping[str, Known]] = {}
    for signal in signals:
        if signal in asked:
            found[signal] = asked[signal][1]
        else:
            silent = sources.of(signal).is_silent
            found[signal] = {} if silent else known_of(signal, reader, of.day, known, settings)
    return found


def _asked(model: Model, component: Component, sources: Sources) -> tuple[Source, Mapping[str, Known]]:
    """What a component stands on, and what is known of it."""
    where = model.place("components", component.name, "metric")
    try:
        source = sources.of(component.signal)
        _check_circle(component, sources)
        if source.is_silent:
            return source, {}
        return source, known_of(component.signal, sources.reader, sources.day, sources.known, sources.settings)
    except UsageError as error:
        raise UsageError(error.message, code=error.code, where=where, fix=error.fix) from None


def _check_circle(component: Component, sources: Sources) -> None:
    """Raise ``UsageError`` for a metric that is itself made of scores."""
    metric = component.signal.metric
    if metric and "score" in behind(component.signal, sources.reader, sources.settings):
        raise UsageError(
            f"{metric} is made of scores, so that a score made of it would go in a circle.", code="circular",
            fix="For the risk of leaving take risk = 90.",
        )  # fmt: skip
