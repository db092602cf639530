"""Business time in what is published: a day's clocks run on, though nothing is published anew."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from tenure.core import config
from tenure.engine.verbs.load import Load
from tenure.engine.verbs.show import Show, from_published
from tenure.engine.workspace import Local, Workspace
from tenure.figures.published import current
from tenure.figures.request import Asked
from tests.workspaces import copy_to

FILES = {
    "schedule": "schedule_id,time_zone,weekday,opens,closes\n"
    + "".join(f"office,Europe/Berlin,{day},09:00,12:00\noffice,Europe/Berlin,{day},13:00,17:00\n" for day in range(5)),
    "holiday": "schedule_id,date\noffice,2026-07-14\n",
    "sla_target": "measure,minutes,valid_from\nfirst_reply,180,2026-01-01\n",
    # On Wednesday 15 July 2026 the three hours from Monday 16:00 are over at 11:00 in Berlin.
    "ticket": "ticket_id,account_id,created_at,first_reply_at\n"
    "T1,acme,2026-07-13T14:00:00Z,\nT2,birch,2026-07-10T14:30:00Z,2026-07-13T09:30:00Z\n",
}
ASKED = Asked("sla_attainment", "2026-07", "2026-07")


def test_what_was_open_when_it_was_published_is_missed_when_its_time_is_over(tmp_path):
    home, times = tmp_path / "home", [datetime(2026, 7, 15, 8, 59)]
    copy_to(home)
    for table, text in FILES.items():
        (tmp_path / f"{table}.csv").write_text(text, encoding="utf-8")

    def clock():
        return times[-1]

    workspace = Workspace(home, Local(home, clock), clock=clock)
    for table in FILES:
        workspace.call("load", Load((str(tmp_path / f"{table}.csv"),), table))
    (figure,) = workspace.call("show", Show(ASKED))
    assert (figure.value, figure.excluded) == (1, {"open within the target": 1})  # T2 took 30 + 150 minutes
    (by_warehouse,) = workspace.call("show", Show(Asked("sla_attainment", "2026-07", "2026-07", as_of="2026-07-15")))
    assert by_warehouse.excluded == figure.excluded
    published = current(home)
    times.append(datetime(2026, 7, 15, 9, 0, 1))
    (figure,) = from_published(home, Show(ASKED), config.read(home), clock())
    assert (figure.value, figure.excluded) == (Decimal("0.5"), {})
    assert current(home) == published
    workspace.close()
