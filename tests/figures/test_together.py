"""Figures of rows that were laid once are those that are asked for one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest

from tenure.engine.scorecards.rules import read, shipped
from tenure.figures import kept
from tenure.figures.answer import answer
from tenure.figures.figure import Figure
from tenure.figures.reader import Reader, Rows
from tenure.figures.request import Asked, Request, resolved
from tenure.figures.scope import Scope
from tenure.figures.together import as_laid, can_be_laid, together
from tests.world import ADA, BEN, World

#: One of each kind: what lasts, what is waited for, answers of people, account-months, what is still open.
MEASURES = [
    ("touchpoint_frequency", (), "quarter"), ("response_time", ("csm",), "year"), ("net_promoter_score", (), "quarter"),
    ("gross_revenue_retention", ("owner_months",), "quarter"), ("renewal_rate", (), "year"), ("advocacy_rate", (), "quarter"),
]  # fmt: skip
WINDOWS = {
    "quarter": {"start": "2026-Q1", "grain": "quarter", "window": "period", "compare": "before"},
    "year": {"start": "2026-03", "grain": "month", "window": "12m", "compare": "year"},
}
PLACES = ("tier", "segment")


def days(first: int, step: int) -> Iterator[str]:
    """Days from January 2025 on, as they are written."""
    while True:
        month, day = divmod(first, 28)
        yield f"{2025 + month // 12}-{month % 12 + 1:02}-{day + 1:02}"
        first += step


@cache
def world() -> World:
    """30 accounts of Ada and Ben in one team and of Cara in another, every fifth shared by Ada and Ben; one event of each kind a while."""
    told = World().add(
        "csm",
        *(
            {"csm_id": one, "name": one, "team": team}
            for one, team in ((ADA, "north"), (BEN, "north"), ("cara", "south"))
        ),
    )
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in KINDS}
    for number in range(30):
        name, when = f"a{number:02}", days(number * 3, 5)
        told.account(name, segment="SMB" if number % 3 else "ENT", tier="AB"[number % 2], industry="x")
        told.pays(
            name, 100 + number, "2025-01-01", f"2026-0{number % 3 + 1}-1{number % 9}" if number % 7 == 3 else None
        )
        told.pays(name, 10, "2025-08-01", "2026-02-05" if number % 4 else None, line=f"{name}+")
        if number % 5 == 0:
            told.owns(ADA, name, share="0.25").owns(BEN, name, share="0.75")
        else:
            told.owns((ADA, BEN, "cara")[number % 3], name).owns(
                BEN, name, "2026-02-10" if number % 6 == 1 else "2030-01-01"
            )
        for turn in range(9):
            for kind, at in zip(KINDS, when, strict=False):
                rows[kind].append(KINDS[kind](f"{kind}{number}-{turn}", name, at, number + turn))
    for kind, some in rows.items():
        told.add(kind, *some)
    return told


KINDS = {
    "touchpoint": lambda key, account, at, n: {"touchpoint_id": key, "account_id": account, "channel": "call", "occurred_at": at, "direction": "both" if n % 3 else "out"},
    "inquiry": lambda key, account, at, n: {"inquiry_id": key, "account_id": account, "csm_id": ADA, "asked_at": at, "answered_at": f"{at} {n % 20:02}:00" if n % 4 else None},
    "survey_answer": lambda key, account, at, n: {
        "answer_id": key, "survey": "nps" if n % 2 else "csat", "account_id": account, "score": n % 11 if n % 2 else n % 5 + 1, "scale_min": 0 if n % 2 else 1,
        "scale_max": 10 if n % 2 else 5, "sent_at": at, "delivered_at": at, "answered_at": at if n % 3 else None, "is_anonymous": n % 7 == 0,
    },
    "milestone": lambda key, account, at, n: {
        "milestone_id": key, "account_id": account, "kind": ("closed_won", "live", "onboarded", "first_value")[n % 4], "completed_at": at, "due_at": at,
    },
    "training": lambda key, account, at, n: {"training_id": key, "account_id": account, "course": "c", "required": True, "assigned_at": at, "due_at": at, "completed_at": at if n % 3 else None},
    "advocacy": lambda key, account, at, n: {"advocacy_id": key, "account_id": account, "kind": ("referral", "reference")[n % 2], "occurred_at": at, "outcome": "qualified"},
    "person": lambda key, account, at, n: {"person_id": key, "account_id": account, "is_champion": n % 5 == 0, "created_at": at},
    "judgement": lambda key, account, at, n: {"account_id": account, "model": "csm_pulse", "at": at, "score": n % 5 + 1},
    "handover_item": lambda key, account, at, n: {
        "account_id": account, "kind": "sales_to_success", "from_id": "eve", "to_id": ADA, "item": key, "done_at": at if n % 2 else None,
    },
    "contract": lambda key, account, at, n: {
        "contract_id": key, "account_id": account, "started_at": "2025-01-01", "ended_at": at, "value": 1000 + n, "outcome": "renewed" if n % 3 else "churned",
    },
}  # fmt: skip


def asked(
    metric: str, variant: tuple[str, ...], window: str, whose: tuple[str, str], by: tuple[str, ...] = ()
) -> Request:
    given = WINDOWS[window]
    return resolved(
        Asked(metric, given["start"], given["start"], given["grain"], given["window"], by, (whose,), variant, "", given["compare"]),
        world().settings, world().now,
    )  # fmt: skip


@pytest.mark.parametrize(("metric", "variant", "window"), MEASURES)
def test_they_are_the_same_to_the_last_digit(metric: str, variant: tuple[str, ...], window: str) -> None:
    settings, reader = world().settings, world().reader()
    for whose in (("owner", ADA), ("team", "north")):
        laid = as_laid(asked(metric, variant, window, whose), PLACES)
        plan = kept.plan(laid.question, reader.ground, settings)
        assert can_be_laid(laid, plan)
        wanted = [asked(metric, variant, window, whose, by) for by in ((), PLACES[:1])]
        alone = [answer(one, reader, settings) for one in wanted]
        with together(laid, plan, reader, settings, {}) as answered:
            assert [answered(one) for one in wanted] == alone
        assert any(figure.n for figures in alone for figure in figures), "there is something to compare"


def test_what_scorecards_measure_people_by_can_be_laid() -> None:
    """Sums and products are asked as before; what stands beside is none of the work."""
    for group in read(shipped()).groups:
        for one in group.measures if not group.beside else ():
            assert kept.entry(one.metric).kind in ("ratio", "cases"), one.metric


def test_rows_are_found_once() -> None:
    """Whatever is asked of them, nothing but what was laid is read afterwards; and it is gone at the end."""
    reader, settings = world().reader(), world().settings
    whole = as_laid(asked("touchpoint_coverage", (), "quarter", ("owner", ADA)), PLACES)
    plan = kept.plan(whole.question, reader.ground, settings)
    seen: list[str] = []

    cursor = world().con.cursor()

    def run(sql: str) -> Rows:
        seen.append(sql)
        done = cursor.execute(sql)
        return [item[0] for item in done.description or ()], done.fetchall()

    told = Reader(run, reader.ground, settings)
    with together(whole, plan, told, settings, {}) as answered:
        laid = len(seen)
        for by in PLACES:
            assert answered(asked("touchpoint_coverage", (), "quarter", ("owner", ADA), (by,)))
        read = [sql for sql in seen[laid:] if "FROM" in sql and "target" not in sql]
        assert read
        assert all("laid_rows" in sql for sql in read)
    assert "DROP" in seen[-1]


def test_what_a_check_holds_is_held_there_too() -> None:
    whole = as_laid(asked("touchpoint_coverage", (), "quarter", ("owner", ADA)), PLACES)
    plan = kept.plan(whole.question, world().reader().ground, world().settings)
    held = {name: "a check" for name in plan.tables if name.endswith("_version")}
    with together(whole, plan, world().reader(), world().settings, held) as answered:
        figures: list[Figure] = answered(whole)
    assert [figure.status for figure in figures] == ["held"]


def test_of_a_narrow_scope_nothing_is_laid() -> None:
    whole = as_laid(asked("touchpoint_coverage", (), "quarter", ("owner", ADA)), PLACES)
    plan = kept.plan(whole.question, world().reader().ground, world().settings)
    assert can_be_laid(whole, plan)
    assert not can_be_laid(replace(whole, scope=Scope((ADA,))), plan)
