"""``subscription``: the rows that the months left, their ends, and what an account paid on any day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tenure.sources.demo.columns import blank, civil, digits, either, flag, ident, join, money, take, whole, word
from tenure.sources.demo.days import NEVER, Flags, Ints
from tenure.sources.demo.lookup import find, pick
from tenure.sources.demo.state import Log
from tenure.sources.demo.traits import Traits
from tenure.sources.demo.words import ADD_ON, PLANS, PRODUCTS

_INTERVALS = ("month", "quarter", "year")


@dataclass(frozen=True)
class Lines:
    """One entry per row, ordered by account, line and day. ``unit`` is in cents a month, ``discount`` in per cent."""

    account: Ints
    generation: Ints
    product: Ints
    number: Ints
    day: Ints
    rank: Ints
    seats: Ints
    unit: Ints
    discount: Ints
    discount_end: Ints
    contract: Ints
    trial: Ints
    once: Ints
    end: Ints  # of the line, on its last row; NEVER on the others and while it runs
    asked: Ints  # when notice was given, likewise

    def paid(self, account: Ints, day: Ints) -> Ints:
        """What each account paid a month on each day, in ten-thousandths."""
        return self._in_force(0, account, day) + self._in_force(1, account, day)

    def seats_on(self, account: Ints, day: Ints) -> Ints:
        """The seats of Planner each account held on each day, 0 for none."""
        row, held = self._held(0, account, day)
        return np.where(held, self.seats[row], 0)

    def rank_on(self, account: Ints, day: Ints) -> Ints:
        """The plan of Planner each account had on each day, -1 for none."""
        row, held = self._held(0, account, day)
        return np.where(held, self.rank[row], -1)

    def spans(self, product: int) -> tuple[Ints, Ints, Ints]:
        """Account, first day and end of every line of a product, trials included."""
        rows = np.flatnonzero(self.product == product)
        line = (self.account[rows] * 64 + self.generation[rows]) * 64 + self.number[rows]
        first = np.append(True, line[1:] != line[:-1])[: len(rows)]
        last = np.append(line[1:] != line[:-1], True)[-len(rows) :] if len(rows) else first
        return self.account[rows][first], self.day[rows][first], self.end[rows][last]

    def parts(self, account: Ints, day: Ints) -> tuple[Ints, Ints]:
        """What each account paid a month for Planner and for Insights on each day, in ten-thousandths."""
        return self._in_force(0, account, day), self._in_force(1, account, day)

    def _held(self, product: int, account: Ints, day: Ints) -> tuple[Ints, Flags]:
        """The row of the product in force at each account on each day, and whether there is one."""
        rows = np.flatnonzero(self.product == product)
        if not len(rows):
            return np.zeros(len(account), dtype=np.int64), np.zeros(len(account), dtype=np.bool_)
        keys = self.account[rows] * NEVER + self.day[rows]
        order = np.argsort(keys, kind="stable")
        place = np.searchsorted(keys[order], account * NEVER + day, side="right") - 1
        row = rows[order][np.maximum(place, 0)]
        return row, (place >= 0) & (self.account[row] == account) & (self.end[row] > day)

    def _in_force(self, product: int, account: Ints, day: Ints) -> Ints:
        row, held = self._held(product, account, day)
        off = np.where((self.once[row] == 1) | (self.discount_end[row] <= day), 0, self.discount[row])
        amount = self.unit[row] * self.seats[row] * (100 - off)
        return np.where(held & (self.trial[row] == 0), amount, 0)


def read_lines(log: Log) -> Lines:
    """The rows of the log in order, the end of each line on its last row."""
    rows = log.read("line")
    key = _key(rows)
    order = np.lexsort((rows["day"], key))
    rows, key = {name: values[order] for name, values in rows.items()}, key[order]
    last = np.append(key[1:] != key[:-1], True)
    ends = log.read("end")
    found = np.where(last, find(key, _key(ends)), -1)
    return Lines(**rows, end=pick(ends["day"], found, NEVER), asked=pick(ends["asked"], found, NEVER))


def _key(rows: dict[str, Ints]) -> Ints:
    return ((rows["account"] * 64 + rows["generation"]) * 2 + rows["product"]) * 64 + rows["number"]


def line_ids(account: Ints, generation: Ints, number: Ints) -> pa.Array:
    """The ids of lines: ``S-00012-1`` for Planner, ``S-00012-1-A1`` for the first Insights."""
    add_on = join(ident("S", account, generation), "-A", digits(number))
    return either(number > 0, add_on, ident("S", account, generation))


def contract_ids(account: Ints, number: Ints) -> pa.Array:
    """The ids of contracts, empty where the number is 0."""
    return blank(ident("C", account, number), number == 0)


def subscription_table(lines: Lines, traits: Traits, currency: pa.Array) -> pa.Table:
    """The canonical ``subscription`` rows: Planner by seat, Insights as a flat amount. ``currency``: by account."""
    account, add_on = lines.account, lines.product == 1
    step = traits.step[account]
    flat = lines.unit * step
    return pa.table(
        {
            "subscription_id": line_ids(account, lines.generation, lines.number),
            "account_id": ident("A", account),
            "product_id": word(lines.product, [product for product, _, _ in PRODUCTS]),
            "plan": word(np.where(add_on, len(PLANS), lines.rank), [*PLANS, ADD_ON]),
            "contract_id": contract_ids(account, lines.contract),
            "quantity": whole(lines.seats, add_on),
            "amount": money(flat, null=~add_on),
            "unit_amount": money(flat, null=add_on),
            "interval": word(step // 3 - step // 12 * 2, _INTERVALS),
            "currency": take(currency, account),
            "discount_share": money(lines.discount, null=lines.discount == 0),
            "discount_kind": word(np.where(lines.discount == 0, -1, lines.once), ("recurring", "once")),
            "discount_ends_at": civil(lines.discount_end),
            "is_trial": flag(lines.trial == 1),
            "started_at": civil(lines.day),
            "ended_at": civil(lines.end),
            "cancel_requested_at": civil(lines.asked),
        }
    )
