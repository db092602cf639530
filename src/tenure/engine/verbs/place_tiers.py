"""``place_tiers``: which level of service the rules give to each customer, and what that changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tenure.core.errors import TenureError, UsageError
from tenure.core.toml_text import place_of
from tenure.core.written import Written
from tenure.engine.placing import rules_of
from tenure.engine.verbs.measured import Measured, measured
from tenure.engine.verbs.rows import source_of
from tenure.figures.listing import MOST, where_of
from tenure.figures.scope import EVERYTHING, Scope
from tenure.portfolio.placing import Candidate, Placed, placed
from tenure.portfolio.rules import CODE, FILE, METRIC, read
from tenure.warehouse.schema import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from tenure.engine.desk import Desk
    from tenure.figures.listing import Source
    from tenure.figures.published import PublishedReader
    from tenure.portfolio.rules import Rules, Tier


@dataclass(frozen=True)
class PlaceTiers:
    """``text``: of the rules, as the file would have it (default: the file in force)."""

    text: str = ""
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class PlacedFound:
    """``version``: of the rules looked at; ``attribute``: what they set. Money in the reporting currency."""

    version: str
    attribute: str
    placed: Placed
    as_of: datetime
    currency: str
    notes: tuple[str, ...] = field(default=())


def place_tiers(desk: Desk, request: PlaceTiers) -> PlacedFound:
    """What the rules do; nothing is changed. Raises ``UsageError`` for a file that is wrong, with the line, and for columns, operators,
    metrics and values that there are not.
    """
    rules = read(Written(FILE, request.text)) if request.text else rules_of(desk.home)
    now, settings = desk.clock(), desk.settings
    with desk.published(desk.fresh(now)) as reader:
        source, notes = source_of(reader, request.scope, settings, now)
        attribute = quoted(source.find(rules.attribute).name)
        listed = reader.run(
            f"SELECT account_id, name, {attribute}, arr FROM ({source.sql}) AS listed WHERE is_customer ORDER BY account_id"
        )[1]
        candidates = [Candidate(account, name or account, value, arr) for account, name, value, arr in listed]
        matches = {
            tier.name: _matches(desk, request.scope, tier, rules, source, reader, candidates) for tier in rules.tiers
        }
    return PlacedFound(
        rules.version,
        rules.attribute,
        placed(candidates, matches, rules),
        now.replace(tzinfo=UTC),
        settings.currency,
        notes,
    )


def _matches(
    desk: Desk,
    scope: Scope,
    tier: Tier,
    rules: Rules,
    source: Source,
    reader: PublishedReader,
    candidates: list[Candidate],
) -> frozenset[str]:
    """Of which customers the conditions of a level hold. A level without conditions catches nobody."""
    if not tier.where:
        return frozenset()
    listed = [one for one in tier.where if not one[0].startswith(METRIC)]
    try:
        sql = f"SELECT account_id FROM ({source.sql}) AS listed{where_of(source, listed)}"
        found = {account for (account,) in reader.run(sql)[1]}
        for name, operator, value in tier.where:
            if name.startswith(METRIC):
                found &= _measured(desk, scope, name.removeprefix(METRIC), operator, value, candidates)
    except TenureError as error:
        where = place_of(rules.written.text, rules.written.path, ("tiers", tier.name, "where"))
        raise UsageError(error.message, code=CODE, where=where, fix=error.fix) from None
    return frozenset(found)


#: What a metric of an account can be held against.
_COMPARED: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "equals": lambda value, than: value == than,
    "less": lambda value, than: value < than,
    "greater": lambda value, than: value > than,
    "at_least": lambda value, than: value >= than,
    "at_most": lambda value, than: value <= than,
}


def _measured(
    desk: Desk, scope: Scope, metric: str, operator: str, value: Any, candidates: list[Candidate]
) -> set[str]:
    """The customers of which a metric compares so; one that has no value does not."""
    if operator not in _COMPARED or isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise UsageError(
            f"A metric cannot be held against {operator} {value!r}.", code=CODE,
            fix=f"Take one of {', '.join(_COMPARED)}, and a number.",
        )  # fmt: skip
    if metric not in _catalogue(desk):
        from tenure.core.errors import unknown

        raise unknown("metric", metric, sorted(_catalogue(desk)), listing="tenure metrics lists them.")
    ids = [one.id for one in candidates]
    found = [
        one
        for start in range(0, max(len(ids), 1), MOST)
        for one in measured(desk, Measured((metric,), tuple(ids[start : start + MOST]), scope))
    ]
    if not all(one.at_hand for one in found):
        raise UsageError(
            f"{metric} is no figure of single accounts.",
            code=CODE,
            fix="Take a metric that is a sum over accounts, as mrr.",
        )
    return {
        account for one in found for account, told in one.values.items() if _COMPARED[operator](told, Decimal(value))
    }


def _catalogue(desk: Desk) -> set[str]:
    from tenure.figures import kept

    return set(kept.catalogue(desk.settings))
