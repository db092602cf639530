"""Which times a fact compares with now is read off its expression."""

from __future__ import annotations

import ibis

from tenure.core.config import Settings
from tenure.figures.compared import compared
from tenure.metrics.kinds import FactKey
from tenure.metrics.support.promise import promise  # noqa: F401 - facts by existing
from tenure.metrics.world import World, expression
from tests.world import World as Built

SETTINGS: Settings = Built().settings


def of(fact: str) -> tuple[tuple[str, str], ...] | None:
    return compared(expression(World(SETTINGS), FactKey(fact)))


def test_columns_are_found_through_joins_unions_and_sums() -> None:
    assert of("escalated") == (("escalation", "opened_at"), ("ticket", "escalated_at"))
    assert of("promise") == (
        ("sla_target", "valid_from"),
        ("ticket_comment", "at"),
    )  # and what a fact compares is its own
    assert of("inquiries") == (("inquiry", "answered_at"), ("inquiry", "asked_at"), ("inquiry", "resolved_at"))
    assert of("identity") == (("account", "valid_from"),)  # or the beginning, which never passes
    assert of("holder") == of("merged") == ()


def test_what_is_reckoned_cannot_be_told() -> None:
    w = World(SETTINGS)
    t = w.ticket
    assert compared(t.filter(t.created_at < w.now)) == (("ticket", "created_at"),)
    assert compared(t.filter(t.created_at + ibis.interval(days=1) < w.now)) is None
    assert compared(t.mutate(age=w.now - t.created_at)) is None
    longest = t.group_by("account_id").agg(last=t.solved_at.max())
    assert compared(longest.filter(longest["last"] >= w.now)) == (("ticket", "solved_at"),)
