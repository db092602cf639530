"""``person``: the contacts of the CRM, who follows a champion that left, the users of the product, and our own people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tenure.sources.demo import words
from tenure.sources.demo.accounts import names, plain
from tenure.sources.demo.cast import people_at, person_table
from tenure.sources.demo.columns import civil, digits, flag, ident, instant, join, word
from tenure.sources.demo.days import NEVER, Floats, Ints
from tenure.sources.demo.past import Past

_TAKEN = (0.5, 0.85)  # the share of its seats that an account gives to people
_AT_ONCE = 0.6  # of the users come with the first day, the others within two years
_MOST = 400_000  # users: a very large company has fewer at each account
_FOLLOWS = 21  # days until somebody takes the place of a champion who left
_CHAMPION = 0.6  # of those who do are champions too
STAFF = 5  # our own people who look into customers' accounts


@dataclass(frozen=True)
class People:
    """Who can be met at an account. Contacts are numbered from 1, the follower comes after them, then the users.

    ``users``: how many by account, contacts included. ``user_account`` and ``user_from``: one entry per user, by account
    and in the order in which they came; ``first_user``: where an account's begin.
    """

    contacts: Ints
    left: Ints  # the day on which the champion left, by account
    follows: Ints  # the day on which somebody follows
    users: Ints
    first_user: Ints
    user_account: Ints
    user_from: Ints

    def contact(self, account: Ints, day: Ints, chance: Floats) -> Ints:
        """The number of a contact who is there on the day, 0 where nobody is. ``chance``: 0 to 1, picks one."""
        drawn = 1 + (chance * self.contacts[account]).astype(np.int64)
        return self.instead(account, day, drawn)

    def instead(self, account: Ints, day: Ints, number: Ints) -> Ints:
        """The same people, but for a champion who has left by that day: the follower, the second or nobody (0)."""
        gone = (number == 1) & (self.left[account] <= day)
        other = np.where(self.contacts[account] > 1, 2, 0)
        return np.where(gone, np.where(self.follows[account] <= day, self.contacts[account] + 1, other), number)

    def user_number(self, account: Ints, nth: Ints) -> Ints:
        """The number of an account's n-th user, from 0: the contacts first, the follower is none."""
        return np.where(nth < self.contacts[account], nth + 1, nth + 2)


def draw_people(past: Past) -> People:
    """The people of every account."""
    rng, traits, today = past.draws("users"), past.traits, past.calendar.today
    contacts, left, begun = people_at(traits), past.champion_left(), past.begun()
    follows = np.where(left + _FOLLOWS < np.minimum(past.ended(), today), left + _FOLLOWS, NEVER)
    taken = traits.seats * (_TAKEN[0] + (_TAKEN[1] - _TAKEN[0]) * rng.random(len(traits)))
    taken *= min(1.0, _MOST / max(1.0, taken.sum()))
    users = np.maximum(contacts, np.rint(taken).astype(np.int64))
    account = np.repeat(np.arange(len(traits)), users)
    nth = np.arange(len(account)) - np.repeat(np.cumsum(users) - users, users)
    wait = np.maximum(0, (nth / users[account] - _AT_ONCE) / (1 - _AT_ONCE)) * 700
    came = np.where(begun[account] < NEVER, begun[account] + wait.astype(np.int64), NEVER)
    kept = came < today
    account, came = account[kept], came[kept]
    count = np.bincount(account, minlength=len(traits))
    return People(contacts, left, follows, count, np.cumsum(count) - count, account, came)


def all_people(people: People, past: Past, last_seen: Ints) -> pa.Table:
    """The canonical ``person`` rows. ``last_seen``: an instant by user."""
    contacts = person_table(past.traits, past.life.log, past.calendar, past.seed)
    tables = [contacts, _followers(people, past), _users(people, past, last_seen), _services(past), _staff(past)]
    return pa.concat_tables(tables, promote_options="default")


def _followers(people: People, past: Past) -> pa.Table:
    rng, account = past.draws("followers"), np.flatnonzero(people.follows < NEVER)
    named = _named(past, account, people.contacts[account] + 1, rng)
    return pa.table(
        {
            **named,
            "title": word(rng.integers(0, len(words.TITLES), len(account)), words.TITLES),
            "role": word(np.zeros(len(account), dtype=np.int64), ("decision maker",)),
            "is_champion": flag(rng.random(len(account)) < _CHAMPION),
            "created_at": civil(people.follows[account]),
        }
    )


def _users(people: People, past: Past, last_seen: Ints) -> pa.Table:
    """The users who are no contacts of the CRM."""
    nth = np.arange(len(people.user_account)) - people.first_user[people.user_account]
    rows = np.flatnonzero(nth >= people.contacts[people.user_account])
    account = people.user_account[rows]
    named = _named(past, account, people.user_number(account, nth[rows]), past.draws("user names"))
    return pa.table(
        {
            **named,
            "role": word(np.zeros(len(rows), dtype=np.int64), ("user",)),
            "is_internal": flag(np.zeros(len(rows), dtype=np.bool_)),
            "is_service": flag(np.zeros(len(rows), dtype=np.bool_)),
            "created_at": civil(people.user_from[rows]),
            "last_seen_at": instant(last_seen[rows]),
        }
    )


def _named(past: Past, account: Ints, number: Ints, rng: np.random.Generator) -> dict[str, pa.Array]:
    """Ids, names and addresses; the number in an address is one that no contact's has."""
    first, last = (rng.integers(0, len(parts), len(account)) for parts in (words.FIRST_NAMES, words.LAST_NAMES))
    merged = past.traits.merged_into[account]
    twin = np.where(merged >= 0, merged, account)
    apart = digits(np.where(account == twin, number, number + 10_000))
    address = join(
        word(first, [plain(name) for name in words.FIRST_NAMES]),
        ".",
        word(last, [plain(name) for name in words.LAST_NAMES]),
        ".",
        apart,
        "@",
        names(twin)[1],
        ".",
        word(past.traits.place[account], [place.domain for place in words.PLACES]),
    )
    return {
        "person_id": ident("P", account, number),
        "account_id": ident("A", account),
        "name": join(word(first, words.FIRST_NAMES), " ", word(last, words.LAST_NAMES)),
        "email": address,
    }


def services(past: Past) -> Ints:
    """The accounts that let a machine use the product: the large ones."""
    return np.flatnonzero((past.traits.segment == 2) & (past.begun() < past.calendar.today - 30))


def _services(past: Past) -> pa.Table:
    account = services(past)
    return pa.table(
        {
            "person_id": ident("SV", account),
            "account_id": ident("A", account),
            "name": word(account * 0, ("API user",)),
            "role": word(np.zeros(len(account), dtype=np.int64), ("service",)),
            "is_internal": flag(np.zeros(len(account), dtype=np.bool_)),
            "is_service": flag(np.ones(len(account), dtype=np.bool_)),
            "created_at": civil(past.begun()[account] + 14),
        }
    )


def _staff(past: Past) -> pa.Table:
    who = np.arange(STAFF)
    return pa.table(
        {
            "person_id": ident("U", who + 1, width=2),
            "name": word(who, words.TRAINER_NAMES),
            "email": join(word(who, [plain(name.replace(" ", "")) for name in words.TRAINER_NAMES]), "@example.com"),
            "role": word(who * 0, ("trainer",)),
            "is_internal": flag(who >= 0),
            "is_service": flag(who < 0),
            "created_at": civil(np.full(STAFF, past.calendar.starts[0])),
        }
    )
