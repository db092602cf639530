"""What a health score goes by on a day: the customers, and what is known of each component."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.scores.health.score import Accounts, Scoring
from tenure.scores.health.sources import Source, Sources
from tenure.scores.signal import Customer, Known, all_known, behind, customers, is_written, known_of

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.figures.reader import Reader
    from tenure.scores.health.model import Component, Model
    from tenure.scores.signal import Signal


@dataclass(frozen=True)
class Gathered:
    """The customers of a day with their scores, and what each component stands on."""

    day: date
    customers: Mapping[str, Customer]
    scoring: Scoring
    sources: dict[str, Source]

    def by_signal(self) -> dict[Signal, tuple[Source, Mapping[str, Known]]]:
        """What each signal that the model goes by stands on, and what is known of it."""
        return {
            one.signal: (self.sources[one.name], self.scoring.inputs[one.name]) for one in self.scoring.model.components
        }


def gathered(
    model: Model, reader: Reader, day: date, known: datetime, settings: Settings, only: str | None = None, *,
    other: Gathered | None = None, held: Mapping[str, str] | None = None,
) -> Gathered:  # fmt: skip
    """Everything that the scores of ``day`` stand on: what had happened when the day began, and was learned before ``known``.

    ``only``: of this account. ``other``: the same by another model, so that nothing is asked for twice. ``held``: what
    checks hold (see ``footing.held``): of a component that stands on it nothing is known, and nothing of one whose source
    fell silent before the days that it looks at. Raises ``UsageError`` for a model that names metrics which do not exist,
    have no value of a single account, or are made of scores themselves.
    """
    there = customers(reader, day, known, settings, only)
    asked = other.by_signal() if other else {}
    found, fresh = Sources(reader, day, known, settings, held), {}
    for one in model.components:
        if one.signal not in asked:
            fresh[one.signal] = _source(model, one, found)
    values = _values(model, [signal for signal, of in fresh.items() if not of.is_silent], found, only)
    asked |= {signal: (of, values.get(signal, {})) for signal, of in fresh.items()}
    inputs = {one.name: asked[one.signal][1] for one in model.components}
    written = {one.name for one in model.components if is_written(one.signal, reader, settings)}
    days = [(day - since).days if since else 0 for since in there.columns["since"]]
    accounts = Accounts(there.ids, there.columns["segment"], days)
    scoring = Scoring(model, accounts, inputs, frozenset(written))
    sources = {one.name: asked[one.signal][0] for one in model.components}
    return Gathered(day, _ById(there, scoring.place), scoring, sources)


def also(
    of: Gathered, signals: Iterable[Signal], reader: Reader, known: datetime, settings: Settings,
    only: str | None = None, held: Mapping[str, str] | None = None,
) -> dict[Signal, Mapping[str, Known]]:  # fmt: skip
    """What is known of signals beside those of the scores ``of`` a day, and as they are: nothing of what is silent or held."""
    asked, sources, wanted = of.by_signal(), Sources(reader, of.day, known, settings, held), list(signals)
    missing = [one for one in wanted if one not in asked and not sources.of(one).is_silent]
    values = all_known(missing, reader, of.day, known, settings, only)
    return {one: asked[one][1] if one in asked else values.get(one, {}) for one in wanted}


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


def _source(model: Model, component: Component, sources: Sources) -> Source:
    """What a component stands on. Raises ``UsageError`` with its place for what cannot be asked."""
    metric = component.signal.metric
    try:
        found = sources.of(component.signal)
        circular = bool(metric) and "score" in behind(component.signal, sources.reader, sources.settings)
    except UsageError as error:
        raise _placed(error, model, component) from None
    if circular:
        refusal = UsageError(
            f"{metric} is made of scores, so that a score made of it would go in a circle.", code="circular",
            fix="For the risk of leaving take risk = 90.",
        )  # fmt: skip
        raise _placed(refusal, model, component)
    return found


def _values(model: Model, signals: list[Signal], of: Sources, only: str | None) -> Mapping[Signal, Mapping[str, Known]]:
    """What is known of signals."""
    try:
        return all_known(signals, of.reader, of.day, of.known, of.settings, only)
    except UsageError:
        for one in model.components:  # which of them cannot be asked
            _check(model, one, of)
        raise


def _check(model: Model, component: Component, of: Sources) -> None:
    try:
        known_of(component.signal, of.reader, of.day, of.known, of.settings)
    except UsageError as error:
        raise _placed(error, model, component) from None


def _placed(error: UsageError, model: Model, component: Component) -> UsageError:
    """The error, with the place of the component's metric."""
    where = model.place("components", component.name, "metric")
    return UsageError(error.message, code=error.code, where=where, fix=error.fix)
