"""Contacts at accounts (part of ``person``), and ``assignment``: who looks after whom."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from tenure.sources.demo import words
from tenure.sources.demo.accounts import first_days, names, plain
from tenure.sources.demo.columns import civil, digits, draws, flag, ident, join, money, word
from tenure.sources.demo.days import NEVER, Calendar, Ints
from tenure.sources.demo.lines import Lines
from tenure.sources.demo.staff import POOL, Ownership, Staff
from tenure.sources.demo.state import Log
from tenure.sources.demo.team import csm_ids
from tenure.sources.demo.traits import Traits

_PEOPLE = (1, 2, 4)  # the fewest at an account, by segment


def person_table(traits: Traits, log: Log, calendar: Calendar, seed: int) -> pa.Table:
    """The ``person`` rows of the CRM's contacts. The first person of an account is its champion, until she leaves."""
    rng = draws(seed, "people")
    count = people_at(traits)
    account = np.repeat(np.arange(len(traits)), count)
    number = np.arange(len(account)) - np.repeat(np.cumsum(count) - count, count) + 1
    gone = np.full(len(traits), NEVER)
    left = log.read("champion_left")
    gone[left["account"]] = left["day"]
    first, last = rng.integers(0, len(words.FIRST_NAMES), len(account)), rng.integers(0, 32, len(account))
    begun = calendar.day(traits.start_month, traits.day_of_month)[account]
    twin = np.where(traits.merged_into[account] >= 0, traits.merged_into[account], account)
    apart = digits(np.where(account == twin, number, number + 20))
    address = join(
        word(first, [plain(n) for n in words.FIRST_NAMES]),
        ".",
        word(last, [plain(n) for n in words.LAST_NAMES]),
        apart,
        "@",
        names(twin)[1],
        ".",
        word(traits.place[account], [p.domain for p in words.PLACES]),
    )
    champion = number == 1
    return pa.table(
        {
            "person_id": ident("P", account, number),
            "account_id": ident("A", account),
            "name": join(word(first, words.FIRST_NAMES), " ", word(last, words.LAST_NAMES)),
            "email": address,
            "title": word(rng.integers(0, len(words.TITLES), len(account)), words.TITLES),
            "role": word(
                np.where(champion, 0, rng.integers(1, 3, len(account))), ("decision maker", "administrator", "user")
            ),
            "is_champion": flag(champion),
            "created_at": civil(np.minimum(begun - rng.integers(0, 5, len(account)), calendar.today - 1)),
            "left_at": civil(np.where(champion, gone[account], NEVER)),
        }
    )


def people_at(traits: Traits) -> Ints:
    """How many people each account has: the same for surveys and tickets as for the person rows."""
    count: Ints = np.array(_PEOPLE)[traits.segment] + np.arange(len(traits)) * 7 % 3
    return count


def assignment_table(traits: Traits, ownership: Ownership, staff: Staff, lines: Lines, calendar: Calendar) -> pa.Table:
    """The canonical ``assignment`` rows: one from an account's first day, and one at each hand-over."""
    begun = first_days(traits, lines)
    account = np.flatnonzero(begun <= calendar.today)
    step = np.clip(np.searchsorted(calendar.starts, begun[account], side="right") - 1, 0, calendar.steps - 1)
    owner = ownership.owner[account, step]
    second = ownership.second[account]
    stays = (staff.joins[second] <= calendar.first + step) & (staff.leaves[second] >= calendar.first + calendar.steps)
    shared = (second >= 0) & (second != owner) & (owner != POOL) & stays
    handed_to, at = np.nonzero(ownership.handed)
    later = calendar.starts[at] > begun[handed_to]
    handed_to, at = handed_to[later], at[later]
    new = ownership.owner[handed_to, at]
    who = np.concatenate([account, account[shared], handed_to])
    csm = np.concatenate([owner, second[shared], new])
    day = np.concatenate([begun[account], begun[account[shared]], calendar.starts[at]])
    share = np.concatenate([np.where(shared, 60, 100), np.full(int(shared.sum()), 40), np.full(len(at), 100)])
    order = np.lexsort((csm, day, who))
    who, csm, day, share = who[order], csm[order], day[order], share[order]
    leaves = np.append(staff.leaves, NEVER)[csm] - calendar.first
    gone = np.where(leaves < calendar.steps, calendar.starts[np.minimum(leaves, calendar.steps)], NEVER)
    return pa.table(
        {
            "account_id": ident("A", who),
            "csm_id": csm_ids(csm),
            "pool": word(np.where(csm == POOL, 0, -1), ("digital",)),
            "role": word(np.zeros(len(who), dtype=np.int64), ("owner",)),
            "valid_from": civil(day),
            "valid_to": civil(_last_days(who, day, gone)),
            "share": money(share),
        }
    )


def _last_days(who: Ints, day: Ints, gone: Ints) -> Ints:
    """A leaver's last rows are closed by hand; the others end where the next one begins."""
    running = np.append(who[1:] != who[:-1], True)
    following = np.append(day[1:], NEVER)
    ends_then = ~running & (following == gone)
    return np.where(ends_then | (running & (gone < NEVER)), gone, NEVER)
