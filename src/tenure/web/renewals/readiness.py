"""How ready to grow customers were when a sale to them was opened, as the scores that were kept have it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from tenure.engine import Sight

#: The model that tells who grows within 90 days; it is kept in percent.
_MODEL = "growth_90"
#: An export asks of so many at once.
_AT_ONCE = 500
COLUMN = "ready_when_opened"


def when_opened(sight: Sight, rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, datetime], Decimal]:
    """By account and the moment at which its opportunity was opened: the probability that it grows, as it was known then. What is
    not known is left out.
    """
    asked = [(row["account_id"], row["created_at"]) for row in rows if row["created_at"] is not None]
    found = sight.score_before(_MODEL, asked) if asked else ()
    return {(one.account_id, one.before): one.score / 100 for one in found}


def beside(sight: Sight, rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Rows of opportunities with that probability as one column more."""
    left = iter(rows)
    while some := list(islice(left, _AT_ONCE)):
        ready = when_opened(sight, some)
        for row in some:
            yield {**row, COLUMN: ready.get((row["account_id"], row["created_at"]))}
