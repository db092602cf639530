"""``objective``, ``objective_check_in``: what the company, its teams and its CSMs are to reach, quarter by quarter."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from tenure.sources.demo.columns import civil, instant, money, texts
from tenure.sources.demo.days import NEVER, Calendar, Ints
from tenure.sources.demo.past import Past
from tenure.sources.demo.words import REGIONS

LEADER = "head-1"
_MANAGERS = ("mgr-1", "mgr-2", "mgr-4")  # of the teams now
#: Goal in words, metric, slice besides whose, which way is good, target, and its part where it is weighed.
_COMPANY_YEAR = (
    ("Grow with the customers we have", "net_revenue_retention", "", "at_least", 1.04, None),
    ("Keep the customers we have", "gross_revenue_retention", "", "at_least", 0.90, None),
)
_COMPANY_QUARTER = (
    ("Customers speak well of us", "net_promoter_score", "", "at_least", 38, None),
    ("Sell more to those who need more", "expansion_revenue", "", "at_least", 0, None),
)
_TEAM = (
    ("Keep the team's customers", "gross_revenue_retention", "", "at_least", 0.90, 0.6),
    ("Be in touch with every customer", "touchpoint_coverage", "", "at_least", 0.75, 0.4),
)
_PERSON = (
    ("Keep my customers", "gross_revenue_retention", "", "at_least", 0.90, 0.5),
    ("Be in touch with every customer of mine", "touchpoint_coverage", "", "at_least", 0.75, 0.3),
    ("Answer customers' questions the same day", "response_time", "variant=csm", "at_most", 480, 0.2),
)
_SERVES = {"gross_revenue_retention": 1, "touchpoint_coverage": 0, "response_time": 0, "net_promoter_score": 0}
_SOLD = 18  # what is to be sold more in a quarter, of an account's month, for every account there ever was
_RAMPED = 7  # this CSM began with a full book only now
_SAID = (
    (0.7, "Two renewals are as good as signed."), (0.5, "One large customer has not answered yet."),
    (0.9, "All reviews are booked."), (0.3, "The reorganisation at our largest customer takes longer."),
)  # fmt: skip
_DAYS = ("period_start", "period_end", "ramp_start", "ramp_end")


def objective_tables(past: Past) -> dict[str, pa.Table]:
    """Both tables: of the year and quarter that run, and of the quarter before."""
    days = past.calendar
    month = days.month_of(days.today)
    quarter, year = month // 3 * 3, month // 12 * 12
    rows = _company(past, year, quarter)
    for start in (quarter - 3, quarter):
        for team in range(len(REGIONS)):
            rows += _set(_TEAM, "team", _MANAGERS[team], REGIONS[team], start, f"company-{_label(year, 12)}")
        for number in range(len(past.staff)):
            if past.staff.leaves[number] > start and past.staff.joins[number] <= start:
                team = int(past.staff.team[number] + (past.staff.moves[number] <= start)) % len(REGIONS)
                served = f"team-{_slug(REGIONS[team])}-{_label(start, 3)}"
                rows += _set(_PERSON, "person", f"csm-{number + 1:02}", "", start, served)
    _ramp(rows, quarter)
    return {"objective": _objectives(rows, days), "objective_check_in": _check_ins(rows, past, quarter)}


def _company(past: Past, year: int, quarter: int) -> list[dict[str, Any]]:
    rows = _set(_COMPANY_YEAR, "company", LEADER, "", year, "", 12)
    rows += _set(_COMPANY_QUARTER, "company", LEADER, "", quarter, "")
    rows[-1]["target"] = _SOLD * len(past.traits)
    done = _set(
        (("The steps of a hand-over are written down", "", "", "", 0, None),), "company", LEADER, "", quarter, ""
    )
    done[0]["objective_id"] = f"company-{_label(quarter, 3)}-2"
    return rows + done


def _set(
    goals: tuple[tuple[str, str, str, str, float, float | None], ...], level: str, csm_id: str, team: str, start: int,
    served: str, months: int = 3,
) -> list[dict[str, Any]]:  # fmt: skip
    """The objectives of one owner in one window. ``served``: the set above, of which each serves the one that it is about."""
    whose = {"company": "company", "team": f"team-{_slug(team)}", "person": csm_id}[level]
    own = {"company": "", "team": f"team={team}", "person": f"owner={csm_id}"}[level]
    rows = []
    for number, (name, metric, part, direction, target, weight) in enumerate(goals):
        above = f"{served}-{_SERVES.get(metric, 0)}" if served.startswith("company") else f"{served}-{min(number, 1)}"
        rows.append({
            "objective_id": f"{whose}-{_label(start, months)}-{number}",
            "level": level, "csm_id": csm_id, "team": team or None, "name": name, "serves": above if served else None,
            "metric": metric or None, "slice": ",".join(filter(None, (own, part))) if metric else None,
            "direction": direction or None, "target": target if metric else None, "period_start": start,
            "period_end": start + months, "weight": weight, "ramp_start": None, "ramp_end": None, "ramp_share": None,
            "by": LEADER if level == "company" else "the manager", "told": start - 1,
        })  # fmt: skip
    return rows


def _ramp(rows: list[dict[str, Any]], quarter: int) -> None:
    """Somebody whose targets rise within the quarter."""
    for row in rows:
        if (row["csm_id"], row["period_start"]) == (f"csm-{_RAMPED + 1:02}", quarter) and row["weight"]:
            row |= {"ramp_start": quarter, "ramp_end": quarter + 2, "ramp_share": 0.6}


def _slug(team: str) -> str:
    return team.lower().replace(" ", "-")


def _label(month: int, months: int) -> str:
    year = 1970 + month // 12
    return str(year) if months == 12 else f"{year}-q{month % 12 // 3 + 1}"


def _objectives(rows: list[dict[str, Any]], days: Calendar) -> pa.Table:
    plain = ("objective_id", "level", "csm_id", "team", "name", "serves", "metric", "slice", "direction", "by")
    columns = {name: texts([row[name] for row in rows]) for name in plain}
    columns |= {name: civil(_first_days([row[name] for row in rows], days)) for name in _DAYS}
    for name, scale in (("target", 4), ("weight", 2), ("ramp_share", 2)):
        values = [row[name] for row in rows]
        parts = np.array([round((value or 0) * 10**scale) for value in values], dtype=np.int64)
        columns[name] = money(parts, scale, np.array([value is None for value in values]))
    told = days.day(np.array([row["told"] for row in rows]), 20)
    return pa.table(columns | {"at": instant(days.instant(told, np.full(len(rows), 10 * 3600)))})


def _check_ins(rows: list[dict[str, Any]], past: Past, quarter: int) -> pa.Table:
    """What people said of their objectives of the running quarter, every other week."""
    rng, days = past.draws("check-ins"), past.calendar
    own = [row["objective_id"] for row in rows if row["level"] != "company" and row["period_start"] == quarter]
    first = int(days.starts[quarter - days.first])
    said = [(name, first + 14 * turn) for turn in range(1, 7) for name in own if first + 14 * turn < days.today]
    which = rng.integers(0, len(_SAID), len(said)).tolist()
    at = np.array([day for _name, day in said], dtype=np.int64)
    return pa.table(
        {
            "check_in_id": texts([f"said-{number}" for number in range(len(said))]),
            "objective_id": texts([name for name, _day in said]),
            "at": instant(days.instant(at, np.full(len(said), 15 * 3600))),
            "confidence": money(np.array([round(_SAID[one][0] * 100) for one in which], dtype=np.int64), 2),
            "text": texts([_SAID[one][1] for one in which]),
            "by": texts(["the owner"] * len(said)),
        }
    )


def _first_days(months: list[int | None], days: Calendar) -> Ints:
    first: Ints = np.array(
        [NEVER if one is None else int(days.starts[one - days.first]) for one in months], dtype=np.int64
    )
    return first
