"""What the account pays: lines and their prices, contracts and what became of them, invoices and what is owed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from babel.dates import format_date
from django.utils.translation import gettext as _

from tenure.engine import Query
from tenure.engine.renewals import GROWING
from tenure.web.accounts.naming import PEOPLE, names_of
from tenure.web.accounts.part import Part
from tenure.web.kit import formats
from tenure.web.kit.charts import Chart, Lines, Scale, Series, Table
from tenure.web.kit.happenings import line_price, outcome, plain
from tenure.web.kit.reading import current, local_date
from tenure.web.kit.scores import Tone

if TYPE_CHECKING:
    from tenure.engine import Sight
    from tenure.engine.verbs.account_revenue import RevenueFound
    from tenure.web.kit.happenings import Names

_MOST = 40
_NEAR = timedelta(days=90)
_Rows = tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Line:
    """A line: what it costs, since when and until when; ``change``: how it came about."""

    name: str
    price: str
    since: str
    until: str
    change: str
    tone: Tone
    over: bool


@dataclass(frozen=True)
class Contract:
    """A contract. ``notice``: until when it can be given notice of; ``near``: its end is; ``comes_up``: it has a page of its renewal."""

    id: str
    since: str
    until: str
    value: str
    outcome: str
    tone: Tone
    notice: str
    near: bool
    comes_up: bool


@dataclass(frozen=True)
class Sale:
    """A sale to the account that is open."""

    id: str
    what: str
    amount: str
    stage: str
    expected: str
    late: bool


@dataclass(frozen=True)
class Invoice:
    """An invoice: what of it is paid, what is owed, and whether it is overdue."""

    id: str
    issued: str
    due: str
    amount: str
    paid: str
    owed: str
    state: str
    tone: Tone


@dataclass(frozen=True)
class Contracts(Part):
    """``course``: MRR by month; ``overdue``: how much is, by currency, empty where nothing is."""

    course: Chart | None
    lines: tuple[Line, ...]
    contracts: tuple[Contract, ...]
    sales: tuple[Sale, ...]
    invoices: tuple[Invoice, ...]
    overdue: str
    may_tell: bool
    as_of: datetime


_LINE = (
    "subscription_id", "product_id", "plan", "amount", "currency", "quantity", "unit_amount", "interval",
    "interval_count", "started_at", "ended_at",
)  # fmt: skip
_ASKED = {
    "subscription": Query(columns=_LINE, order=("-started_at",), limit=200),
    "contract": Query(
        columns=(
            "contract_id", "started_at", "ended_at", "value", "currency", "outcome", "outcome_reason", "decided_at",
            "renewed_value", "notice_by", "auto_renew", "evergreen",
        ),
        order=("-ended_at",), limit=_MOST,
    ),
    "invoice": Query(
        columns=("invoice_id", "kind", "credits_id", "amount", "currency", "issued_at", "due_at", "status"),
        order=("-issued_at",), limit=1_000,
    ),
    "payment": Query(columns=("invoice_id", "kind", "amount", "currency", "paid_at"), order=("-paid_at",), limit=2_000),
    "opportunity": Query(
        columns=("opportunity_id", "kind", "amount", "currency", "stage", "expected_close"),
        where=(("status", "equals", "open"), ("kind", "one_of", list(GROWING))), order=("expected_close",), limit=_MOST,
    ),
    "person": PEOPLE,
}  # fmt: skip


def contracts(sight: Sight, account_id: str, *, may_tell: bool) -> Contracts | None:
    """What an account pays, and what is being sold to it; None where there is no such account to be seen."""
    found, revenue = sight.dossier(account_id, _ASKED), sight.account_revenue(account_id)
    if found is None or revenue is None:
        return None
    rows = {table: page.rows for table, page in found.pages.items()}
    names = names_of(sight, rows["person"])
    mine = (("account_id", "equals", account_id),)
    renewals = {row["renewal_id"] for row in sight.every("renewals", where=mine, columns=("renewal_id",))}
    bills = _bills(rows["invoice"], rows["payment"], names.currency, found.as_of)
    return Contracts(
        account_id, found.account["name"] or account_id, "contracts", _course(revenue),
        _lines(rows["subscription"], names, found.as_of)[:_MOST],
        tuple(_contract(row, names, found.as_of, renewals) for row in rows["contract"]),
        tuple(_sale(row, names, found.as_of) for row in rows["opportunity"]),
        tuple(_invoice(one) for one in bills[:_MOST]), _overdue(bills), may_tell, found.as_of,
    )  # fmt: skip


def _course(found: RevenueFound) -> Lines | None:
    """MRR by month, from the month in which there first was any."""
    first = next((at for at, amount in enumerate(found.mrr) if amount), None)
    if first is None:
        return None
    first = max(first - 1, 0)
    months = tuple(str(format_date(day, "MMM y", locale=current().locale)) for day in found.months[first:])
    values = found.mrr[first:]
    rows = tuple((month, formats.money(one, found.currency)) for month, one in zip(months, values, strict=True))
    says = _("Monthly recurring revenue at the ends of months: %(amount)s today.") % {"amount": rows[-1][1]}
    series = Series(_("MRR"), tuple(None if one is None else float(one) for one in values))
    table = Table((_("Month"), _("MRR")), rows)
    return Lines(says, table, Scale("currency", 0, found.currency), months, (series,), from_zero=True)


def _lines(rows: _Rows, names: Names, now: datetime) -> tuple[Line, ...]:
    """Lines as they were priced, the latest first; a row ends the one of the same line before it."""
    later: dict[str, dict[str, Any]] = {}
    before: dict[int, dict[str, Any]] = {}
    ends: list[datetime | None] = []
    for row in rows:
        follows = later.get(row["subscription_id"])
        if follows is not None:
            before[id(follows)] = row
        known = [end for end in (row["ended_at"], follows["started_at"] if follows else None) if end]
        ends.append(min(known, default=None))
        later[row["subscription_id"]] = row
    found = []
    for row, end in zip(rows, ends, strict=True):
        was = before.get(id(row))
        change, tone = _changed(was, row, names) if was else ("", "")
        name = " · ".join(one for one in (names.of(row["product_id"]), names.of(row["plan"])) if one)
        over = end is not None and end <= now
        found.append(
            Line(name or row["subscription_id"], line_price(row, names), formats.day(row["started_at"]), formats.day(end),
                 change, tone, over)
        )  # fmt: skip
    return tuple(found)


def _changed(was: dict[str, Any], row: dict[str, Any], names: Names) -> tuple[str, Tone]:
    """How a price became another, as far as both are told alike."""
    for column, quantity in (("amount", False), ("unit_amount", True)):
        old, new = was[column], row[column]
        if old is None or new is None or was["currency"] != row["currency"]:
            continue
        if quantity:
            old, new = old * (was["quantity"] or 1), new * (row["quantity"] or 1)
        if not old:
            break
        change = (new - old) / old
        if not change:
            return "", ""
        sign = "+" if change > 0 else "−"
        return f"{sign}{formats.percent(abs(change), 1)}", "good" if change > 0 else "bad"
    return _("before: %(price)s") % {"price": line_price(was, names)}, ""


def _sale(row: dict[str, Any], names: Names, now: datetime) -> Sale:
    at = row["expected_close"]
    return Sale(
        row["opportunity_id"], plain(row["kind"]).capitalize(), formats.money_short(row["amount"], row["currency"] or names.currency),
        row["stage"] or "", formats.day(at), at is not None and local_date(at) < local_date(now),
    )  # fmt: skip


def _contract(row: dict[str, Any], names: Names, now: datetime, renewals: set[str]) -> Contract:
    currency = row["currency"] or names.currency
    called, tone = outcome(row["outcome"])
    if row["renewed_value"] is not None:
        called = f"{called}: {formats.money(row['renewed_value'], currency)}"
    ahead = row["ended_at"] > now
    terms = [
        word
        for word, is_so in ((_("renews by itself"), row["auto_renew"]), (_("month by month"), row["evergreen"]))
        if is_so
    ]
    notice = _("notice until %(day)s") % {"day": formats.day(row["notice_by"])} if row["notice_by"] and ahead else ""
    told = called or (", ".join(terms) if terms else _("open") if ahead else "–")
    if row["outcome_reason"]:
        told = f"{told} · {row['outcome_reason']}"
    return Contract(
        row["contract_id"], formats.day(row["started_at"]), formats.day(row["ended_at"]),
        formats.money(row["value"], currency), told, tone, notice, ahead and row["ended_at"] - now < _NEAR,
        ahead and row["contract_id"] in renewals,
    )  # fmt: skip


@dataclass(frozen=True)
class Bill:
    """An invoice with what was paid and credited. Amounts in ``currency``; ``mixed``: some of it was paid or credited in another, so that
    what is owed is not known.
    """

    row: dict[str, Any]
    currency: str
    paid: Decimal
    credited: Decimal
    overdue: bool
    mixed: bool = False

    @property
    def owed(self) -> Decimal:
        """What is still to be paid."""
        amount: Decimal = self.row["amount"]
        return max(amount - self.credited - self.paid, Decimal(0))


def _bills(invoices: _Rows, payments: _Rows, home: str, now: datetime) -> list[Bill]:
    """Invoices that count, with what was paid of each: drafts and void ones are none, refunds count against."""
    paid: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in payments:
        paid[row["invoice_id"]] += row["amount"] if (row["kind"] or "payment") == "payment" else -row["amount"]
    credited: defaultdict[str, Decimal] = defaultdict(Decimal)
    real = [row for row in invoices if row["status"] not in ("draft", "void")]
    for row in real:
        if row["kind"] in ("credit_note", "write_off") and row["credits_id"]:
            credited[row["credits_id"]] += abs(row["amount"])
    priced = {row["invoice_id"]: row["currency"] or home for row in real}
    moved = [(row["invoice_id"], row["currency"]) for row in payments]
    moved += [(row["credits_id"], row["currency"]) for row in real if row["credits_id"]]
    mixed = {one for one, currency in moved if one in priced and (currency or home) != priced[one]}
    found = []
    for row in real:
        if (row["kind"] or "invoice") != "invoice":
            continue
        bill = Bill(row, row["currency"] or home, paid[row["invoice_id"]], credited[row["invoice_id"]], overdue=False)
        due = row["due_at"] if bill.owed and row["status"] not in ("paid", "uncollectible") else None
        late = due is not None and _end(due) <= now
        found.append(Bill(bill.row, bill.currency, bill.paid, bill.credited, late, row["invoice_id"] in mixed))
    return found


def _end(due: datetime) -> datetime:
    """The end of the local day by which something is due."""
    zone = current().zone
    day = due.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(day, time(), zone)


def _invoice(one: Bill) -> Invoice:
    row = one.row
    state, tone = _state(one)
    return Invoice(
        row["invoice_id"], formats.day(row["issued_at"]), formats.day(row["due_at"]), formats.money(row["amount"], one.currency),
        formats.money(one.paid, one.currency) if one.paid and not one.mixed else "–",
        formats.money(one.owed, one.currency) if one.owed and not one.mixed else "",
        state, tone,
    )  # fmt: skip


def _state(one: Bill) -> tuple[str, Tone]:
    if one.overdue and not one.mixed:
        return _("overdue"), "bad"
    if not one.owed or one.row["status"] == "paid":
        return _("credited") if one.credited and not one.paid else _("paid"), "good"
    if one.row["status"] == "uncollectible":
        return _("given up"), "bad"
    return _("partly paid") if one.paid else _("open"), ""


def _overdue(bills: list[Bill]) -> str:
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for one in bills:
        if one.overdue and not one.mixed:
            sums[one.currency] += one.owed
    return ", ".join(formats.money(amount, currency) for currency, amount in sorted(sums.items()))
