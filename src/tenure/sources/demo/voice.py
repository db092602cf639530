"""``survey_answer``: what customers are asked and how they answer, by the mood of their account."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from tenure.sources.demo import words
from tenure.sources.demo.cast import people_at
from tenure.sources.demo.columns import blank, flag, ident, instant, money, whole, word
from tenure.sources.demo.days import DAY, NEVER, WARM_UP, Calendar, Flags, Floats, Ints, workday
from tenure.sources.demo.life import Life
from tenure.sources.demo.past import Past
from tenure.sources.demo.people import People
from tenure.sources.demo.staff import Ownership
from tenure.sources.demo.team import csm_ids
from tenure.sources.demo.tickets import Tickets, agent_ids, ticket_ids
from tenure.sources.demo.traits import Traits

_ASKED = (1.0, 0.5, 0.4)  # the chance that the first, second and third person get the quarterly survey
_NONE = np.int64(NEVER * DAY)


@dataclass(frozen=True)
class Survey:
    """One questionnaire: its scale, how often it is answered and what mood makes of the score."""

    name: str
    prefix: str
    low: int
    high: int
    rate: float
    usual: float
    slope: float
    noise: float
    bad: int
    good: int


NPS = Survey("nps", "N", 0, 10, 0.34, 8.2, 1.6, 1.3, bad=6, good=9)
CSAT = Survey("csat", "Q", 1, 5, 0.38, 4.2, 0.6, 0.8, bad=2, good=4)
CES = Survey("ces", "E", 1, 7, 0.30, 5.4, 0.8, 1.1, bad=3, good=5)


@dataclass(frozen=True)
class Invitations:
    """One entry per invitation; -1 where there is no person, wave, ticket, CSM or agent."""

    account: Ints
    person: Ints
    mood: Floats
    sent: Ints
    wave: Ints  # a month
    ticket: Ints
    csm: Ints
    agent: Ints

    def and_then(self, other: Invitations) -> Invitations:
        """These invitations followed by the others."""
        return Invitations(**{name: np.concatenate([mine, getattr(other, name)]) for name, mine in vars(self).items()})

    def sent_by_now(self) -> Invitations:
        """Those that have been sent, in the order of time."""
        order = np.lexsort((self.person, self.account, self.sent))
        order = order[self.sent[order] < _NONE]
        return Invitations(**{name: values[order] for name, values in vars(self).items()})

    def met(self, people: People, calendar: Calendar) -> Invitations:
        """Those that reach somebody: for a champion who has left, whoever is there instead."""
        person = people.instead(self.account, calendar.local(self.sent) // DAY, self.person)
        return Invitations(**{name: values[person != 0] for name, values in vars(replace(self, person=person)).items()})


def survey_table(past: Past, people: People, tickets: Tickets) -> pa.Table:
    """The canonical ``survey_answer`` rows: NPS by quarter and after the start, CSAT and CES after tickets."""
    rng, life, traits, calendar = past.draws("surveys"), past.life, past.traits, past.calendar
    solved = np.flatnonzero(tickets.first_solved < _NONE)
    rated = solved[rng.random(len(solved)) < 0.55]
    weighed = solved[rng.random(len(solved)) < 0.20]
    nps = _quarterly(life, traits, calendar, rng).and_then(_after_start(life, traits, past.ownership, calendar, rng))
    return pa.concat_tables(
        [
            _answers(survey, asked.met(people, calendar), calendar, rng)
            for survey, asked in (
                (NPS, nps),
                (CSAT, _after_ticket(tickets, rated, calendar)),
                (CES, _after_ticket(tickets, weighed, calendar)),
            )
        ]
    )


def _quarterly(life: Life, traits: Traits, calendar: Calendar, rng: np.random.Generator) -> Invitations:
    people, parts = people_at(traits), []
    for step in range(WARM_UP, calendar.steps):
        if (calendar.first + step) % 3:
            continue
        for nth, chance in enumerate(_ASKED, start=1):
            account = np.flatnonzero((people >= nth) & (rng.random(len(traits)) < chance))
            day = workday(calendar.starts[step] + rng.integers(7, 13, len(account)))
            wave = np.full(len(account), calendar.first + step)
            parts.append((account, np.full(len(account), nth), day, wave))
    account, person, day, wave = (np.concatenate(column) for column in zip(*parts, strict=True))
    person = np.where(rng.random(len(day)) < 0.08, -1, person)  # anonymous
    return _invited(life, traits, calendar, rng, account, person, day, wave)


def _after_start(
    life: Life, traits: Traits, ownership: Ownership, calendar: Calendar, rng: np.random.Generator
) -> Invitations:
    bills = life.log.read("bill")
    begun = np.flatnonzero((bills["first"] == 1) & (bills["generation"] == 1))
    account, day = bills["account"][begun], workday(bills["day"][begun] + 60)
    first, none = np.ones(len(begun), dtype=np.int64), np.full(len(begun), -1)
    asked = _invited(life, traits, calendar, rng, account, first, day, none)
    month = np.searchsorted(calendar.starts * DAY, asked.sent, side="right") - 1
    return replace(asked, csm=ownership.owner[asked.account, month])


def _invited(
    life: Life,
    traits: Traits,
    calendar: Calendar,
    rng: np.random.Generator,
    account: Ints,
    person: Ints,
    day: Ints,
    wave: Ints,
) -> Invitations:
    """The invitations of those who are paying customers on the day, by now."""
    step = calendar.step_of(day, traits.day_of_month[account])
    sent = calendar.instant(day, rng.integers(9 * 3600, 16 * 3600, len(day)))
    sent = np.where(life.paying[account, step], sent, _NONE)
    none = np.full(len(day), -1)
    mood = life.mood[account, step].astype(np.float64)
    return Invitations(account, person, mood, sent, wave, none, none, none).sent_by_now()


def _after_ticket(tickets: Tickets, which: Ints, calendar: Calendar) -> Invitations:
    none = np.full(len(which), -1)
    sent = calendar.past(tickets.first_solved[which] + 600)
    asked = Invitations(
        tickets.account[which],
        tickets.person[which],
        tickets.mood[which],
        sent,
        none,
        which,
        none,
        tickets.agent[which],
    )
    return asked.sent_by_now()


@dataclass(frozen=True)
class _Answers:
    """What came back, one entry per invitation; ``_NONE`` and -1 where nothing did."""

    delivered: Ints
    answered: Ints
    score: Ints
    good: Flags
    theme: Ints  # of those who wrote something
    followed: Ints


def _draw_answers(survey: Survey, asked: Invitations, calendar: Calendar, rng: np.random.Generator) -> _Answers:
    count = len(asked.account)
    delivered = calendar.past(asked.sent + rng.integers(2, 90, count))
    delivered = np.where(rng.random(count) < 0.97, delivered, _NONE)
    willing = rng.random(count) < np.clip(survey.rate + 0.08 * asked.mood, 0.08, 0.75)
    answered = delivered + (3600 * np.exp(rng.normal(2.3, 1.2, count))).astype(np.int64)
    answered = calendar.past(calendar.awake(answered))
    answered = np.where(willing & (delivered < _NONE), answered, _NONE)
    score = np.rint(survey.usual + survey.slope * asked.mood + rng.normal(0, survey.noise, count)).astype(np.int64)
    score = np.clip(score, survey.low, survey.high)
    came, wrote = answered < _NONE, rng.random(count) < 0.3
    theme = np.where(came & wrote, rng.integers(0, len(words.THEMES), count), -1)
    told = came & (score <= survey.bad) & (rng.random(count) < 0.6)
    followed = np.where(told, calendar.past(answered + rng.integers(1, 10, count) * DAY), _NONE)
    return _Answers(delivered, answered, score, score >= survey.good, theme, followed)


def _answers(survey: Survey, asked: Invitations, calendar: Calendar, rng: np.random.Generator) -> pa.Table:
    came, count = _draw_answers(survey, asked, calendar, rng), len(asked.account)
    text = np.where(came.theme >= 0, came.theme + np.where(came.good, 0, len(words.THEMES)), -1)
    waves = {m: f"{1970 + m // 12}-Q{m % 12 // 3 + 1}" for m in range(calendar.opens, calendar.first + calendar.steps)}
    sentiment = np.where(came.good, 1, -1) * rng.integers(2, 10, count)
    return pa.table(
        {
            "answer_id": ident(survey.prefix, np.arange(count) + 1, width=7),
            "survey": word(np.zeros(count, dtype=np.int64), (survey.name,)),
            "kind": word((asked.wave < 0).astype(np.int64), ("relational", "transactional")),
            "wave": word(np.where(asked.wave < 0, -1, asked.wave - calendar.opens), list(waves.values())),
            "account_id": ident("A", asked.account),
            "person_id": blank(ident("P", asked.account, asked.person), asked.person < 0),
            "score": whole(came.score, came.answered >= _NONE),
            "scale_min": whole(np.full(count, survey.low)),
            "scale_max": whole(np.full(count, survey.high)),
            "text": word(text, words.PRAISE + words.COMPLAINTS),
            "sent_at": instant(asked.sent),
            "delivered_at": instant(came.delivered),
            "answered_at": instant(came.answered),
            "ticket_id": blank(ticket_ids(np.maximum(asked.ticket, 0)), asked.ticket < 0),
            "csm_id": csm_ids(asked.csm),
            "agent_id": blank(agent_ids(asked.agent), asked.agent < 0),
            "is_anonymous": flag(asked.person < 0),
            "theme": word(came.theme, words.THEMES),
            "sentiment": money(sentiment, 1, came.theme < 0),
            "followed_up_at": instant(came.followed),
        }
    )
