"""``feature``, ``entitlement``: the parts of the product, and which of them each account may use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tenure.sources.demo.columns import civil, flag, ident, texts, whole, word
from tenure.sources.demo.days import NEVER, WARM_UP, Calendar, Flags, Ints
from tenure.sources.demo.lines import Lines
from tenure.sources.demo.words import PRODUCTS


@dataclass(frozen=True)
class Feature:
    """A part of a product: how often it is used against the others, and from which plan and share of the window on."""

    name: str
    title: str
    product: int
    weight: float
    is_key: bool = False
    is_login: bool = False
    plan: int = 0
    released: float = -1.0  # before everything


FEATURES = (
    Feature("login", "Log in", 0, 0.0, is_login=True),
    Feature("task_completed", "Complete a task", 0, 0.34, is_key=True),
    Feature("plan_created", "Create a plan", 0, 0.16, is_key=True),
    Feature("board_viewed", "View a board", 0, 0.22),
    Feature("plan_shared", "Share a plan", 0, 0.08, is_key=True),
    Feature("report_exported", "Export a report", 0, 0.07),
    Feature("comment_written", "Write a comment", 0, 0.07),
    Feature("automation_run", "Run an automation", 0, 0.06, is_key=True, plan=2, released=0.4),
    Feature("api_called", "Call the API", 0, 0.0, plan=2),
    Feature("dashboard_viewed", "View a dashboard", 1, 0.7, is_key=True),
    Feature("forecast_run", "Run a forecast", 1, 0.3, is_key=True),
)
NAMES = [feature.name for feature in FEATURES]
LOGIN, AUTOMATION, API, DASHBOARD = (
    NAMES.index(name) for name in ("login", "automation_run", "api_called", "dashboard_viewed")
)


def released(feature: int, calendar: Calendar) -> int:
    """The day on which a feature was released."""
    share = FEATURES[feature].released
    months = np.rint(share * (calendar.steps - WARM_UP)).astype(int)
    return int(calendar.starts[0] if share < 0 else calendar.starts[WARM_UP + months] + 12)


def feature_table(calendar: Calendar) -> pa.Table:
    """The canonical ``feature`` rows."""
    days = np.array([released(code, calendar) for code in range(len(FEATURES))])
    return pa.table(
        {
            "feature_id": texts(NAMES),
            "name": texts([feature.title for feature in FEATURES]),
            "product_id": texts([PRODUCTS[feature.product][0] for feature in FEATURES]),
            "released_at": civil(np.where(days < calendar.today, days, NEVER)),
            "is_key": flag(np.array([feature.is_key for feature in FEATURES])),
            "is_login": flag(np.array([feature.is_login for feature in FEATURES])),
        }
    )


def entitlement_table(lines: Lines, calendar: Calendar) -> pa.Table:
    """The canonical ``entitlement`` rows: a product's seats for as long as they stay the same, and two features."""
    planner, insights = lines.product == 0, lines.product == 1
    parts = [(0, -1, *_spells(lines, planner, lines.seats)), (1, -1, *_spells(lines, insights, lines.number))]
    higher = (lines.rank >= FEATURES[AUTOMATION].plan).astype(np.int64)
    for feature in (AUTOMATION, API):
        account, held, start, end = _spells(lines, planner, higher)
        start = np.maximum(start, released(feature, calendar))
        kept = (held == 1) & (start < end) & (start <= calendar.today)
        parts.append((-1, feature, account[kept], held[kept], start[kept], end[kept]))
    account, held, start, end = (np.concatenate([part[at] for part in parts]) for at in (2, 3, 4, 5))
    code = np.repeat(np.arange(len(parts)), [len(part[2]) for part in parts])
    product, feature_code = (np.array([part[at] for part in parts])[code] for at in (0, 1))
    return pa.table(
        {
            "account_id": ident("A", account),
            "product_id": word(product, [name for name, _, _ in PRODUCTS]),
            "feature_id": word(feature_code, NAMES),
            "seats": whole(held, null=code > 0),
            "valid_from": civil(start),
            "valid_to": civil(end),
        }
    )


def _spells(lines: Lines, rows: Flags, value: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Account, value, first day and end of each stretch of a line over which ``value`` stays the same."""
    account, generation, number_of, day, held, end = (
        column[rows] for column in (lines.account, lines.generation, lines.number, lines.day, value, lines.end)
    )
    if not len(account):
        return account, held, day, end
    line = (account * 64 + generation) * 64 + number_of
    first = np.append(True, (line[1:] != line[:-1]) | (held[1:] != held[:-1]))
    following = np.append(np.flatnonzero(first)[1:], len(line))
    last = following - 1
    goes_on = np.append(line[1:] == line[:-1], False)[last]
    ends = np.where(goes_on, np.append(day, NEVER)[following], end[last])
    kept = ends > day[first]
    return account[first][kept], held[first][kept], day[first][kept], ends[kept]
