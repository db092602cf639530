"""``csm``: success managers in teams, their managers and the leader, sellers, onboarding specialists, support agents.

Reporting lines have dates: one in twelve changes the team, one works fewer hours from a day on, and a manager is
followed by another.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from tenure.sources.demo import words
from tenure.sources.demo.accounts import plain
from tenure.sources.demo.columns import blank, civil, digits, ident, join, money, texts
from tenure.sources.demo.days import NEVER, Calendar, Ints
from tenure.sources.demo.hours import OFFICE, SUPPORT
from tenure.sources.demo.staff import Staff

_LEAVING_MANAGER = 2  # the manager of this team leaves in the middle of the window
_PART_TIME = 2  # of every twelve CSMs, this one works four days a week from a quarter of the window on
_LANGUAGES = ('["de","en"]', '["fr","en"]', '["en"]')  # by team
_SKILLS = ('["onboarding"]', '["renewals","negotiation"]', '["analytics"]', '["onboarding","renewals"]')
_DATES = ("valid_from", "started_at", "ended_at")


def csm_ids(number: Ints) -> pa.Array:
    """The ids of CSMs, empty for the pool."""
    return blank(ident("csm", number + 1, width=2), number < 0)


def seller_ids(region: Ints) -> pa.Array:
    """The ids of the sellers, one for each region."""
    return join("ae-", digits(region + 1))


def csm_table(staff: Staff, calendar: Calendar) -> pa.Table:
    """The canonical ``csm`` rows."""
    change = calendar.opens + (calendar.month_of(calendar.today) - calendar.opens) // 2
    changed = _month_start(calendar, change)
    rows = [_employee("head-1", words.LEADER_NAME, role="leader")]
    for team, name in enumerate(words.MANAGER_NAMES):
        ended = changed if team == _LEAVING_MANAGER else None
        rows.append(_employee(f"mgr-{team + 1}", name, "head-1", team, "manager", ended_at=ended))
    rows.append(
        _employee("mgr-4", words.NEW_MANAGER, "head-1", _LEAVING_MANAGER, "manager", started_at=changed),
    )
    for number in range(len(staff)):
        rows += _csm(staff, number, calendar, change)
    for region, name in enumerate(words.SALES_NAMES):
        rows.append(_employee(f"ae-{region + 1}", name, "head-1", region, "sales", team_name="Sales"))
    for number, name in enumerate(words.ONBOARDING_NAMES):
        rows.append(_employee(f"onb-{number + 1}", name, "head-1", role="onboarding", team_name="Onboarding"))
    for number, name in enumerate(words.AGENT_NAMES):
        rows.append(_employee(f"agt-{number + 1}", name, "head-1", role="support", team_name="Support"))
    return _table(rows)


def _csm(staff: Staff, number: int, calendar: Calendar, change: int) -> list[dict[str, Any]]:
    """A CSM's rows: as hired, and one for each day on which team, manager or hours change."""
    turn = number // len(words.CSM_NAMES)
    name = words.CSM_NAMES[number % len(words.CSM_NAMES)] + (f" {turn + 1}" if turn else "")
    joins, leaves = int(staff.joins[number]), int(staff.leaves[number])
    works = {"started_at": _month_start(calendar, joins), "ended_at": _month_start(calendar, leaves)}
    less = calendar.opens + (calendar.month_of(calendar.today) - calendar.opens) // 4
    moves = int(staff.moves[number])
    rows: list[dict[str, Any]] = []
    for month in sorted({calendar.first, moves, change, less}):
        team = (int(staff.team[number]) + (month >= moves)) % len(words.REGIONS)
        manager = "mgr-4" if team == _LEAVING_MANAGER and month >= change else f"mgr-{team + 1}"
        fte = 80 if number % 12 == _PART_TIME and month >= less else 100
        since = _month_start(calendar, month)
        here = month == calendar.first or (since is not None and joins < month < leaves)
        if here and (not rows or (rows[-1]["manager_id"], rows[-1]["fte"]) != (manager, fte)):
            row = _employee(f"csm-{number + 1:02}", name, manager, team, "csm", valid_from=since, fte=fte, **works)
            rows.append(row | {"skills": _SKILLS[number % len(_SKILLS)], "payroll_id": f"{40100 + number * 7}"})
    return rows


def _month_start(calendar: Calendar, month: int) -> int | None:
    step = month - calendar.first
    return int(calendar.starts[step]) if 0 < step < calendar.steps else None


def _employee(
    csm_id: str, name: str, manager: str | None = None, team: int | None = None, role: str = "csm", **more: Any
) -> dict[str, Any]:
    region = None if team is None else words.REGIONS[team]
    row = {
        "csm_id": csm_id,
        "name": name,
        "email": f"{plain(name.replace(' ', ''))}@example.com",
        "manager_id": manager,
        "team": more.pop("team_name", region or "Customer Success"),
        "role": role,
        "fte": 100,
        "region": region,
        "languages": _LANGUAGES[-1 if team is None else team],
        "skills": None,
        "schedule_id": SUPPORT if role == "support" else OFFICE,
        "payroll_id": None,
        **dict.fromkeys(_DATES),
    }
    return row | more


def _table(rows: list[dict[str, Any]]) -> pa.Table:
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    dates = {name: civil(np.array([NEVER if day is None else day for day in columns[name]])) for name in _DATES}
    words_of = {name: texts(held) for name, held in columns.items() if name not in {*_DATES, "fte"}}
    return pa.table({**words_of, **dates, "fte": money(np.array(columns["fte"]))}).select(list(columns))
