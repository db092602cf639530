"""A small workspace on disk, made once a process and copied for each test: two customers, one of whom leaves."""

from __future__ import annotations

import atexit
import shutil
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from tenure import keeper
from tenure.engine.verbs.load import Load
from tenure.engine.verbs.run import Run
from tenure.engine.workspace import Local, Workspace

#: What metrics stand on. The simulated company has all tables, with hundreds of thousands of rows of use.
MEASURED = (
    "account advocacy assignment churn contract csm escalation exchange_rate goal handover_item holiday inquiry "
    "invoice invoice_line milestone opportunity opportunity_line payment person plan product request schedule "
    "sla_target subscription survey_answer target ticket ticket_assignee ticket_comment ticket_status touchpoint "
    "training"
).split()
LOADED = datetime(2026, 7, 14, 12)
NOW = datetime(2026, 7, 15, 12)
FILES = {
    "account": "account_id,name,segment\nacme,Acme,SMB\nbirch,=Birch,Enterprise\n",
    "subscription": (
        "subscription_id,account_id,amount,started_at,ended_at\n"
        "s1,acme,100,2025-01-01,\ns2,birch,50,2025-02-10,2026-06-01\n"
    ),
    "survey_answer": (
        "answer_id,account_id,survey,kind,scale_min,scale_max,sent_at,answered_at,score\n"
        "a1,acme,nps,relational,0,10,2026-05-01,2026-05-02,10\n"
    ),
}


def clock() -> datetime:
    """The time at which these workspaces are looked at."""
    return NOW


@cache
def _empty(currency: str, timezone: str) -> Path:
    home = _folder("empty") / "home"
    keeper.create(home, currency=currency, timezone=timezone, fiscal_year_start=1)
    return home


def empty(home: Path, currency: str = "EUR", timezone: str = "UTC") -> Path:
    """A workspace in which nothing is: made once a process, and copied."""
    return Path(shutil.copytree(_empty(currency, timezone), home, dirs_exist_ok=True))


def _folder(name: str) -> Path:
    """A folder until the end of the process."""
    folder = Path(mkdtemp(prefix=f"{name}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def _template() -> Path:
    home = empty(_folder("workspace") / "home")
    files = home / "exports"
    files.mkdir()
    workspace = Workspace(home, Local(home, lambda: LOADED), clock=clock)
    for table, text in FILES.items():
        (files / f"{table}.csv").write_text(text, encoding="utf-8")
        workspace.call("load", Load((str(files / f"{table}.csv"),), table))
    workspace.close()
    workspace = Workspace(home, Local(home, clock), clock=clock)
    workspace.call("run", Run())
    workspace.close()
    return home


def copy_to(home: Path) -> Path:
    """The workspace, copied: loaded the day before, and published as of ``NOW``."""
    shutil.copytree(_template(), home)
    return home
