"""What was known of an account when its owner got it.

Read as of then: what happened later has not happened, and what was learnt later is not known, but for accounts of which
nothing was known yet (they were loaded later, without their history). Of these the state of that day counts as it is known
now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.core.period import Grain, Window, instant, local_day, months_between, period_at
from tenure.figures.reader import Moment
from tenure.figures.request import paired
from tenure.metrics.kinds import FactKey
from tenure.scores.casemix.expected import Known
from tenure.warehouse.store import literal

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.figures.reader import Reader
    from tenure.scores.casemix.exposure import AccountMonth
    from tenure.scores.casemix.used import Used

PORTRAIT, RENEWAL, LINE = FactKey("portrait", "month", "period"), FactKey("next_renewal"), FactKey("line")
WORDS = ("segment", "tier", "region", "industry", "plan")
#: What is read of the hand-over, and, last, what only the calendar decides.
NUMBERS = (
    "mrr", "tenure", "open_tickets", "nps", "last_touch", "use", "use_trend", "renewal", "term", "months_under_owner",
    "contract_ends",
)  # fmt: skip
_COLUMNS = (
    "p.account_id, p.customer_since, p.mrr, p.renewal_due, t.term_began, p.last_touch, p.nps, p.open_tickets, p.segment,"
    " p.tier, p.region, p.industry, l.plan"
)
#: The plan of the largest line that runs.
_PLANS = (
    "SELECT account_id, plan, row_number() OVER (PARTITION BY account_id ORDER BY net DESC, plan) AS nth"
    f" FROM {LINE.table} WHERE ends >= MOMENT_NOW()"
)
_MONTH = 30.4375
_YEAR = 12

Progress = Callable[[int, int], None]
Portrait = Mapping[str, Any]


@dataclass(frozen=True)
class Handovers:
    """By account and first month under the owner, what was known. ``dated_back``: those of which that is as known now."""

    portraits: Mapping[tuple[str, date], Portrait]
    dated_back: frozenset[tuple[str, date]]


@dataclass
class Told:
    """What was found out about hand-overs for one comparison, and serves the next of the same moment: of each whether it is dated back,
    and its portrait where there is one.
    """

    portraits: dict[tuple[str, date], Portrait] = field(default_factory=dict)
    dated_back: dict[tuple[str, date], bool] = field(default_factory=dict)


def handovers(months: Iterable[AccountMonth], reader: Reader, settings: Settings, now: datetime,
              progress: Progress, told: Told | None = None) -> Handovers:  # fmt: skip
    """What was known at each hand-over. ``reader``: of the warehouse, which answers for any moment. ``told``: what need not be
    read again.
    """
    told = Told() if told is None else told
    every = {(each.account, each.handed) for each in months}
    wanted: dict[date, set[str]] = {}
    for account, handed in every - told.dated_back.keys():
        wanted.setdefault(handed, set()).add(account)
    for done, (handed, accounts) in enumerate(sorted(wanted.items())):
        progress(done, len(wanted))
        as_known = _portraits(reader, settings, now, handed, accounts, as_known=True)
        missing = accounts - as_known.keys()
        later = _portraits(reader, settings, now, handed, missing, as_known=False) if missing else {}
        told.dated_back |= {(account, handed): account in missing for account in accounts}
        told.portraits |= {(account, handed): portrait for account, portrait in (as_known | later).items()}
    return Handovers(
        {one: told.portraits[one] for one in every if one in told.portraits},
        frozenset(one for one in every if told.dated_back[one]),
    )


def _portraits(reader: Reader, settings: Settings, now: datetime, handed: date, accounts: set[str], *,
               as_known: bool) -> dict[str, Portrait]:  # fmt: skip
    """What accounts were at the opening of a month: of those that were known as customers."""
    opening = instant(handed, settings.timezone)
    before = period_at(Grain.MONTH, handed - timedelta(days=1), settings.fiscal_year_start)
    spans = paired([before], Window.PERIOD, settings, now)
    moment = Moment(opening, opening) if as_known else Moment(opening)
    listed = ", ".join(literal(account) for account in sorted(accounts))
    customers = " AND p.is_customer AND p.customer_since IS NOT NULL" if as_known else ""
    sql = (
        f"SELECT {_COLUMNS} FROM {PORTRAIT.table} p LEFT JOIN {RENEWAL.table} t ON t.account_id = p.account_id"
        f" LEFT JOIN ({_PLANS}) l ON l.account_id = p.account_id AND l.nth = 1 WHERE p.account_id IN ({listed}){customers}"
    )
    rows = reader.fetch([PORTRAIT, RENEWAL, LINE], moment.fill(sql, spans), spans, moment)
    return {row["account_id"]: row for row in rows}


def known_of(months: list[AccountMonth], found: Handovers, used: Used, settings: Settings) -> Known:
    """What was known of each account-month: of its hand-over, how long ago that was, and the calendar."""
    zone = settings.timezone
    numbers = {name: np.full(len(months), np.nan) for name in NUMBERS}
    words = {name: np.full(len(months), "", dtype=object) for name in (*WORDS, "quarter")}
    for at, each in enumerate(months):
        portrait = found.portraits.get((each.account, each.handed), {})
        for name, value in (_numbers(each, portrait, zone) | used.before(each.account, each.handed)).items():
            numbers[name][at] = value
        for name in WORDS:
            words[name][at] = portrait.get(name) or ""
        words["quarter"][at] = f"{each.period.year}-Q{(each.period.month + 2) // 3}"
    return Known(numbers, {name: values.astype(np.str_) for name, values in words.items()})


def _numbers(each: AccountMonth, portrait: Portrait, zone: str) -> dict[str, float]:
    """The numbers of one account-month, those that are known. Amounts, counts and times by their order of magnitude."""
    opening = instant(each.handed, zone)
    found = {"months_under_owner": np.log1p(months_between(each.handed, each.period)), "contract_ends": 0.0}
    if portrait.get("mrr") is not None:
        found["mrr"] = np.log1p(max(0.0, portrait["mrr"] / 10_000))
    if since := portrait.get("customer_since"):
        found["tenure"] = np.log1p(max(0, (each.handed - since).days) / _MONTH)
    if portrait.get("open_tickets") is not None:
        found["open_tickets"] = np.log1p(portrait["open_tickets"])
    if portrait.get("nps") is not None:
        found["nps"] = float(portrait["nps"])
    if touched := portrait.get("last_touch"):
        found["last_touch"] = np.log1p(max(0.0, (opening - touched).total_seconds() / 86_400))
    if due := portrait.get("renewal_due"):
        day = local_day(due, zone)
        found["renewal"] = np.log1p(max(0, (day - each.handed).days) / _MONTH)
        term = _YEAR
        if began := portrait.get("term_began"):
            term = max(1, round((due - began).days / _MONTH))
            found["term"] = np.log1p(term)
        # Later terms are taken to be as long as the one that was known.
        late = months_between(day, each.period)
        found["contract_ends"] = float(late >= 0 and late % term == 0)
    return found
