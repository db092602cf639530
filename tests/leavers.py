"""A workspace of which enough customers leave, shrink and grow to learn from, made once a process and copied for each test.

Customers come from September 2025 on with ten seats of 10 each. Their CSM says monthly how they feel, of 5; it is July 2026 now.
Who feels badly leaves or gives seats back sooner, who feels well takes more.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, partial
from pathlib import Path
from tempfile import mkdtemp
from unittest.mock import patch

import numpy as np

from tenure.engine.verbs.load import Load
from tenure.engine.workspace import Local, Workspace
from tenure.scores.risk import model
from tenure.scores.risk.backtest import judged
from tenure.scores.risk.panel import SIGNALS
from tests.workspaces import LOADED, clock, empty

ACCOUNTS = 330
CAME, TODAY = date(2025, 9, 1), date(2026, 7, 15)
#: By how much each happens a month to who feels neither well nor badly.
LEAVES, SHRINKS, GROWS = 0.04, 0.06, 0.05


@dataclass
class Story:
    """What happened: who ``left`` when and why, who ``shrank`` and ``grew`` when and by how many seats, and the files."""

    left: dict[str, tuple[date, str]] = field(default_factory=dict)
    shrank: list[tuple[str, date, int]] = field(default_factory=list)
    grew: list[tuple[str, date, int]] = field(default_factory=list)
    rows: dict[str, list[str]] = field(default_factory=dict)


@cache
def story() -> Story:
    """The company's history, always the same."""
    rng, found = np.random.default_rng(11), Story()
    found.rows = {
        "account": ["account_id,name,segment"], "assignment": ["account_id,csm_id,valid_from"],
        "subscription": ["subscription_id,account_id,quantity,unit_amount,started_at,ended_at"],
        "judgement": ["account_id,model,at,score,by"], "churn": ["churn_id,account_id,at,kind"],
    }  # fmt: skip
    for number in range(ACCOUNTS):
        _live(f"a{number:03}", float(rng.uniform(0, 1)), rng, found)
    return found


def _live(account: str, mood: float, rng: np.random.Generator, of: Story) -> None:
    of.rows["account"].append(f"{account},{account.title()},{'SMB' if int(account[1:]) % 3 else 'ENT'}")
    of.rows["assignment"].append(f"{account},{'ada' if int(account[1:]) % 2 else 'ben'},2025-01-01")
    came = CAME + timedelta(days=int(account[1:]) // 2)
    pull, seats, since, day = np.exp(3 * (0.5 - mood)), 10, came, came
    while day < TODAY:
        after = min(day + timedelta(days=30), TODAY)
        at = day + timedelta(days=int(rng.integers(2, 29)))
        pulse = int(np.clip(np.rint(1 + 4 * mood + rng.normal(0, 0.4)), 1, 5))
        of.rows["judgement"].append(f"{account},csm_pulse,{day + timedelta(days=1)},{pulse},ada")
        what = rng.choice(4, p=_shares(pull))
        if what and at < after:
            end = f"{account},{account},{seats},10,{since}"
            if what == 1:
                kind = str(rng.choice(["voluntary", "non_payment", "unknown"], p=[0.6, 0.3, 0.1]))
                of.left[account] = at, kind
                of.rows["subscription"].append(f"{end},{at}")
                if kind != "unknown":
                    of.rows["churn"].append(f"c{account},{account},{at},{kind}")
                return
            by = int(rng.integers(1, 4))
            (of.shrank if what == 2 else of.grew).append((account, at, by))
            of.rows["subscription"].append(f"{end},")
            seats, since = seats - by if what == 2 else seats + by, at
            seats = max(seats, 1)
        day = after
    of.rows["subscription"].append(f"{account},{account},{seats},10,{since},")


def _shares(pull: float) -> list[float]:
    """Of nothing, leaving, shrinking and growing in a month."""
    each = [1 - np.exp(-LEAVES * pull), 1 - np.exp(-SHRINKS * pull), 1 - np.exp(-GROWS / pull)]
    return [1 - sum(each), *each]


@contextmanager
def few_signals() -> Iterator[None]:
    """Only what the CSM says is known of customers, besides their contract, and one learner: all would take a minute."""
    pulse = {"csm_pulse": SIGNALS["csm_pulse"]}
    straight = partial(judged, learners=("logistic",))
    with (
        patch.dict(SIGNALS, pulse, clear=True),
        patch.object(model, "RISK", (*pulse, "months_as_customer", "mrr", "segment")),
        patch.object(model, "judged", straight),
    ):
        yield


@cache
def _template() -> Path:
    home = empty(Path(mkdtemp(prefix="leavers-")) / "home")
    workspace = Workspace(home, Local(home, lambda: LOADED), clock=clock)
    for table, rows in story().rows.items():
        path = home / f"{table}.csv"
        path.write_text("\n".join(rows) + "\n")
        workspace.call("load", Load((str(path),), table, history=True))
    workspace.close()
    with few_signals():
        workspace = Workspace(home, Local(home, clock), clock=clock)
        for of in ("churn", "contraction", "growth"):
            workspace.risk(of=of)
        workspace.close()
    return home


def leavers_home(folder: Path) -> Path:
    """A copy of the workspace in a folder that does not exist yet; its models were learned at noon of 15 July 2026."""
    shutil.copytree(_template(), folder)
    return folder
