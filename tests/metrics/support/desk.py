"""A support desk, so that a test tells of tickets only."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from tests.world import ACME, ADA, World

OFFICE = "office"
WEEK = range(5)


def desk(now: str = "2026-07-01", zone: str = "UTC", **settings: Any) -> World:
    """A world with one customer, Acme, which Ada owns."""
    return World(now, zone, **settings).account(ACME, segment="SMB").owns(ADA, ACME)


def open_in(world: World, zone: str = "UTC", name: str = OFFICE, *hours: str, days: Any = WEEK) -> World:
    """A schedule: each of ``hours`` as 09:00-17:00, which is also the default."""
    told = [text.split("-") for text in hours or ("09:00-17:00",)]
    rows = ({"schedule_id": name, "time_zone": zone, "weekday": day, "opens": opens, "closes": closes}
            for day in days for opens, closes in told)  # fmt: skip
    return world.add("schedule", *rows)


def ticket(world: World, name: str, created: str, **more: Any) -> World:
    """A ticket of Acme's, unless it says otherwise."""
    return world.add("ticket", {"ticket_id": name, "account_id": ACME, "created_at": created, **more})


def course(world: World, name: str, *told: str) -> World:
    """A ticket's statuses: status, when, status, when, ..."""
    steps = list(pairwise(told))[::2]
    return world.add("ticket_status", *({"ticket_id": name, "status": status, "at": at} for status, at in steps))


def says(world: World, name: str, role: str, *at: str, public: bool = True) -> World:
    """Comments on a ticket."""
    rows = ({"ticket_id": name, "author_role": role, "is_public": public, "at": when} for when in at)
    return world.add("ticket_comment", *rows)


def promises(world: World, measure: str, minutes: float, **more: Any) -> World:
    """A target, in force since 2020."""
    return world.add("sla_target", {"measure": measure, "minutes": minutes, "valid_from": "2020-01-01", **more})
