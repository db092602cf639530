"""People and staff as rows: the contacts at accounts, our own people, and who looks after whom."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tenure.sources.demo import words
from tenure.sources.demo.accounts import first_days, names, plain
from tenure.sources.demo.columns import blank, civil, draws, flag, ident, join, money, word
from tenure.sources.demo.days import NEVER, Calendar, Ints
from tenure.sources.demo.lines import Lines
from tenure.sources.demo.staff import POOL, Ownership, Staff
from tenure.sources.demo.state import Log
from tenure.sources.demo.traits import Traits

_PEOPLE = (1, 2, 4)  # the fewest at an account, by segment


def person_table(traits: Traits, log: Log, calendar: Calendar, seed: int) -> pa.Table:
    """The canonical ``person`` rows. The first person of an account is its champion, until she leaves."""
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
    apart = pa.array(np.where(account == twin, number, number + 20)).cast(pa.string())
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
            "name": pc.binary_join_element_wise(word(first, words.FIRST_NAMES), word(last, words.LAST_NAMES), " "),
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


def csm_ids(number: Ints) -> pa.Array:
    """The ids of CSMs, empty for the pool."""
    return blank(ident("csm", number + 1, width=2), number < 0)


def csm_table(staff: Staff, calendar: Calendar) -> pa.Table:
    """The canonical ``csm`` rows: CSMs, their managers, the head of customer success and the support agents."""
    rows = [_employee("head-1", words.LEADER_NAME, None, None, "leader", None, None)]
    for team, name in enumerate(words.MANAGER_NAMES):
        rows.append(_employee(f"mgr-{team + 1}", name, "head-1", team, "manager", None, None))
    for number in range(len(staff)):
        turn = number // len(words.CSM_NAMES)
        name = words.CSM_NAMES[number % len(words.CSM_NAMES)] + (f" {turn + 1}" if turn else "")
        works = [_month_start(calendar, staff.joins[number]), _month_start(calendar, staff.leaves[number])]
        team = int(staff.team[number])
        rows.append(_employee(f"csm-{number + 1:02}", name, f"mgr-{team + 1}", team, "csm", *works))
        if (moved := _month_start(calendar, staff.moves[number])) is not None:
            other = (team + 1) % len(words.REGIONS)
            row = _employee(f"csm-{number + 1:02}", name, f"mgr-{other + 1}", other, "csm", *works)
            rows.append(row | {"valid_from": moved})
    for number, name in enumerate(words.AGENT_NAMES):
        rows.append(_employee(f"agt-{number + 1}", name, "head-1", None, "support", None, None))
    names = list(rows[0])
    table = {column: [row[column] for row in rows] for column in names}
    dates = {
        column: civil(np.array([NEVER if day is None else day for day in table[column]]))
        for column in ("valid_from", "started_at", "ended_at")
    }
    texts = {column: pa.array(table[column], pa.string()) for column in names if column not in {*dates, "fte"}}
    return pa.table({**texts, "fte": money(np.array(table["fte"])), **dates}).select(names)


def _month_start(calendar: Calendar, month: int) -> int | None:
    step = int(month) - calendar.first
    return int(calendar.starts[step]) if 0 < step < calendar.steps else None


def _employee(
    csm_id: str, name: str, manager: str | None, team: int | None, role: str, start: int | None, end: int | None
) -> dict[str, object]:
    region = None if team is None else words.REGIONS[team]
    group = region or ("Support" if role == "support" else "Customer Success")
    return {
        "csm_id": csm_id,
        "name": name,
        "email": f"{plain(name.replace(' ', ''))}@example.com",
        "manager_id": manager,
        "team": group,
        "role": role,
        "fte": 100,
        "region": region,
        "valid_from": None,
        "started_at": start,
        "ended_at": end,
    }


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
