"""``usage``, ``usage_daily``: what people do in Planner, event by event, and the daily sums that Insights gives.

Accounts that are content use more; those that will leave use less and less. Where the company is so large that the
events would be too many to load, each account has fewer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tenure.sources.demo.columns import civil, either, ident, instant, whole, word
from tenure.sources.demo.days import DAY, NEVER, WARM_UP, Floats, Ints
from tenure.sources.demo.features import API, AUTOMATION, FEATURES, LOGIN, NAMES, released
from tenure.sources.demo.past import Occasions, Past
from tenure.sources.demo.people import STAFF, People, services
from tenure.sources.demo.words import PRODUCTS

_SESSIONS = 1.15  # of a user in a month at mood 0
_ON_MOOD = 0.4  # log of the sessions per unit of mood
_FADES = (0.35, 0.5, 0.65, 0.85)  # what is usually left in the last months of those who leave
_MOST = 800_000  # sessions, and in a company of very many accounts these for each
_FOR_EACH = 25
_LOGS_IN = 0.75  # of the sessions; the others are still logged in
_INTERNAL = 0.012  # of the sessions are our own people's
_NONE = np.int64(NEVER * DAY)


@dataclass(frozen=True)
class Use:
    """One entry per event, in the order of time. ``user``: an index into ``People``; -1 for machines and our own."""

    account: Ints
    user: Ints
    internal: Ints  # the number of one of our own people, -1 for customers
    feature: Ints
    at: Ints
    session: Ints
    seconds: Ints  # 0: unknown
    count: Ints


def draw_use(past: Past, people: People) -> Use:
    """Every event of the window."""
    rng = past.draws("use")
    came = _sessions(past, people, rng)
    user, day = _who(past, people, came, rng)
    kept = user >= 0
    account, user, day, mood = came.account[kept], user[kept], day[kept], came.mood[kept]
    begins = past.calendar.instant(day, _clock(rng, len(day)))
    kept = begins < past.calendar.now - 2 * 3600
    account, user, begins, day = (column[kept] for column in (account, user, begins, day))
    mood = mood[kept]
    internal = np.where(rng.random(len(user)) < _INTERNAL, rng.integers(0, STAFF, len(user)), -1)
    actions = 1 + rng.binomial(2, np.clip(0.22 + 0.06 * mood, 0.02, 0.6))
    logs_in = rng.random(len(user)) < _LOGS_IN
    each = actions + logs_in
    session = np.repeat(np.arange(len(user)), each)
    nth = np.arange(len(session)) - np.repeat(np.cumsum(each) - each, each)
    is_login = (nth == 0) & logs_in[session]
    feature = np.where(is_login, LOGIN, _feature(past, account[session], day[session], rng))
    seconds = np.where(is_login, 0, (60 * np.exp(rng.normal(1.3, 0.8, len(session)))).astype(np.int64))
    at = begins[session] + np.where(nth == 0, 0, nth * 480 + rng.integers(0, 400, len(session)))
    columns = (account[session], user[session], internal[session], feature, at, session, seconds)
    count = np.where(is_login, 1, 1 + rng.poisson(1.5, len(session)))
    return _ordered(*_with_machines(past, rng, *columns, count))


def _sessions(past: Past, people: People, rng: np.random.Generator) -> Occasions:
    """Sessions by account and month: more people, more content, more use; less before the end."""
    calendar, shape = past.calendar, past.mood().shape
    rate = np.broadcast_to(people.users[:, None], shape) * _SESSIONS * np.exp(_ON_MOOD * past.mood())
    rate = rate * np.array([0.85 if (calendar.first + step) % 12 in (6, 7) else 1.0 for step in past.window])
    rate = rate * fading(past)
    paid = rate * past.life.paying[:, WARM_UP:]
    most = max(_MOST, _FOR_EACH * len(past.traits))
    return past.occasions(rng, rate * min(1.0, most / max(1.0, float(paid.sum()))))


def fading(past: Past) -> Floats:
    """Account x step of the window: what is left of the use of those who will leave, 1 for the others.

    Some turn away sooner and some not at all.
    """
    losses = past.life.log.read("loss")
    strength = past.draws("fading").uniform(0, 1.5, len(losses["account"]))
    left = np.ones((len(past.traits), len(past.window)))
    ends = past.calendar.step_of(losses["day"], past.traits.day_of_month[losses["account"]])
    # an end after the last step is in one of the months to come
    beyond = np.maximum(0, losses["day"] - past.calendar.starts[past.calendar.steps - 1]) // 30
    ends = np.where(losses["day"] > past.calendar.today, past.calendar.steps - 1 + beyond, ends)
    for before, share in enumerate(_FADES, start=1):
        step = ends - before - WARM_UP
        inside = (step >= 0) & (step < len(past.window))
        left[losses["account"][inside], step[inside]] = share ** strength[inside]
    return left


def _who(past: Past, people: People, came: Occasions, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """The user of each session, few of them often and many seldom; -1 where nobody is there yet."""
    first = people.first_user[came.account]
    keys = people.user_account * NEVER + people.user_from
    there = np.searchsorted(keys, came.account * NEVER + came.day, side="right") - first
    there = np.minimum(there, past.lines.seats_on(came.account, came.day))
    nth = (rng.random(len(came)) ** 1.25 * there).astype(np.int64)
    gone = (nth == 0) & (people.left[came.account] <= came.day)
    nth = np.where(gone, np.where(there > 1, 1, -1), nth)
    return np.where((there > 0) & (nth >= 0), first + nth, -1), came.day


def _clock(rng: np.random.Generator, count: int) -> Ints:
    """Seconds of the day: mornings and afternoons, seldom the evening."""
    hour = np.where(rng.random(count) < 0.55, rng.normal(10, 1.3, count), rng.normal(15, 1.8, count))
    return (np.clip(hour, 6.2, 21.5) * 3600).astype(np.int64)


def _feature(past: Past, account: Ints, day: Ints, rng: np.random.Generator) -> Ints:
    """A feature by weight; those not released or not in the plan are replaced by the most usual one."""
    weights = np.array([feature.weight * (feature.product == 0) for feature in FEATURES])
    drawn = np.searchsorted(np.cumsum(weights) / weights.sum(), rng.random(len(account)), side="right")
    early = (drawn == AUTOMATION) & (day < released(AUTOMATION, past.calendar))
    low = (drawn == AUTOMATION) & (past.lines.rank_on(account, day) < FEATURES[AUTOMATION].plan)
    return np.where(early | low, 1, np.minimum(drawn, len(FEATURES) - 1))


def _with_machines(past: Past, rng: np.random.Generator, *columns: Ints) -> tuple[Ints, ...]:
    """The events and a weekly call of the API by the machines of large customers, which stands for many."""
    accounts = services(past)
    rate = np.zeros((len(past.traits), len(past.window)))
    rate[accounts] = 4.3
    came = past.occasions(rng, rate)
    settled = came.day > past.begun()[came.account] + 14
    settled &= past.lines.rank_on(came.account, came.day) >= FEATURES[API].plan
    account, day = came.account[settled], came.day[settled]
    none = np.full(len(account), -1)
    at = past.calendar.instant(day, rng.integers(0, 6 * 3600, len(day)))
    session, calls = columns[5].max(initial=0) + 1 + np.arange(len(account)), rng.poisson(400, len(account))
    more = (account, none, none, np.full(len(account), API), at, session, np.zeros(len(account), dtype=np.int64), calls)
    return tuple(np.concatenate(pair) for pair in zip(columns, more, strict=True))


def _ordered(*columns: Ints) -> Use:
    at, account = columns[4], columns[0]
    order = np.lexsort((account, at))
    order = order[at[order] < _NONE]
    return Use(*(column[order] for column in columns))


def last_seen(use: Use, people: People) -> Ints:
    """The instant at which each user was last seen, ``NEVER`` for those who never came."""
    seen = np.full(len(people.user_account), -1)
    own = (use.user >= 0) & (use.internal < 0)
    np.maximum.at(seen, use.user[own], use.at[own])
    return np.where(seen < 0, _NONE, seen)


def usage_table(use: Use, people: People) -> pa.Table:
    """The canonical ``usage`` rows."""
    user = np.maximum(use.user, 0)
    customer = ident("P", use.account, people.user_number(use.account, user - people.first_user[use.account]))
    person = either(use.user < 0, ident("SV", use.account), customer)
    person = either(use.internal >= 0, ident("U", use.internal + 1, width=2), person)
    count = np.arange(len(use.at))
    return pa.table(
        {
            "event_id": ident("E", count + 1, width=7),
            "account_id": ident("A", use.account),
            "person_id": person,
            "feature": word(use.feature, NAMES),
            "occurred_at": instant(use.at),
            "product_id": word(count * 0, (PRODUCTS[0][0],)),
            "session_id": ident("W", use.session + 1, width=7),
            "seconds": whole(use.seconds, null=use.seconds == 0),
            "count": whole(use.count),
        }
    )


def usage_daily_table(past: Past) -> pa.Table:
    """The canonical ``usage_daily`` rows: the working days on which an account with Insights used it."""
    rng, calendar = past.draws("daily use"), past.calendar
    account, start, end = past.lines.spans(1)
    start = np.maximum(start, calendar.starts[WARM_UP])
    days = np.maximum(0, np.minimum(end, calendar.today) - start)
    line = np.repeat(np.arange(len(account)), days)
    day = start[line] + np.arange(len(line)) - np.repeat(np.cumsum(days) - days, days)
    account = account[line]
    step = calendar.step_of(day, past.traits.day_of_month[account])
    mood = past.life.mood[account, step] + np.log(fading(past))[account, np.maximum(step - WARM_UP, 0)]
    used = ((day + 3) % 7 < 5) & (rng.random(len(day)) < np.clip(0.55 + 0.2 * mood, 0.05, 0.95))
    account, day, mood = account[used], day[used], mood[used]
    order = np.lexsort((account, day))
    account, day, mood = account[order], day[order], mood[order]
    users = 1 + rng.poisson(np.array((0.6, 1.5, 4.0))[past.traits.segment[account]] * np.exp(0.3 * mood))
    events = users + rng.poisson(2.5 * users)
    return pa.table(
        {
            "account_id": ident("A", account),
            "day": civil(day),
            "product_id": word(account * 0, (PRODUCTS[1][0],)),
            "active_users": whole(users),
            "events": whole(events),
            "seconds": whole(events * rng.integers(30, 120, len(day))),
        }
    )
