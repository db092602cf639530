"""Which accounts moved results most: the largest movements of recurring revenue, and the largest changes of health."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tenure.figures import kept
from tenure.figures.by_account import by_account
from tenure.figures.request import Asked, resolved

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime

    from tenure.core.config import Settings
    from tenure.engine.scorecards.window import Window
    from tenure.figures.compiledform import Plan
    from tenure.figures.question import Ground as Dimensions
    from tenure.figures.reader import Reader
    from tenure.figures.request import Request

#: So many of each are told.
MOST = 8
_CENTS = Decimal("0.01")
_MOVEMENTS, _HEALTH = "mrr_movements", "customer_health_score"
#: Movements that make retention and expansion; what is new is no movement of it.
_SIGNS = {"expansion": 1, "reactivation": 1, "contraction": -1, "churn": -1}


@dataclass(frozen=True)
class Moved:
    """An account; None and without a name where it is out of sight now. ``by``: MRR that it gained or lost while it was somebody's, by ``kinds`` of
    movement, or points of health between the beginning and the end of the window.
    """

    account: str | None
    name: str
    by: Decimal
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Movers:
    """Each the largest first; ``more``: how many others moved."""

    revenue: tuple[Moved, ...]
    more_revenue: int
    health: tuple[Moved, ...]
    more_health: int


@dataclass(frozen=True)
class Ground:
    """With what accounts are asked for."""

    now: datetime
    settings: Settings
    ground: Dimensions
    reader_of: Callable[[Request, Plan], Reader]
    seen: set[str] | None
    names: dict[str, str]


def movers(by: Ground, whose: tuple[str, str], window: Window) -> Movers:
    """The accounts that moved most while they were somebody's."""
    revenue, health = _revenue(by, whose, window), _health(by, whose, window)
    return Movers(
        revenue[:MOST], max(len(revenue) - MOST, 0), health[:MOST], max(len(health) - MOST, 0),
    )  # fmt: skip


def _revenue(by: Ground, whose: tuple[str, str], window: Window) -> tuple[Moved, ...]:
    asked = Asked(_MOVEMENTS, window.at, window.at, window.grain, window.window, ("kind",), (whose,))
    sums: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in _rows(by, asked):
        if row["by_kind"] in _SIGNS and row["num"]:
            sums[row["account_id"]][row["by_kind"]] += _SIGNS[row["by_kind"]] * abs(row["num"])
    return _sorted(by, {account: (sum(kinds.values()), tuple(sorted(kinds))) for account, kinds in sums.items()})


def _health(by: Ground, whose: tuple[str, str], window: Window) -> tuple[Moved, ...]:
    """Health of those who were somebody's at the close, against what they had at the opening, whoever's they were then."""
    now = _scores(_rows(by, Asked(_HEALTH, window.at, window.at, window.grain, window.window, (), (whose,))))
    month = f"{window.start - timedelta(days=1):%Y-%m}"
    then = _scores(_rows(by, Asked(_HEALTH, month, month, "month", "period"), set(now)))
    changes = {account: now[account] - then[account] for account in now.keys() & then.keys()}
    return _sorted(by, {account: (change, ()) for account, change in changes.items()})


def _scores(rows: list[dict[str, Any]]) -> dict[str, float]:
    return {row["account_id"]: row["num"] / row["den"] for row in rows if row["den"]}


def _rows(by: Ground, words: Asked, only: Collection[str] | None = None) -> list[dict[str, Any]]:
    """What single accounts (``only`` these) add to a metric in a window."""
    asked = resolved(words, by.settings, by.now)
    plan = kept.plan(asked.question, by.ground, by.settings)
    start = asked.spans[-1][0].period.start
    wanted = None if only is None else [(account, start) for account in sorted(only)]
    found = by_account(asked, plan, by.reader_of(asked, plan), by.settings, wanted)
    return [row for row in found if row["period"] == start]


def _sorted(by: Ground, found: Mapping[str, tuple[float, tuple[str, ...]]]) -> tuple[Moved, ...]:
    told = []
    for account, (change, kinds) in found.items():
        amount = Decimal(repr(change)).quantize(_CENTS)
        if amount:
            is_seen = by.seen is None or account in by.seen
            told.append(
                Moved(account if is_seen else None, by.names.get(account, account) if is_seen else "", amount, kinds)
            )
    return tuple(sorted(told, key=lambda one: (-abs(one.by), one.name)))
