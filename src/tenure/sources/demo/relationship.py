"""``touchpoint``, ``inquiry``: the contacts between CSMs and customers, and the questions that CSMs are asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tenure.sources.demo.columns import blank, either, flag, ident, instant, join, money, whole, word
from tenure.sources.demo.days import DAY, NEVER, WARM_UP, Floats, Ints
from tenure.sources.demo.past import Occasions, Past
from tenure.sources.demo.people import People
from tenure.sources.demo.team import csm_ids

_CHANNELS = ("email", "call", "meeting", "review", "chat", "visit")
_MINUTES = (6, 22, 48, 75, 9, 150)
_OUTCOMES = ("done", "follow-up agreed", "risk found", "no answer")
_CONTACTS = (0.55, 1.1, 2.2)  # a month, by segment
_REVIEWS = (0, 6, 3)  # months between two business reviews; none
_NEWSLETTER = 0.6
_QUESTIONS = (0.12, 0.3, 0.6)  # a month, by segment
_ANSWER = 5.2  # log of the minutes to an answer, at the usual pace
_NONE = np.int64(NEVER * DAY)


def diligence(past: Past) -> Floats:
    """By CSM, then the pool: 1 is usual. Those whose customers feel better tend to care more, but not strictly."""
    effect = past.staff.effect
    drawn = 1 + 0.35 * effect + past.draws("diligence").normal(0, 0.12, len(effect))
    return np.append(np.clip(drawn, 0.5, 1.6), 0.15)


@dataclass(frozen=True)
class _Contacts:
    """One entry per contact. ``channel``: a code; ``automated``: 1 for the newsletter."""

    account: Ints
    csm: Ints
    mood: Floats
    at: Ints
    channel: Ints
    automated: Ints
    thread: Ints
    reply: Ints  # 1 for the customer's answer in a thread

    def ordered(self) -> _Contacts:
        """Those that have been, in the order of time."""
        order = np.lexsort((self.reply, self.account, self.at))
        order = order[self.at[order] < _NONE]
        return _Contacts(**{name: values[order] for name, values in vars(self).items()})


def touchpoint_table(past: Past, people: People) -> pa.Table:
    """The canonical ``touchpoint`` rows of the window."""
    rng = past.draws("touchpoints")
    made = _contacts(past, rng).ordered()
    count, day = len(made.at), past.calendar.local(made.at) // DAY
    person = people.contact(made.account, day, rng.random(count))
    also = people.contact(made.account, day, rng.random(count))
    two = (made.channel >= 2) & (also > 0) & (also != person) & (person > 0)
    who, other = (join('"', ident("P", made.account, number), '"') for number in (person, also))
    listed = either(two, join("[", who, ",", other, "]"), join("[", who, "]"))
    care = diligence(past)[made.csm]
    quality = np.clip(np.rint(3.4 + 1.2 * (care - 1) + 0.4 * made.mood + rng.normal(0, 0.7, count)), 1, 5)
    tone = np.clip(np.rint(10 * (0.15 + 0.35 * made.mood + rng.normal(0, 0.25, count))), -10, 10).astype(np.int64)
    risk = rng.random(count) < np.clip(0.12 - 0.12 * made.mood, 0.01, 0.6)
    outcome = np.where(risk, 2, np.where(rng.random(count) < 0.35, 1, np.where(person == 0, 3, 0)))
    live = (made.channel > 0) & (made.channel != 4) & (made.automated == 0)
    minutes = np.maximum(1, np.array(_MINUTES)[made.channel] * np.exp(rng.normal(0, 0.3, count))).astype(np.int64)
    return pa.table(
        {
            "touchpoint_id": ident("TP", np.arange(count) + 1, width=7),
            "account_id": ident("A", made.account),
            "csm_id": csm_ids(made.csm),
            "channel": word(made.channel, _CHANNELS),
            "direction": word(np.where(live, 2, made.reply), ("out", "in", "both")),
            "occurred_at": instant(made.at),
            "minutes": whole(minutes, null=made.automated == 1),
            "person_ids": blank(listed, (person == 0) | (made.automated == 1)),
            "quality": whole(quality.astype(np.int64), null=~live | (rng.random(count) < 0.3)),
            "sentiment": money(tone, 1, made.automated == 1),
            "outcome": word(np.where(live, outcome, -1), _OUTCOMES),
            "is_automated": flag(made.automated == 1),
            "thread_id": blank(ident("TH", np.maximum(made.thread, 0), width=7), made.thread < 0),
        }
    )


def _contacts(past: Past, rng: np.random.Generator) -> _Contacts:
    """Personal contacts by the owner's diligence, business reviews in their rhythm, a newsletter to all."""
    traits = past.traits
    owners = past.ownership.owner[:, WARM_UP:]
    rate = np.array(_CONTACTS)[traits.segment][:, None] * diligence(past)[owners]
    personal = past.occasions(rng, rate)
    channel = np.searchsorted([0.5, 0.72, 0.86, 0.97], rng.random(len(personal)), side="right")
    channel = np.where(channel > 2, channel + 1, channel)  # reviews have their own rhythm
    reviews, mails = _reviews(past, rng), past.occasions(rng, np.full((1, 1), _NEWSLETTER))
    parts = [(personal, channel, 0), (reviews, np.full(len(reviews), 3), 0), (mails, np.zeros(len(mails), int), 1)]
    account, day, mood = (
        np.concatenate([getattr(came, name) for came, _, _ in parts]) for name in ("account", "day", "mood")
    )
    channel = np.concatenate([code for _, code, _ in parts]).astype(np.int64)
    automated = np.repeat([0, 0, 1], [len(came) for came, _, _ in parts])
    at, csm = past.at(rng, day), past.absences.present(past.owner(account, day), day)
    mail = (channel == 0) & (automated == 0)
    thread = np.where(mail, np.cumsum(mail), -1)
    answered = np.flatnonzero(mail & (rng.random(len(at)) < np.clip(0.5 + 0.15 * mood, 0.1, 0.9)))
    replies = past.later(at[answered], 3600 * rng.gamma(1.5, 5.0, len(answered)))
    rows = np.concatenate([np.arange(len(at)), answered])
    reply = np.repeat([0, 1], [len(at), len(answered)])
    csm = np.where(automated == 1, -1, csm)
    return _Contacts(
        account[rows],
        csm[rows],
        mood[rows],
        np.concatenate([at, replies]),
        channel[rows],
        automated[rows],
        thread[rows],
        reply,
    )


def _reviews(past: Past, rng: np.random.Generator) -> Occasions:
    """Business reviews: quarterly or half-yearly, most of them, where somebody owns the account."""
    traits, step = past.traits, past.window
    every = np.array(_REVIEWS)[traits.segment][:, None]
    age = past.calendar.first + step - traits.start_month[:, None]
    due = (every > 0) & (age > 0) & (age % np.maximum(every, 1) == 0) & past.life.paying[:, WARM_UP:]
    due &= past.ownership.owner[:, WARM_UP:] >= 0
    held = due & (
        rng.random(due.shape) < 0.55 + 0.3 * np.minimum(1, diligence(past)[past.ownership.owner[:, WARM_UP:]])
    )
    account, found = np.nonzero(held)
    return past.placed(rng, account, step[found])


def inquiry_table(past: Past) -> pa.Table:
    """The canonical ``inquiry`` rows: the unhappy ask more; an answer takes longer from a stand-in, or the less diligent."""
    rng = past.draws("inquiries")
    rate = np.array(_QUESTIONS)[past.traits.segment][:, None] * np.exp(-0.35 * past.mood())
    came = past.occasions(rng, rate * (past.ownership.owner[:, WARM_UP:] >= 0))
    asked, owner = past.at(rng, came.day), past.owner(came.account, came.day)
    order = np.lexsort((came.account, asked))
    order = order[(asked[order] < _NONE) & (owner[order] >= 0)]  # an owner may change within a billing month
    account, asked, owner, day = (column[order] for column in (came.account, asked, owner, came.day))
    csm = past.absences.present(owner, day)
    slow = _ANSWER - 1.5 * (diligence(past)[csm] - 1) + 0.7 * (csm != owner)
    answered = past.later(asked, 60 * np.exp(rng.normal(slow, 0.9)))
    answered = np.where(rng.random(len(asked)) < 0.03, _NONE, answered)  # forgotten
    settled = past.later(answered, 3600 * rng.gamma(0.8, 20.0, len(asked)))
    at_once = rng.random(len(asked)) < 0.4
    return pa.table(
        {
            "inquiry_id": ident("Y", np.arange(len(asked)) + 1, width=6),
            "account_id": ident("A", account),
            "csm_id": csm_ids(csm),
            "asked_at": instant(asked),
            "answered_at": instant(answered),
            "resolved_at": instant(np.where(at_once, answered, settled)),
        }
    )
