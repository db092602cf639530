"""``invoice``, ``invoice_line``, ``payment``: the unhappy pay later, a few in parts, a few get something back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tenure.sources.demo.columns import blank, civil, draws, ident, instant, money, take, word
from tenure.sources.demo.days import DAY, NEVER, Calendar, Flags, Ints
from tenure.sources.demo.lines import contract_ids, line_ids
from tenure.sources.demo.state import Log
from tenure.sources.demo.traits import Traits
from tenure.sources.demo.words import PLACES, PRODUCTS

_TAX = 19  # per cent, in the seller's own country only
_KINDS = ("recurring", "setup", "tax")
_STATUS = ("paid", "open", "void", "uncollectible")


@dataclass(frozen=True)
class Bills:
    """One entry per invoice, in the order of issue. Amounts in cents, ``paid`` and ``rest_paid`` as instants."""

    rows: dict[str, Ints]
    setup: Ints
    tax: Ints
    due: Ints  # a day
    status: Ints
    part: Ints  # what was paid at first
    paid: Ints
    rest_paid: Ints
    credit: Ints  # taken back and paid back later; 0 for most
    credit_day: Ints

    @property
    def total(self) -> Ints:
        """The invoice's amount with tax."""
        amount: Ints = self.rows["planner"] + self.rows["add_on"] + self.setup + self.tax
        return amount


def draw_bills(log: Log, traits: Traits, calendar: Calendar, seed: int) -> Bills:
    """What became of every invoice."""
    rows, rng = log.read("bill"), draws(seed, "billing")
    order = np.lexsort((rows["account"], rows["day"]))
    rows = {name: values[order] for name, values in rows.items()}
    account, mood, count = rows["account"], rows["mood"] / 1000, len(order)
    due = rows["day"] + np.where(traits.segment[account] == 0, 14, 30)
    setup = (rows["planner"] // 20 + 9999) // 10000 * 10000  # a twentieth, in whole hundreds
    setup = np.where((rows["first"] == 1) & (traits.term[account] > 1), setup, 0)
    home = np.array([place.country == "DE" for place in PLACES])[traits.place[account]]
    net = rows["planner"] + rows["add_on"] + setup
    tax = np.where(home, (net * _TAX + 50) // 100, 0)
    late = rng.random(count) < 1 / (1 + np.exp(1.9 + 1.1 * mood))
    delay = np.where(late, 1 + rng.exponential(14, count), -14 * rng.random(count) ** 2).astype(np.int64)
    void, lost = rng.random(count) < 0.004, rng.random(count) < 0.004 * np.exp(-mood)
    paid = calendar.instant(np.maximum(due + delay, rows["day"]), rng.integers(7 * 3600, 17 * 3600, count))
    paid = np.where(void | lost, NEVER * DAY, paid)
    total = net + tax
    split = rng.random(count) < 0.04
    part = np.where(split, total * rng.integers(40, 71, count) // 100, total)
    rest = np.where(split & (paid < NEVER * DAY), calendar.past(paid + rng.integers(5, 26, count) * DAY), NEVER * DAY)
    settled = np.where(split, rest, paid) < NEVER * DAY
    gone = lost & (due < calendar.today - 120)
    status = np.where(void, 2, np.where(settled, 0, np.where(gone, 3, 1)))
    credit_day = np.where(settled & (rng.random(count) < 0.008), due + 40, NEVER)
    credit_day = np.where(credit_day < calendar.today - 3, credit_day, NEVER)
    credit = np.where(credit_day < NEVER, net * rng.integers(10, 51, count) // 100, 0)
    return Bills(rows, setup, tax, due, status, part, paid, rest, credit, credit_day)


def invoice_table(bills: Bills, currency: pa.Array) -> pa.Table:
    """The canonical ``invoice`` rows, credit notes after the invoices."""
    rows, number = bills.rows, np.arange(len(bills.due)) + 1
    credited = np.flatnonzero(bills.credit > 0)
    empty = np.full(len(credited), NEVER)
    which = np.concatenate([np.arange(len(number)), credited])
    note = np.arange(len(which)) >= len(number)
    return pa.table(
        {
            "invoice_id": pa.concat_arrays([ident("I", number, width=7), ident("CN", number[credited], width=7)]),
            "account_id": ident("A", rows["account"][which]),
            "kind": word(note.astype(np.int64), ("invoice", "credit_note")),
            "credits_id": blank(ident("I", number[which], width=7), ~note),
            "contract_id": contract_ids(rows["account"][which], rows["contract"][which]),
            "amount": money(np.where(note, bills.credit[which], bills.total[which])),
            "currency": take(currency, rows["account"][which]),
            "issued_at": civil(np.where(note, bills.credit_day[which], rows["day"][which])),
            "due_at": civil(np.concatenate([bills.due, empty])),
            "status": word(np.where(note, -1, bills.status[which]), _STATUS),
        }
    )


def invoice_line_table(bills: Bills) -> pa.Table:
    """The canonical ``invoice_line`` rows: each product for the interval billed, the set-up fee and the tax."""
    rows = bills.rows
    planner, add_on = np.flatnonzero(rows["planner"] > 0), np.flatnonzero(rows["add_on"] > 0)
    setup, tax = np.flatnonzero(bills.setup > 0), np.flatnonzero(bills.tax > 0)
    which = np.concatenate([planner, add_on, setup, tax])
    part = np.repeat(np.arange(4), [len(planner), len(add_on), len(setup), len(tax)])
    amount = np.concatenate([rows["planner"][planner], rows["add_on"][add_on], bills.setup[setup], bills.tax[tax]])
    order = np.lexsort((part, which))
    which, part, amount = which[order], part[order], amount[order]
    recurring = part < 2
    return pa.table(
        {
            "invoice_id": ident("I", which + 1, width=7),
            "kind": word(np.maximum(part - 1, 0), _KINDS),
            "product_id": word(np.where(recurring, part, -1), [product for product, _, _ in PRODUCTS]),
            "subscription_id": blank(_billed_lines(rows, which, part == 1), ~recurring),
            "period_start": civil(np.where(recurring, rows["day"][which], NEVER)),
            "period_end": civil(np.where(recurring, rows["until"][which], NEVER)),
            "amount": money(amount),
        }
    )


def _billed_lines(rows: dict[str, Ints], which: Ints, add_on: Flags) -> pa.Array:
    number = np.where(add_on, rows["add_on_number"][which], 0)
    return line_ids(rows["account"][which], rows["generation"][which], number)


def payment_table(bills: Bills, currency: pa.Array, calendar: Calendar) -> pa.Table:
    """The canonical ``payment`` rows in the order of time: whole, in two parts, and refunds of what was credited."""
    number = np.arange(len(bills.due))
    paid = number[bills.paid < NEVER * DAY]
    rest = number[bills.rest_paid < NEVER * DAY]
    refund = number[bills.credit > 0]
    which = np.concatenate([paid, rest, refund])
    kind = np.repeat([0, 0, 1], [len(paid), len(rest), len(refund)])
    amount = np.concatenate([bills.part[paid], (bills.total - bills.part)[rest], bills.credit[refund]])
    back = calendar.instant(bills.credit_day[refund] + 1, np.full(len(refund), 12 * 3600))
    at = np.concatenate([bills.paid[paid], bills.rest_paid[rest], back])
    order = np.lexsort((which, at))
    which, kind, amount, at = which[order], kind[order], amount[order], at[order]
    return pa.table(
        {
            "payment_id": ident("Z", np.arange(len(which)) + 1, width=7),
            "invoice_id": ident("I", which + 1, width=7),
            "kind": word(kind, ("payment", "refund")),
            "amount": money(amount),
            "currency": take(currency, bills.rows["account"][which]),
            "paid_at": instant(at),
        }
    )
