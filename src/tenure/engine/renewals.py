"""The lists of renewals and of opportunities, as they are now, out of what is published."""

from __future__ import annotations

from math import exp, sqrt
from typing import TYPE_CHECKING

from tenure.core.horizons import AHEAD
from tenure.core.period import local_day
from tenure.engine import reports
from tenure.engine.verbs.backtest import NAME, Tested
from tenure.engine.verbs.rows import PORTRAIT, RATED
from tenure.figures import kept
from tenure.figures.listing import Column, Source, label, page
from tenure.figures.scope import SEEN, Scope
from tenure.metrics.kinds import FactKey
from tenure.warehouse.store import literal

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from tenure.core.config import Settings
    from tenure.engine.verbs.rows import Page, Rows
    from tenure.figures.published import PublishedReader

RENEWALS, OPPORTUNITIES = "renewals", "opportunities"
DUE, JUDGED = FactKey("renewal_due", "month", "period"), FactKey("renewal_judged", "month", "period")
OPPORTUNITY = FactKey("opportunity_now", "month", "period")
#: What each list reads.
_FACTS = {RENEWALS: (DUE, JUDGED, OPPORTUNITY, PORTRAIT, RATED), OPPORTUNITIES: (OPPORTUNITY, PORTRAIT, RATED)}
#: What may be sold to a customer, besides renewals.
GROWING = ("upsell", "cross_sell", "add_on")
#: Without an amount these count in full, the others with nothing.
IN_FULL = ("commit", "likely")
CATEGORIES = (*IN_FULL, "at_risk", "will_leave")
#: Days after a renewal in which those who leave with it have left.
AFTER = 14
_NORMAL = 1.959963984540054
#: name, type, unit (``home``: the reporting currency), meaning and SQL over ``d`` (due), ``j`` (judged), ``o`` (its opportunity),
#: ``p`` (portrait) and ``r`` (rated); ``{now}`` is the moment, ``{today}`` its local day and ``{zone}`` the time zone.
_Listed = tuple[str, str, str, str, str]


def _money(sql: str) -> str:
    return f"CAST({sql} * 0.0001::DECIMAL(5,4) AS DECIMAL(18,4))"


_OPEN = "(d.still_open = 1 OR (d.told = 'postponed' AND d.postponed_to >= {today}))"
#: A judgement without an amount counts in full, or with nothing.
CALLED = f"CASE WHEN j.category IN {IN_FULL} THEN coalesce(j.amount, d.value) ELSE coalesce(j.amount, 0) END"
#: Until the renewal, or the day to which it is postponed, where that is later.
_DAYS = (
    "greatest(date_diff('day', CAST({now} AS DATE), CAST(d.term_end AS DATE)), date_diff('day', {today}, d.postponed_to)) "
    f"+ {AFTER}"
)
#: The kept risk of having left two weeks after the renewal, in percent: of the account's next renewal as it was told; of another one
#: the risk of the shortest time that reaches so far.
_LEAVES = (
    "CASE WHEN d.term_end = p.renewal_due AND d.postponed_to IS NULL AND r.risk_renewal IS NOT NULL THEN r.risk_renewal "
    + " ".join(f"WHEN {_DAYS} <= {days + (AFTER if days == AHEAD[-1] else 0)} THEN r.risk_{days}" for days in AHEAD)
    + " END"
)
_RENEWS = f"CASE WHEN {_OPEN} THEN CAST(1 - ({_LEAVES}) * 0.01::DECIMAL(3,2) AS DECIMAL(9,6)) END"
_DUE: tuple[_Listed, ...] = (
    ("renewal_id", "text", "", "The contract, or the yearly term, that comes up.", "d.renewal_id"),
    ("account_id", "text", "", "The account's id.", "p.account_id"),
    ("name", "text", "", "The account's name.", "p.name"),
    ("owner", "text", "", "Who owns the largest share of it now.", "p.owner"),
    ("owner_name", "text", "", "The owner's name.", "p.owner_name"),
    ("team", "text", "", "The owner's team.", "p.team"),
    ("segment", "text", "", "The market segment.", "p.segment"),
    ("tier", "text", "", "The level of service.", "p.tier"),
    ("region", "text", "", "The sales region.", "p.region"),
    ("due", "time", "", "When it is to be decided: the end of the term, or the day to which it is postponed.",
     (f"CASE WHEN {_OPEN} AND d.postponed_to IS NOT NULL THEN (CAST(d.postponed_to AS TIMESTAMP) + INTERVAL 12 HOUR) "
     "AT TIME ZONE {zone} AT TIME ZONE 'UTC' ELSE d.term_end END")),
    ("term_end", "time", "", "When the term ends: renewal rates count it then.", "d.term_end"),
    ("notice_by", "time", "", "The last moment to give notice.", "d.notice_by"),
    ("auto_renew", "boolean", "", "Whether it renews by itself unless notice is given.", "d.auto_renew"),
    ("value", "money", "home", "What the contract is worth in a year.", _money("d.value")),
    ("own_value", "money", "currency", "The same in the contract's own currency.", _money("d.own_value")),
    ("currency", "text", "", "The contract's own currency; empty: the reporting one.", "d.currency"),
    ("state", "text", "", "open, late (open after its day), renewed, lost, or lapsed (not renewed, and nobody said so).",
     (f"CASE WHEN {_OPEN} THEN CASE WHEN coalesce(d.postponed_to < {{today}}, d.term_end < {{now}}) "
     "THEN 'late' ELSE 'open' END WHEN d.renewed = 1 THEN 'renewed' WHEN d.told IN ('churned', 'lost') THEN 'lost' "
     "ELSE 'lapsed' END")),
    ("told", "text", "", "The outcome that somebody told.", "d.told"),
    ("is_own", "boolean", "", "Whether that is the contract's own, and was not told here.", "d.is_own"),
    ("decided_at", "time", "", "When it was decided.", "d.decided_at"),
    ("renewed_value", "money", "home", "What the renewed contract is worth in a year; 0 where it was not renewed.",
     f"CASE WHEN {_OPEN} THEN NULL ELSE {_money('d.renewed_value')} END"),
    ("category", "text", "", "How its renewal was judged last: commit, likely, at_risk or will_leave.", "j.category"),
    ("called", "money", "home", "What it is expected to be worth in a year, by that judgement.",
     f"CASE WHEN j.category IS NOT NULL THEN {_money(f'({CALLED})')} END"),
    ("judged_at", "time", "", "When it was judged last.", "j.judged_at"),
    ("judged_by", "text", "", "By whom.", "j.judged_by"),
    ("renewal_probability", "share", "share", ("The probability that it is renewed, by the risks that were kept last; "
     "empty where it is decided, or half a year or more ahead."), _RENEWS),
    ("renewal_probability_low", "share", "share", "The lower end of its 95 % interval.", "{low}"),
    ("renewal_probability_high", "share", "share", "The upper end of its 95 % interval.", "{high}"),
    ("expected", "money", "home", "Its value times that probability.",
     f"CAST(round({_money('d.value')} * ({_RENEWS}), 2) AS DECIMAL(18,2))"),
    ("health", "number", "", "The health score, 0 to 100, as it was kept last.", "r.health"),
    ("health_band", "text", "", "The band of that score: good, fair or poor.", "r.band"),
    ("last_touch", "time", "", "The last two-way contact.", "p.last_touch"),
    ("opportunity_id", "text", "", "The opportunity that it is worked on as.", "o.opportunity_id"),
    ("opportunity_stage", "text", "", "The stage that has reached.", "o.stage"),
    ("note", "text", "", "What is to be known of it.", "d.note"),
)  # fmt: skip
_OPPORTUNITY: tuple[_Listed, ...] = (
    ("opportunity_id", "text", "", "The opportunity's id.", "o.opportunity_id"),
    ("account_id", "text", "", "The account's id.", "p.account_id"),
    ("name", "text", "", "The account's name.", "p.name"),
    ("owner", "text", "", "Who owns the largest share of the account now.", "p.owner"),
    ("owner_name", "text", "", "The owner's name.", "p.owner_name"),
    ("team", "text", "", "The owner's team.", "p.team"),
    ("segment", "text", "", "The market segment.", "p.segment"),
    ("kind", "text", "", "What is sold: new, upsell, cross_sell, renewal or add_on.", "o.kind"),
    ("status", "text", "", "open, won or lost.", "o.status"),
    ("stage", "text", "", "The step of the sale it has reached.", "o.stage"),
    ("probability", "share", "share", "How likely it is to be won, as it was told.", "o.probability"),
    ("amount", "money", "home", "What it is worth.", _money("o.amount")),
    ("weighted", "money", "home", "Amount times probability; empty without a probability.",
     f"CAST(round({_money('o.amount')} * o.probability, 2) AS DECIMAL(18,2))"),
    ("agent", "text", "", "Who of us works on it.", "o.agent"),
    ("sourced_by", "text", "", "Who or what brought it.", "o.sourced_by"),
    ("by_csm", "boolean", "", "Whether one of us brought it who does not sell.", "o.by_csm"),
    ("created_at", "time", "", "When it was opened.", "o.created_at"),
    ("expected_close", "time", "", "When the decision is expected.", "o.expected_close"),
    ("closed_at", "time", "", "When it was won or lost.", "o.closed_at"),
    ("lost_reason", "text", "", "Why it was lost.", "o.lost_reason"),
    ("contract_id", "text", "", "The contract it renews or led to.", "o.contract_id"),
    ("health", "number", "", "The account's health score, as it was kept last.", "r.health"),
    ("health_band", "text", "", "The band of that score.", "r.band"),
)  # fmt: skip


def listed(reader: PublishedReader, request: Rows, settings: Settings, now: datetime, home: Path) -> Page:
    """A page of one of these lists. Raises ``UsageError`` as ``rows`` does."""
    source, notes = source_of(reader, request.name, request.scope, settings, now, home)
    return page(reader.run, source, request.query, now, notes)


def source_of(
    reader: PublishedReader, name: str, scope: Scope, settings: Settings, now: datetime, home: Path
) -> tuple[Source, tuple[str, ...]]:
    """One of these lists as far as a scope holds it, ready to be read, and what is to be known of it."""
    found = reader.published
    for key in _FACTS[name]:
        reader.provide(key)
    if scope.narrow:
        reader.look(scope, now, SEEN)
    tables = {each for key in _FACTS[name] for each in kept.recipe(key, found.ground, settings).tables}
    notes = tuple(sorted({found.held[each] for each in tables if each in found.held}))
    told = _DUE if name == RENEWALS else _OPPORTUNITY
    columns = tuple(
        Column(column, label(column), kind, settings.currency if unit == "home" else unit, meaning)
        for column, kind, unit, meaning, _sql in told
    )
    low, high = _ends(home) if name == RENEWALS else ("", "")
    at, zone = f"TIMESTAMP '{now.isoformat(sep=' ')}'", literal(settings.timezone)
    today = f"DATE '{local_day(now, settings.timezone)}'"
    parts = ", ".join(
        sql.replace("{low}", low)
        .replace("{high}", high)
        .replace("{now}", at)
        .replace("{today}", today)
        .replace("{zone}", zone)
        + f" AS {column}"
        for column, _kind, _unit, _meaning, sql in told
    )
    inside = f" WHERE p.account_id IN (SELECT account_id FROM {SEEN})" if scope.narrow else ""
    rows = f"SELECT {parts} FROM {_joined(name)}{inside}"
    in_order = ("due", "renewal_id") if name == RENEWALS else ("created_at", "opportunity_id")
    return Source(name, rows, columns, in_order, settings.timezone), notes


def _joined(name: str) -> str:
    accounts = f"JOIN {PORTRAIT.table} p ON p.account_id = {{}}.account_id LEFT JOIN {RATED.table} r ON r.account_id = p.account_id"
    if name == OPPORTUNITIES:
        return f"{OPPORTUNITY.table} o {accounts.format('o')}"
    return (
        f"{DUE.table} d {accounts.format('d')} LEFT JOIN {JUDGED.table} j ON j.renewal_id = d.renewal_id "
        f"LEFT JOIN (FROM {OPPORTUNITY.table} WHERE counts) o ON o.contract_id = d.renewal_id"
    )


# The interval of a probability


def _ends(home: Path) -> tuple[str, str]:
    """SQL of both ends of the probability that a renewal comes; null where the risks were never tested.

    How well a risk is known follows from how many left of the customers of about this risk in the last back-test: with ``d``
    of them its hazard is known within a factor of exp(1.96 / sqrt(d)).
    """
    steps = reach(home)
    if not steps:
        return "NULL::DECIMAL(9,6)", "NULL::DECIMAL(9,6)"
    risk = "(r.risk_90 * 0.01::DECIMAL(3,2))"
    cases = " ".join(f"WHEN {risk} < {edge!r} THEN {factor!r}" for edge, factor in steps[:-1])
    factor = f"CASE {cases} ELSE {steps[-1][1]!r} END" if cases else repr(steps[-1][1])
    base = f"CAST({_RENEWS} AS DOUBLE)"
    low, high = (f"CAST(pow({base}, {power}) AS DECIMAL(9,6))" for power in (factor, f"1.0 / ({factor})"))
    return low, high


def reach(home: Path) -> list[tuple[float, float]]:
    """By risks of leaving within 90 days, the upper end of a class and the factor within which its hazards are known."""
    report = reports.kept(home, NAME, Tested)
    tested = report.found if report else None
    bins = next((one.calibration for one in tested.scores if one.name == "risk"), []) if tested else []
    found: list[tuple[float, float]] = []
    for number, one in enumerate(sorted(bins, key=lambda each: each.predicted)):
        following = sorted(each.predicted for each in bins)[number + 1 :]
        edge = (one.predicted + following[0]) / 2 if following else 1.0
        found.append((edge, exp(_NORMAL / sqrt(max(one.events, 1)))))
    return found


def leavers(home: Path) -> int:
    """How many customers left among those told by the last back-test: by as many is known how high risks are; 0 without one."""
    report = reports.kept(home, NAME, Tested)
    return report.found.leavers[1] if report and report.found else 0
