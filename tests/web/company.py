"""What tests of pages with figures ask of the simulated company and of its pages."""

from __future__ import annotations

import html
import json
import re
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.test import Client

from tenure import keeper
from tenure.core.period import Grain, add_months, period_at
from tenure.engine import Workspace
from tenure.engine.verbs.load import Load
from tenure.web.access import sight
from tenure.web.kit.lasting import Lasting

BANDS = ("poor", "fair", "good")


def put_into(home: Path, made: Path) -> Workspace:
    """A copy of a workspace that was made once, as the test's own; reporting lines are read anew."""
    shutil.rmtree(home)
    shutil.copytree(made, home)
    sight._lines = Lasting()
    return keeper.open(home)


def today() -> date:
    """The day that it is where the companies of the tests are."""
    return datetime.now(ZoneInfo("Europe/Berlin")).date()


def text_of(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, url
    return html.unescape(answer.content.decode())


def charts_of(client: Client, url: str) -> list[dict[str, Any]]:
    """What the browser is given to draw."""
    found = re.findall(r'data-chart="([^"]+)"', client.get(url).content.decode())
    return [json.loads(html.unescape(text)) for text in found]


def last_of(figures) -> list[Any]:
    """The figures of the last period."""
    return [each for each in figures if each.period_end == figures[-1].period_end]


def owners(company) -> dict[str, set[str]]:
    """The accounts' names by who owns them now, of customers."""
    found: dict[str, set[str]] = {}
    for row in company.explain("mrr", by=["owner"]).rows:
        found.setdefault(row["owner"], set()).add(row["account"])
    return found


def keep_scores(company) -> dict[str, tuple[int, int, str]]:
    """Load kept scores of all customers: in the order of their ids a health of 10, 13, 16 ... of 100, of 50 each a month ago,
    and risks of 1, 2, 3 ... percent. By id: health, risk and the band of health.
    """
    where = [("is_customer", "equals", True)]
    ids = [row["account_id"] for row in company.rows("accounts", where=where, order=("account_id",), limit=500).rows]
    now = datetime.now(UTC) - timedelta(hours=1)
    before, found, lines = now - timedelta(days=25), {}, []
    for number, account in enumerate(ids):
        score, risk = min(10 + 3 * number, 100), 1 + number
        band = BANDS[(score >= 45) + (score >= 70)]
        lines.append(f"{account},health,v1,{now.isoformat()},{score},0.75,{band}")
        lines.append(f"{account},health,v1,{before.isoformat()},50,1,fair")
        lines += [f"{account},churn_risk_{days},r1,{now.isoformat()},{risk},," for days in (30, 90, 180)]
        found[account] = (score, risk, band)
    file = company.home / "score.csv"
    file.write_text("account_id,model,version,at,score,coverage,band\n" + "\n".join(lines) + "\n")
    company.call("load", Load((str(file),), "score"))
    return found


def keep_plays(company) -> None:
    """Load two plays of half a year ago: a call, tried on half of twenty-four customers by lot, and a training of twelve."""
    where = [("is_customer", "equals", True)]
    ids = [row["account_id"] for row in company.rows("accounts", where=where, order=("account_id",), limit=24).rows]
    day = add_months(datetime.now(UTC).date().replace(day=1), -6)
    arms = ("treated", "held_out")
    lines = [f"{account},Call,{arms[number % 2]},{day}" for number, account in enumerate(ids)]
    lines += [f"{account},Training,treated,{day}" for account in ids[:12]]
    file = company.home / "treatment.csv"
    file.write_text("account_id,play,arm,at\n" + "\n".join(lines) + "\n")
    company.call("load", Load((str(file),), "treatment", history=True))


def keep_objectives(company, csm: str) -> None:
    """Record what the company, the team of a CSM and she are to reach in the quarter that runs, and what she said of it."""
    quarter = period_at(Grain.QUARTER, datetime.now(UTC).date(), 1)
    team = next(row["team"] for row in company.rows("csm", limit=1000).rows if row["csm_id"] == csm)
    window = {"period_start": quarter.start.isoformat(), "period_end": quarter.end.isoformat(), "by": "x"}
    empty = dict.fromkeys(("team", "serves", "metric", "slice", "direction", "target", "weight"))
    aims = (
        {"objective_id": "o-company", "level": "company", "metric": "gross_revenue_retention", "target": "0.9"},
        {"objective_id": "o-team", "level": "team", "team": team, "metric": "touchpoint_coverage", "slice": f"team={team}",
         "target": "0.8", "serves": "o-company"},
        {"objective_id": "o-person", "level": "person", "metric": "mrr", "slice": f"owner={csm}", "target": "1", "serves": "o-team",
         "weight": "0.6"},
        {"objective_id": "o-done", "level": "person"},
    )  # fmt: skip
    rows = [
        empty | window | {"csm_id": csm, "name": f"Reach {one['objective_id']}", "at": datetime.now(UTC)}
        | {"direction": "at_least" if "metric" in one else None} | one
        for one in aims
    ]  # fmt: skip
    company.record("objective", rows, by="x", message_id="objectives")
    said = {
        "check_in_id": "c1",
        "objective_id": "o-company",
        "at": datetime.now(UTC),
        "confidence": "0.7",
        "text": "It will do.",
        "by": "x",
    }
    company.record("objective_check_in", [said], by="x", message_id="check-in")


def keep_another_lines_objective(company, manager: str, name: str) -> str:
    """Record an objective of somebody whom a manager does not lead, which is called by a name; its id."""
    staff = {row["csm_id"]: row["manager_id"] for row in company.rows("csm", limit=1000).rows}
    other = min(one for one, leader in staff.items() if leader and manager not in (one, leader))
    row = {
        "objective_id": "others-objective", "level": "person", "csm_id": other, "name": name, "metric": "mrr", "slice": f"owner={other}",
        "direction": "at_least", "target": 1, "period_start": "2026-10-01", "period_end": "2027-01-01", "by": "x",
        "at": "2026-09-01T08:00:00Z",
    }  # fmt: skip
    company.record("objective", [row], by="x", message_id="others-objective")
    return "others-objective"
