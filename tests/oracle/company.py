"""Random companies for the oracles and properties: as awkward as a company may be, and still without contradictions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tenure.core.config import Customers, Ownership
from tests.world import World

FIRST = date(2025, 12, 1)
DAYS = 150  # until the end of April 2026
NOW = "2026-04-20"
# What a company stands under. Few, because each costs compiling every question anew.
GROUNDS = (
    {"zone": "Europe/Berlin", "ownership": Ownership(grace_days=0)},
    {"zone": "America/New_York", "customers": Customers(lapse_days=5, include_trials=True)},
)
TIMES = ("00:00:00", "04:30:00", "12:00:00", "23:30:00")
RATES = {
    "USD": (("2025-12-01", "0.91"), ("2026-02-01", "0.87"), ("2026-03-10", "0.95")),
    "JPY": (("2026-01-15", "0.0061"),),
}

days = st.integers(0, DAYS).map(lambda n: FIRST + timedelta(days=n))
# Firsts of months and equal days are where definitions differ: make them likely.
edges = st.sampled_from([date(2026, 1, 1), date(2026, 2, 1), date(2026, 2, 28), date(2026, 3, 1), date(2026, 4, 1)])
dates = st.one_of(edges, days)
instants = st.tuples(dates, st.sampled_from(TIMES)).map(lambda pair: f"{pair[0]} {pair[1]}")
moments = st.one_of(dates.map(str), instants)


@st.composite
def row(draw: Callable[..., Any], account: str, line: str, start: str, credit: bool) -> dict[str, Any]:
    """One row of a subscription."""
    found: dict[str, Any] = {
        "subscription_id": line,
        "account_id": account,
        "started_at": start,
        "interval": draw(st.sampled_from(("month", "month", "quarter", "year", "week"))),
        "interval_count": draw(st.sampled_from((1, 1, 2))),
        "product_id": draw(st.sampled_from(("core", "extra", None))),
        "plan": draw(st.sampled_from(("silver", "gold", None))),
        "currency": draw(st.sampled_from((None, "EUR", "USD", "JPY"))),
        "is_trial": draw(st.sampled_from((False, False, False, True))),
        "is_paused": draw(st.sampled_from((False, False, False, True))),
        "ended_at": draw(st.one_of(st.none(), moments)),
        "cancel_requested_at": draw(st.one_of(st.none(), st.none(), moments)),
        "discount_share": draw(st.sampled_from((None, None, "0.1", "0.333333", "1"))),
        "discount_kind": draw(st.sampled_from(("recurring", "recurring", "once"))),
        "discount_ends_at": draw(st.one_of(st.none(), moments)),
    }
    amounts = ("0", "10", "33.33", "100", "1234.5678")
    amount = draw(st.sampled_from((*amounts, "-15") if credit else amounts))
    if draw(st.booleans()):
        return {**found, "unit_amount": amount, "quantity": draw(st.sampled_from(("1", "3", "2.5")))}
    return {**found, "amount": amount, "quantity": draw(st.sampled_from((None, "4")))}


@st.composite
def companies(draw: Callable[..., Any], *, credit: bool) -> dict[str, list[dict[str, Any]]]:
    """A company: rows by table. ``credit``: whether lines may have negative amounts."""
    names = [f"a{n}" for n in range(draw(st.integers(2, 8)))]
    accounts, lines, owners = [], [], []
    for n, name in enumerate(names):
        earlier = [None, None, None, *names[:n]]
        base = {
            "account_id": name,
            "name": name,
            "is_test": draw(st.sampled_from((False,) * 7 + (True,))),
            "merged_into": draw(st.sampled_from(earlier)) if n else None,
            "parent_id": draw(st.sampled_from(earlier)) if n else None,
        }
        accounts.append({**base, "segment": draw(st.sampled_from(("SMB", "ENT", None)))})
        later = sorted(draw(st.sets(moments, max_size=2)))
        accounts += [{**base, "valid_from": since, "segment": draw(st.sampled_from(("SMB", "ENT")))} for since in later]
        for k in range(draw(st.integers(0, 3))):
            starts = draw(st.lists(moments, min_size=1, max_size=3, unique=True))
            lines += [draw(row(name, f"{name}-{k}", start, credit)) for start in starts]
        for since in draw(st.lists(moments, max_size=3, unique=True)):
            shares = draw(st.sampled_from((("ada",), ("ben",), ("ada", "ben"))))
            until = draw(st.one_of(st.none(), st.none(), moments))
            owners += [
                {"account_id": name, "csm_id": csm, "valid_from": since, "valid_to": until,
                 "share": None if len(shares) == 1 else share}
                for csm, share in zip(shares, ("0.3", "0.7"), strict=False)
            ]  # fmt: skip
    return {"account": accounts, "subscription": lines, "assignment": owners}


def told(company: dict[str, Any], ground: dict[str, Any], split: int = 1, backwards: bool = False) -> World:
    """The company as a world under some ``GROUNDS``; ``split`` into so many loads, in the order given or backwards."""
    world = World(now=NOW, **ground)
    rates = [{"currency": code, "date": day, "rate": rate} for code, steps in RATES.items() for day, rate in steps]
    for table, rows in {**company, "exchange_rate": rates}.items():
        ordered = rows[::-1] if backwards else rows
        for part in range(split):
            if ordered[part::split]:
                world.add(table, *ordered[part::split])
    return world
