"""``place_tiers``: which level of service the rules give to each customer, and what that changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from tenure.core.errors import TenureError, UsageError
from tenure.core.toml_text import place_of
from tenure.core.written import Written
from tenure.engine.portfolio_rules import rules_of
from tenure.engine.verbs.rows import source_of
from tenure.figures.listing import where_of
from tenure.figures.scope import EVERYTHING, Scope
from tenure.portfolio.placing import Candidate, Placed, placed
from tenure.portfolio.rules import CODE, FILE, read
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
        listing = partial(source_of, reader, request.scope, settings, now)
        source, notes = listing()
        attribute = quoted(source.find(rules.attribute).name)
        listed = reader.run(
            f"SELECT account_id, name, {attribute}, arr FROM ({source.sql}) AS listed WHERE is_customer ORDER BY account_id"
        )[1]
        candidates = [Candidate(account, name or account, value, arr) for account, name, value, arr in listed]
        matches = {tier.name: _matches(tier, rules, reader, listing, notes) for tier in rules.tiers}
    return PlacedFound(
        rules.version,
        rules.attribute,
        placed(candidates, matches, rules),
        now.replace(tzinfo=UTC),
        settings.currency,
        notes,
    )


def _matches(
    tier: Tier,
    rules: Rules,
    reader: PublishedReader,
    listing: Callable[..., tuple[Source, tuple[str, ...]]],
    known: tuple[str, ...],
) -> frozenset[str]:
    """Whom the conditions of a level hold of. A level without conditions catches nobody. ``known``: what is to be known of the list itself."""
    if not tier.where:
        return frozenset()
    try:
        source, notes = listing([name for name, *_ in tier.where])
        if missing := [note for note in notes if note not in known]:
            raise UsageError(missing[0], code=CODE, fix="Take a metric that is a sum over accounts, as mrr.")
        sql = f"SELECT account_id FROM ({source.sql}) AS listed{where_of(source, tier.where)}"
        return frozenset(account for (account,) in reader.run(sql)[1])
    except TenureError as error:
        where = place_of(rules.written.text, rules.written.path, ("tiers", tier.name, "where"))
        raise UsageError(error.message, code=CODE, where=where, fix=error.fix) from None
