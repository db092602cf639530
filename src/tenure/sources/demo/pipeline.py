"""``opportunity``, ``opportunity_line``, ``credit``: what might be sold, what was, and who has a share in it.

Whatever was bought had an opportunity before it, whose amount is what the bill shows; renewals have one of their
contract. Others came to nothing, and some are still open.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tenure.sources.demo.columns import blank, civil, either, ident, money, take, texts, whole, word
from tenure.sources.demo.days import NEVER, WARM_UP, Flags, Floats, Ints
from tenure.sources.demo.onboarding import won_days
from tenure.sources.demo.past import Past
from tenure.sources.demo.team import csm_ids, seller_ids
from tenure.sources.demo.words import PRODUCTS

_KINDS = ("new", "upsell", "cross_sell", "renewal", "add_on")
_NEW, _UPSELL, _CROSS_SELL, _RENEWAL, _ADD_ON = range(5)
_STATUS = ("open", "won", "lost")
_STAGES = ("discovery", "proposal", "negotiation", "won", "lost")
_LIKELY = (20, 45, 70, 100, 0)  # per cent, by stage
_REASONS = ("price", "no budget", "competitor", "no decision")
_AHEAD = 180  # days before a contract's end on which its renewal is opened
_TRIES = (0.025, 0.045, 0.07)  # offers a month that come to nothing, by segment
_SHARED = 0.3  # of what was won has a seller and a CSM to thank


@dataclass(frozen=True)
class Deals:
    """One entry per opportunity. Amounts are cents a year by product; ``contract`` is a number, 0 for none."""

    account: Ints
    kind: Ints
    status: Ints
    planner: Ints
    insights: Ints
    created: Ints
    expected: Ints
    closed: Ints
    contract: Ints

    def __len__(self) -> int:
        return len(self.account)

    def take(self, rows: Ints | Flags) -> Deals:
        """Some of them."""
        return Deals(*(getattr(self, field.name)[rows] for field in fields(self)))


def draw_deals(past: Past, contracts: pa.Table) -> Deals:
    """All opportunities, in the order in which they were opened. ``contracts``: the rows of the table."""
    rng = past.draws("opportunities")
    made = [_first_sales(past, rng), *_bought(past, rng), _renewals(past, contracts, rng), _in_vain(past, rng)]
    all_of = Deals(*(np.concatenate([getattr(part, field.name) for part in made]) for field in fields(Deals)))
    order = np.lexsort((all_of.kind, all_of.account, all_of.created))
    order = order[(all_of.created[order] < past.calendar.today) & (all_of.planner + all_of.insights > 0)[order]]
    return all_of.take(order)


def _deal(account: Ints, kind: int, value: tuple[Ints, Ints], days: tuple[Ints, Ints]) -> Deals:
    """What was won. ``value``: cents of each product; ``days``: opened, and won."""
    opened, won = days
    count = np.ones(len(account), dtype=np.int64)
    return Deals(account, count * kind, count, *value, np.minimum(opened, won), won, won, count * 0)


def _first_sales(past: Past, rng: np.random.Generator) -> Deals:
    """New customers, prospects that may become some, and trials that came to nothing."""
    traits, calendar = past.traits, past.calendar
    account = np.arange(len(traits))
    starts = calendar.day(traits.start_month, traits.day_of_month)
    won = won_days(past)
    value = traits.unit * traits.seats * (100 - traits.discount * ~traits.once) * 12 // 100
    opened = starts - rng.integers(30, 150, len(traits))
    lost = np.where(~traits.converted & (starts < calendar.today), 2, 0)
    status = np.where(won < NEVER, 1, lost)
    closed = np.where(status == 1, won, np.where(status == 2, starts, NEVER))
    opened = np.minimum(opened, np.minimum(closed, calendar.today) - 1)
    zero = np.zeros(len(traits), dtype=np.int64)
    return Deals(account, zero + _NEW, status, value, zero, opened, np.minimum(closed, starts), closed, zero)


def _bought(past: Past, rng: np.random.Generator) -> list[Deals]:
    """More seats and higher plans of Planner; Insights, and Insights once more."""
    lines, opens = past.lines, past.calendar.starts[WARM_UP]
    row = np.flatnonzero(lines.product == 0)[1:]
    same = (lines.account[row] == lines.account[row - 1]) & (lines.generation[row] == lines.generation[row - 1])
    grown = (lines.seats[row] > lines.seats[row - 1]) | (lines.rank[row] > lines.rank[row - 1])
    row = row[same & grown & (lines.product[row - 1] == 0) & (lines.trial[row - 1] == 0) & (lines.day[row] >= opens)]
    row = row[lines.day[row] < past.calendar.today]
    more = _yearly(past, row) - _yearly(past, row - 1)
    days = (lines.day[row] - rng.integers(7, 70, len(row)), lines.day[row])
    upsell = _deal(lines.account[row], _UPSELL, (np.maximum(more, 0), more * 0), days)
    add_on = np.flatnonzero(lines.product == 1)
    key = (lines.account[add_on] * 64 + lines.generation[add_on]) * 64 + lines.number[add_on]
    add_on = add_on[np.append(True, key[1:] != key[:-1])[: len(add_on)]]
    add_on = add_on[(lines.day[add_on] >= opens) & (lines.day[add_on] < past.calendar.today)]
    bought = _yearly(past, add_on)
    days = (lines.day[add_on] - rng.integers(14, 100, len(add_on)), lines.day[add_on])
    other = _deal(lines.account[add_on], _CROSS_SELL, (bought * 0, bought), days)
    again = np.where(lines.number[add_on] > 1, _ADD_ON, _CROSS_SELL)
    return [upsell, Deals(**{**vars(other), "kind": again})]


def _yearly(past: Past, row: Ints) -> Ints:
    """Cents a year of each row of the lines."""
    lines = past.lines
    off = np.where(lines.once[row] == 1, 0, lines.discount[row])
    found: Ints = lines.unit[row] * lines.seats[row] * (100 - off) * 12 // 100
    return found


def _renewals(past: Past, contracts: pa.Table, rng: np.random.Generator) -> Deals:
    """One for each term that ends in the window or within half a year."""
    calendar = past.calendar
    day = {name: _days(contracts, name) for name in ("started_at", "ended_at", "decided_at")}
    due = (day["ended_at"] >= calendar.starts[WARM_UP]) & (day["ended_at"] < calendar.today + _AHEAD)
    signed = past.life.log.read("contract")  # row by row what the table tells
    row = np.flatnonzero(due & (past.traits.term[signed["account"]] > 1))
    account, number = signed["account"][row], signed["number"][row]
    ends, lost = day["ended_at"][row], _whole(pc.equal(contracts.column("outcome"), texts(["churned"])[0]))[row]
    opened = np.maximum(ends - _AHEAD + rng.integers(0, 40, len(row)), day["started_at"][row] + 1)
    followed = _whole(contracts.column("successor_id").is_valid())[row]
    status = np.where(followed == 1, 1, np.where(lost == 1, 2, 0))
    closed = np.where(status > 0, np.minimum(day["decided_at"][row], np.minimum(ends + 20, calendar.today)), NEVER)
    last = np.minimum(ends - 1, calendar.today)
    planner, insights = (part * 12 // 100 for part in past.lines.parts(account, last))
    kind = np.full(len(row), _RENEWAL)
    return Deals(account, kind, status, planner, insights, np.minimum(opened, closed), ends, closed, number)


def _days(table: pa.Table, name: str) -> Ints:
    days = _whole(table.column(name).cast(pa.int32()))
    return np.where(days == 0, NEVER, days)  # nothing here happened in 1970


def _whole(column: pa.ChunkedArray) -> Ints:
    """A column as whole numbers, 0 where it is empty."""
    numbers = pc.fill_null(column.cast(pa.int64()), whole(np.zeros(1, dtype=np.int64))[0]).combine_chunks()
    return np.frombuffer(numbers.buffers()[1], dtype=np.int64)[numbers.offset : numbers.offset + len(numbers)]


def _in_vain(past: Past, rng: np.random.Generator) -> Deals:
    """Offers that were turned down, or are not decided yet."""
    tries = np.array(_TRIES)[past.traits.segment][:, None] * np.exp(0.3 * past.mood())
    came = past.occasions(rng, tries)
    planner, insights = past.lines.parts(came.account, came.day)
    other = (insights == 0) & (rng.random(len(came)) < 0.4)
    amount = planner * 12 // 100 * rng.integers(5, 25, len(came)) // 100 // 100 * 100
    lasts = rng.integers(20, 110, len(came))
    lost = came.day + lasts < past.calendar.today
    kind, zero = np.where(other, _CROSS_SELL, _UPSELL), np.zeros(len(came), dtype=np.int64)
    split = (np.where(other, 0, amount), np.where(other, amount, 0))
    expected = came.day + np.maximum(lasts, 30)
    closed = np.where(lost, came.day + lasts, NEVER)
    return Deals(came.account, kind, np.where(lost, 2, 0), *split, came.day, expected, closed, zero)


def opportunity_table(past: Past, deals: Deals) -> pa.Table:
    """The canonical ``opportunity`` rows."""
    rng, count = past.draws("opportunity rows"), len(deals)
    stage = np.where(deals.status == 0, rng.integers(0, 3, count), deals.status + 2)
    owner = past.owner(deals.account, np.maximum(deals.created, past.calendar.starts[0]))
    seller = seller_ids(past.traits.region[deals.account])
    by_sales = (deals.kind == _NEW) | (owner < 0)
    found_by_csm = (deals.kind != _NEW) & (owner >= 0) & (rng.random(count) < 0.6)
    words = word(np.where(deals.kind == _NEW, rng.integers(0, 3, count), 1), ("marketing", "sales", "partner"))
    return pa.table(
        {
            "opportunity_id": opportunity_ids(np.arange(count)),
            "account_id": ident("A", deals.account),
            "kind": word(deals.kind, _KINDS),
            "status": word(deals.status, _STATUS),
            "stage": word(stage, _STAGES),
            "probability": money(np.array(_LIKELY)[stage]),
            "amount": money(deals.planner + deals.insights),
            "currency": take(past.currency, deals.account),
            "owner_id": either(by_sales, seller, csm_ids(owner)),
            "sourced_by": either(found_by_csm, csm_ids(owner), words),
            "created_at": civil(deals.created),
            "expected_close": civil(np.maximum(deals.expected, deals.created)),
            "closed_at": civil(deals.closed),
            "lost_reason": word(np.where(deals.status == 2, rng.integers(0, 4, count), -1), _REASONS),
            "contract_id": blank(ident("C", deals.account, deals.contract), deals.contract == 0),
        }
    )


def opportunity_ids(number: Ints) -> pa.Array:
    """The ids of opportunities by number."""
    return ident("O", number + 1)


def opportunity_line_table(deals: Deals) -> pa.Table:
    """The canonical ``opportunity_line`` rows: each product that is in it."""
    deal, product = np.nonzero(np.stack([deals.planner, deals.insights], axis=1))
    amount = np.where(product == 0, deals.planner[deal], deals.insights[deal])
    return pa.table(
        {
            "opportunity_id": opportunity_ids(deal),
            "product_id": word(product, [name for name, _, _ in PRODUCTS]),
            "amount": money(amount),
        }
    )


def credit_table(past: Past, deals: Deals) -> pa.Table:
    """The canonical ``credit`` rows of what a seller and a CSM won together."""
    rng = past.draws("credit")
    owner = past.owner(deals.account, np.maximum(deals.created, past.calendar.starts[0]))
    won = (deals.status == 1) & (deals.kind != _NEW) & (owner >= 0)
    deal = np.flatnonzero(won & (rng.random(len(deals)) < _SHARED))
    share: Floats = np.array((50, 60, 70, 80))[rng.integers(0, 4, len(deal))]
    csm, seller = csm_ids(owner[deal]), seller_ids(past.traits.region[deals.account[deal]])
    order = np.argsort(np.tile(np.arange(len(deal)), 2), kind="stable")
    return pa.table(
        {
            "opportunity_id": opportunity_ids(np.tile(deal, 2)[order]),
            "csm_id": take(pa.concat_arrays([csm, seller]), order),
            "share": money(np.concatenate([share, 100 - share])[order]),
        }
    )
