"""``milestone``, ``training``: the way of new customers to value, and what they and our own people learn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tenure.sources.demo.columns import blank, civil, flag, ident, instant, money, word
from tenure.sources.demo.days import DAY, NEVER, WARM_UP, Flags, Floats, Ints, workday
from tenure.sources.demo.past import Past
from tenure.sources.demo.people import People
from tenure.sources.demo.team import csm_ids
from tenure.sources.demo.words import PRODUCTS

_KINDS = ("closed_won", "kickoff", "live", "onboarded", "first_value")
_LIVE = (12, 28, 55)  # days from kick-off at mood 0, by segment
_SLOWER = -0.35  # log of the days per unit of mood
_HELD = 0.2  # of the steps are held up
_COURSES = ("Planner basics", "Planner for administrators", "Advanced planning")
_OWN_COURSES = ("Data protection", "Renewal conversations", "Reading a health score")


def won_days(past: Past) -> Ints:
    """The day on which each customer signed: up to three weeks before it began to pay."""
    begun = past.begun()
    days = begun - past.draws("signing").integers(0, 21, len(begun))
    return np.where(begun < NEVER, np.minimum(days, past.calendar.today - 1), NEVER)


@dataclass(frozen=True)
class _Step:
    """One milestone of every new account: the days on which work on it began, it was due and it was reached."""

    started: Ints
    due: Ints
    done: Ints


def _steps(past: Past, account: Ints, mood: Floats, rng: np.random.Generator) -> list[_Step]:
    count, begun, segment = len(account), past.begun()[account], past.traits.segment[account]

    def lasts(usual: Ints, slower: float) -> Ints:
        days = usual * np.exp(rng.normal(-0.1, 0.4, count) + slower * mood)
        return np.maximum(1, days).astype(np.int64)

    won = won_days(past)[account]
    kickoff = begun + lasts(4 + 3 * segment, _SLOWER)
    live = kickoff + lasts(np.array(_LIVE)[segment], _SLOWER)
    onboarded = live + lasts(np.array((10, 18, 30))[segment], _SLOWER)
    value = kickoff + lasts(np.array((20, 45, 80))[segment], -0.5)
    plan = begun + 7 + np.array(_LIVE)[segment]
    return [
        _Step(won, won, won),
        _Step(begun, begun + 10, kickoff),
        _Step(kickoff, plan, live),
        _Step(live, plan + 25, onboarded),
        _Step(kickoff, begun + 90, value),
    ]


def milestone_table(past: Past) -> pa.Table:
    """The canonical ``milestone`` rows of every customer's first start. What is not reached by the end never is."""
    rng, calendar = past.draws("milestones"), past.calendar
    begun, ended = past.begun(), past.ended()
    account = np.flatnonzero(begun < calendar.today)
    mood = past.life.mood[account, calendar.step_of(begun[account], past.traits.day_of_month[account])]
    steps = _steps(past, account, mood.astype(np.float64), rng)
    who, kind = np.tile(account, len(steps)), np.repeat(np.arange(len(steps)), len(account))
    started, due, done = (
        np.concatenate([workday(column) for column in columns])
        for columns in zip(*((step.started, step.due, step.done) for step in steps), strict=True)
    )
    held = (rng.random(len(who)) < _HELD) & (kind > 0)
    minutes = np.where(held, rng.integers(1, 15, len(who)) * 8 * 60, 0)
    by_us = rng.random(len(who)) < 0.35
    done = np.where((done < np.minimum(ended[who], calendar.today)) & (done >= started), done, NEVER)
    kept = (started < np.minimum(ended[who], calendar.today)) & ((kind > 0) | (done < NEVER))
    blocker = np.where(held & (done < NEVER), by_us.astype(np.int64), -1)
    who, kind, started, due, done, minutes, blocker = (
        column[kept] for column in (who, kind, started, due, done, minutes, blocker)
    )
    return pa.table(
        {
            "milestone_id": ident("M", who, kind + 1),
            "account_id": ident("A", who),
            "kind": word(kind, _KINDS),
            "product_id": word(kind * 0, (PRODUCTS[0][0],)),
            "due_at": civil(np.where(kind > 0, due, NEVER)),
            "started_at": civil(started),
            "completed_at": civil(done),
            "held_minutes": money(minutes, 0, done >= NEVER),
            "blocked_by": word(blocker, ("customer", "us")),
        }
    )


def training_table(past: Past, people: People) -> pa.Table:
    """The canonical ``training`` rows: of customers after their start, and of CSMs every half year."""
    rng, calendar = past.draws("training"), past.calendar
    begun = past.begun()
    account = np.repeat(np.flatnonzero(begun < calendar.today), 3)
    course = np.tile(np.arange(3), len(account) // 3)
    times = np.where(course == 0, np.minimum(people.contacts[account], 3), 1)
    account, course = np.repeat(account, times), np.repeat(course, times)
    nth = np.arange(len(account)) - np.repeat(np.cumsum(times) - times, times)
    assigned = begun[account] + np.array((3, 10, 60))[course]
    mood = past.life.mood[account, calendar.step_of(begun[account], past.traits.day_of_month[account])]
    takes = np.clip(np.array((0.86, 0.78, 0.35))[course] + 0.12 * mood, 0.05, 0.98)
    learner = ident("P", account, nth + 1)
    customers = _Assigned(assigned, course < 2, takes, np.full(len(account), 30), course)
    columns = _taught(past, customers, rng, np.minimum(past.ended()[account], calendar.today))
    customer = pa.table({"account_id": ident("A", account), "person_id": learner, **columns})
    customer = customer.filter(flag(assigned < np.minimum(past.ended()[account], calendar.today)))
    rows = pa.concat_tables([customer, _own_training(past, rng)], promote_options="default")
    return rows.add_column(0, "training_id", ident("TR", np.arange(rows.num_rows) + 1, width=6))


@dataclass(frozen=True)
class _Assigned:
    """One entry per course and learner. ``takes``: how likely it is to be done; ``course``: a code of all courses."""

    day: Ints
    required: Flags
    takes: Floats
    within: Ints  # days
    course: Ints


def _taught(past: Past, assigned: _Assigned, rng: np.random.Generator, until: Ints) -> dict[str, pa.Array]:
    count = len(assigned.day)
    done = workday(assigned.day + 1 + (assigned.within * rng.gamma(2.0, 0.4, count)).astype(np.int64))
    done = np.where((rng.random(count) < assigned.takes) & (done > assigned.day), done, NEVER)
    at = past.calendar.instant(np.where(done < until, done, NEVER), rng.integers(9 * 3600, 17 * 3600, count))
    never = at >= NEVER * DAY
    return {
        "course": word(assigned.course, _COURSES + _OWN_COURSES),
        "required": flag(assigned.required),
        "assigned_at": civil(assigned.day),
        "due_at": civil(assigned.day + assigned.within),
        "completed_at": instant(at),
        "score": blank(money(np.clip(rng.normal(84, 9, count), 40, 100).astype(np.int64), 0), never),
    }


def _own_training(past: Past, rng: np.random.Generator) -> pa.Table:
    """CSMs learn, too: every half year, while they work here."""
    calendar, staff = past.calendar, past.staff
    step, csm = (
        grid.ravel()
        for grid in np.meshgrid(np.arange(WARM_UP, calendar.steps, 6), np.arange(len(staff)), indexing="ij")
    )
    month = calendar.first + step
    works = (staff.joins[csm] <= month) & (staff.leaves[csm] > month + 2) & (calendar.starts[step] < calendar.today)
    csm, step = csm[works], step[works]
    day = calendar.starts[step]
    takes = np.full(len(csm), 0.9)
    course = len(_COURSES) + step // 6 % len(_OWN_COURSES)
    assigned = _Assigned(day, course < len(_COURSES) + 2, takes, np.full(len(csm), 45), course)
    return pa.table({"csm_id": csm_ids(csm), **_taught(past, assigned, rng, np.full(len(csm), calendar.today))})
