"""As of any moment of knowledge, figures are those of a workspace that holds only what was known then.

The other one never knew more: it has neither the rows that came later nor the batches that were taken back by then, in
another order, and is asked without any as-of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tenure.figures.figure import Figure
from tenure.warehouse.tables import all_tables
from tests.world import ACME, ADA, BEN, BIRCH, CEDAR, World, day_after

#: One metric of each kind (ratio, total, cases, product), sliced by what changes over time.
ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("net_revenue_retention", {"by": ("owner",), "window": "3m"}),
    ("net_promoter_score", {"by": ("segment",), "window": "3m"}),
    ("mrr_movements", {"by": ("owner",)}),
    ("time_to_resolution", {"by": ("team",)}),
    ("customer_lifetime_value", {"by": ("segment",)}),
)
FIRST, LAST = "2026-02", "2026-05"
#: Few of everything, so that rows meet: the same keys, the same moments of knowledge, the first days of months.
LEARNED = [str(date(2026, 2, 25) + timedelta(days=22 * n)) for n in range(5)]
ACCOUNTS = (ACME, BIRCH, CEDAR)
STARTS = ("2025-12-01", "2026-02-10", "2026-03-01", "2026-03-17")


@dataclass(frozen=True)
class Telling:
    """A load: rows of one table, the day on which they were learned, and perhaps that on which they were taken back."""

    table: str
    rows: tuple[tuple[tuple[str, Any], ...], ...]
    known: str
    taken_back: str | None = None


def _rows(**columns: Any) -> st.SearchStrategy[tuple[tuple[str, Any], ...]]:
    kinds = {name: st.sampled_from(kind) if isinstance(kind, Sequence) else kind for name, kind in columns.items()}
    return st.fixed_dictionaries(kinds).map(lambda row: tuple((name, row[name]) for name in columns))


TABLES = {
    "account": _rows(
        account_id=ACCOUNTS, name=("A", "B"), segment=("SMB", "ENT", None), valid_from=(None, None, "2026-03-01"),
        merged_into=(None, None, None, ACME), is_test=(False, False, False, True),
    ),
    "subscription": _rows(
        subscription_id=("s1", "s2", "s3", "s4"), account_id=ACCOUNTS, amount=("10", "20.5", "30"), started_at=STARTS,
        ended_at=(None, None, "2026-04-01", "2026-05-05"),
    ),
    "assignment": _rows(account_id=ACCOUNTS, csm_id=(ADA, BEN), valid_from=STARTS[:3], share=("1", "0.25")),
    "csm": _rows(csm_id=(ADA, BEN), name=("X",), team=("East", "West"), valid_from=(None, "2026-03-01")),
    "ticket": _rows(
        ticket_id=("t1", "t2", "t3"), account_id=ACCOUNTS, created_at=("2026-02-10", "2026-03-17 10:00:00"),
        solved_at=(None, "2026-03-20", "2026-05-01 12:00:00"), merged_into=(None, None, "t1"),
    ),
    "survey_answer": _rows(
        answer_id=("a1", "a2", "a3", "a4"), survey=("nps",), kind=("relational",), account_id=ACCOUNTS,
        person_id=("p1", "p2", None), score=("0", "7", "10"), scale_min=("0",), scale_max=("10",),
        sent_at=("2026-02-09", "2026-03-30"), answered_at=("2026-03-31", "2026-05-02"),
    ),
    "retraction": _rows(
        table_name=("subscription", "assignment", "account", "ticket", "survey_answer"),
        key=("s1", "s2", ACME, BIRCH, "t1", "a1", '["s3", "2026-02-10T00:00:00Z"]'), at=("2026-03-05",), reason=("wrong",),
    ),
}  # fmt: skip


@st.composite
def tellings(draw: Any) -> list[Telling]:
    """What was told, in whatever order of knowledge; each table first as a business would have it."""
    found = []
    for table in [*TABLES, *draw(st.lists(st.sampled_from(list(TABLES)), min_size=4, max_size=8))]:
        rows = draw(st.lists(TABLES[table], min_size=1, max_size=4, unique_by=_key(table)))
        known = draw(st.sampled_from(LEARNED))
        after = [day for day in LEARNED if day > known]
        taken_back = draw(st.none() | st.none() | st.sampled_from(after)) if after and table != "retraction" else None
        found.append(Telling(table, tuple(rows), known, taken_back))
    # Of what was learned at one moment, what was not taken back later holds from the first: that is not what is looked at here.
    times = Counter((telling.table, telling.known) for telling in found)
    return [replace(each, taken_back=None) if times[each.table, each.known] > 1 else each for each in found]


def _key(table: str) -> Callable[[tuple[tuple[str, Any], ...]], object]:
    """One row a key in a load: a contradiction inside one is refused before it comes so far."""
    names = all_tables()[table].key
    return lambda row: tuple(value for name, value in row if name in names)


def _told(story: Sequence[Telling], now: str) -> World:
    world = World(now=now)
    for telling in story:
        world.add(telling.table, *(dict(row) for row in telling.rows), known=telling.known)
        if telling.taken_back:
            world.con.execute(
                "UPDATE batch SET retracted_by = 1000, retracted_at = ? WHERE batch = (SELECT max(batch) FROM batch)",
                [telling.taken_back],
            )
    return world


def _figures(world: World, **more: Any) -> list[Figure]:
    return [figure for metric, asked in ASKED for figure in world.ask(metric, FIRST, LAST, **asked, **more)]


@settings(
    max_examples=4, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate),  # each try costs seconds
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(tellings(), st.integers(0, 1000))
def test_as_of_is_what_was_known_then(story: list[Telling], seed: int) -> None:
    whole = _told(story, now="2026-07-01")
    days = {telling.known for telling in story} | {telling.taken_back for telling in story if telling.taken_back}
    for day in sorted(days):
        known = [
            Telling(telling.table, telling.rows, telling.known)
            for telling in story
            if telling.known <= day and not (telling.taken_back and telling.taken_back <= day)
        ]
        Random(seed).shuffle(known)
        then = _told(known, now=day_after(day))
        assert _figures(whole, as_of=day) == _figures(then), day
