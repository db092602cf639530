"""``ready``: make what the first page about an account would wait for on a day, so that nobody does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure.engine.laid import Laid
from tenure.engine.verbs.health import Health, days_of, health
from tenure.scores.signal import customers

if TYPE_CHECKING:
    from tenure.engine.desk import Desk


@dataclass(frozen=True)
class Ready:
    """Nothing is to be said."""


@dataclass(frozen=True)
class MadeReady:
    """``explained``: whether there is a customer whose score can be explained."""

    explained: bool


def ready(desk: Desk, _request: Ready) -> MadeReady:
    """Lay what is known of accounts by account, and remember what is known of all customers on the days that an explained health
    score compares: one account's score is explained as it is on its page, and what that found out of all of them is kept.

    Raises ``UsageError`` for a model that is wrong.
    """
    Laid.fresh(desk)
    day, _since, known = days_of("", "", desk.settings, desk.clock())
    with desk.in_warehouse(desk.fresh(desk.clock()), remember=True) as reader:
        there = customers(reader, day, known, desk.settings)
    if there:
        health(desk, Health(there[0].account_id))
    return MadeReady(bool(there))
