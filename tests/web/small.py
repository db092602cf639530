"""A company that fits on a page: who owns what is known by heart, and tests of tasks say what is seen by whom.

Mona leads Cora and Carl. Cora owns Acme and Birch, Carl owns Cedar. The office is open from Monday to Friday, but not on the
first of January.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from tenure import keeper
from tenure.engine.verbs.load import Load
from tenure.engine.verbs.run import Run
from tests.engine.conftest import Bench, new_home

OFFICE = "".join(f"office,UTC,{weekday},09:00,17:00\n" for weekday in range(5))
FILES = {
    "csm": "csm_id,name,manager_id\nmona,Mona,\ncora,Cora,mona\ncarl,Carl,mona\n",
    "account": "account_id,name,segment\nacme,Acme,SMB\nbirch,Birch,SMB\ncedar,Cedar,SMB\n",
    "subscription": (
        "subscription_id,account_id,amount,started_at,ended_at\n"
        "s1,acme,1000,2025-01-01,\ns2,birch,500,2025-01-01,\ns3,cedar,200,2025-01-01,\n"
    ),
    "assignment": "account_id,csm_id,valid_from\nacme,cora,2025-01-01\nbirch,cora,2025-01-01\ncedar,carl,2025-01-01\n",
    "schedule": f"schedule_id,time_zone,weekday,opens,closes\n{OFFICE}",
    "holiday": "schedule_id,date,name\noffice,2027-01-01,New Year\n",
}


def made_in(folder: Path, more: Mapping[str, str] | None = None) -> Path:
    """The company in a workspace of its own, published as of now: pages ask the clock. ``more``: further rows, by table."""
    home = new_home(folder / "home")
    bench = Bench(home)
    workspace = bench.workspace()
    for number, (table, text) in enumerate([*FILES.items(), *(more or {}).items()]):
        path = folder / f"{number}-{table}.csv"
        path.write_text(text)
        bench.now += timedelta(seconds=1)  # what is loaded later is learned later
        loaded = workspace.call("load", Load((str(path),), table))
        assert not any(file.rejected for file in loaded.reports), (table, loaded)
    workspace.close()
    keeper.open(home).call("run", Run())
    return home
