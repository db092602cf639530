"""What metrics are of single accounts, laid beside the list of accounts, which then can be asked by them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.core.titles import titled
from tenure.figures import kept
from tenure.figures.by_account import lay_values
from tenure.figures.listing import Column
from tenure.figures.published import can_answer
from tenure.figures.request import Asked, resolved, spans_read

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tenure.core.config import Settings
    from tenure.figures.compiledform import Plan
    from tenure.figures.published import PublishedReader
    from tenure.figures.request import Request

#: The kinds of metrics that are sums over accounts.
KINDS = ("ratio", "total")
#: How the column of a metric is called: this before its slug.
PREFIX = "metric:"
_TYPES = {"money": "money", "share": "share"}


@dataclass(frozen=True)
class Laid:
    """A column of the list that a metric makes: the ``table`` of its values (``account_id, value``). ``note``: why there are none."""

    column: Column
    table: str
    note: str


def asked_of(slug: str, reader: PublishedReader, settings: Settings, now: datetime) -> tuple[Request, Plan]:
    """A metric in the last month that is over, with its own window and first variants. Raises ``UsageError`` for one that there is not."""
    last = resolved(Asked(slug), settings, now).spans[-1:]  # accounts are narrowed to those in sight elsewhere
    month = last[0][0].period.start.isoformat()
    request = resolved(Asked(slug, month, month), settings, now)
    return request, kept.plan(request.question, reader.ground, settings)


def is_sum(plan: Plan) -> bool:
    """Whether a metric is a sum over accounts."""
    return plan.kind in KINDS and not (plan.factors or plan.by or plan.stepped or plan.model)


def is_at_hand(request: Request, plan: Plan, reader: PublishedReader, settings: Settings) -> bool:
    """Whether what a metric stands on is published, and no check holds it."""
    is_held = any(name in reader.published.held for name in plan.tables)
    return not is_held and can_answer(reader.published, plan.tables, spans_read(request, plan, settings))


def laid(names: Iterable[str], reader: PublishedReader, settings: Settings, now: datetime) -> tuple[Laid, ...]:
    """The columns of these names that metrics make. Raises ``UsageError`` for a metric that there is not, or that is no sum."""
    slugs = sorted({name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX)})
    return tuple(_lay(slug, f"measured_{number}", reader, settings, now) for number, slug in enumerate(slugs))


def _lay(slug: str, table: str, reader: PublishedReader, settings: Settings, now: datetime) -> Laid:
    request, plan = asked_of(slug, reader, settings, now)
    if plan.kind not in KINDS:
        raise UsageError(
            f"{slug} is no sum over accounts.",
            code="bad_column",
            where=PREFIX + slug,
            fix="Ask for a ratio or a total.",
        )
    type_ = _TYPES.get(plan.unit, "number")
    unit = settings.currency if plan.unit == "money" else "share" if type_ == "share" else ""
    column = Column(PREFIX + slug, titled(slug), type_, unit, "In the last month that is over.")
    if is_sum(plan) and is_at_hand(request, plan, reader, settings):
        lay_values(table, request, plan, reader, settings)
        return Laid(column, table, "")
    reader.run(f"CREATE OR REPLACE TEMP TABLE {table} (account_id VARCHAR, value DECIMAL(38,6))")
    return Laid(column, table, f"{titled(slug)} is not at hand, so no account has a value of it.")
