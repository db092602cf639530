"""Figures of several values of one dimension together, where they do not add up: medians, and shares that are made day by day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tenure.engine.workspace import Workspace
from tests.engine.conftest import Bench, loaded, new_home

SEGMENTS = {"s1": "SMB", "s2": "SMB", "e1": "ENT", "e2": "ENT", "g1": "GOV", "g2": "GOV", "n1": ""}
#: Minutes until tickets of October were answered.
WAITED = {"s1": (10, 20, 30), "e1": (40, 100), "g1": (500, 500, 500), "n1": (5, 6)}
OCTOBER: dict[str, Any] = {"start": "2026-10", "end": "2026-10"}
ENDS = {"s1": "2026-10-10", "e1": "2026-10-20"}


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    tickets = [
        f"t-{name}-{n},{name},2026-10-05T08:00:00Z,2026-10-05T{8 + minutes // 60:02}:{minutes % 60:02}:00Z"
        for name, every in WAITED.items()
        for n, minutes in enumerate(every)
    ]
    files = {
        "account": "account_id,name,segment\n"
        + "".join(f"{name},{name},{segment}\n" for name, segment in SEGMENTS.items()),
        "subscription": "subscription_id,account_id,amount,started_at,ended_at\n"
        + "".join(f"p-{name},{name},10,2025-01-01,{ENDS.get(name, '')}\n" for name in SEGMENTS if name != "n1"),
        "ticket": "\n".join(["ticket_id,account_id,created_at,first_reply_at", *tickets]) + "\n",
    }
    bench = loaded(Bench(new_home(tmp_path_factory.mktemp("read") / "home")), files, history=True)
    yield bench.workspace()
    bench.opened[-1].close()


def one(ws: Workspace, metric: str, *segments: str, **more: Any) -> Any:
    (figure,) = ws.show(metric, where=[("segment", each) for each in segments], **OCTOBER, **more)
    return figure


def test_a_median_is_of_all_cases_together(read: Workspace) -> None:
    """10, 20, 30, 40 and 100 have the median 30, whichever value is named last; 5, 6, 40 and 100 the Kaplan-Meier median 6."""
    for segments in (("SMB", "ENT"), ("ENT", "SMB")):
        found = one(read, "response_time", *segments)
        assert (found.value, found.n, found.numerator, found.extra["mean"]) == (30, 5, 5, 40)
    assert (one(read, "response_time", "", "ENT").value, one(read, "response_time", "ENT").value) == (6, 40)
    assert one(read, "response_time", "SMB", "ENT", "GOV", "").value == one(read, "response_time").value == 30
    assert [each.value for each in read.show("response_time", by=["segment"], where=[("segment", "SMB"), ("segment", "ENT")], **OCTOBER)] == [40, 20]  # fmt: skip


def test_steps_are_of_all_accounts_together(read: Workspace) -> None:
    """On the 10th one of four leaves, on the 20th one of three: 3/4 x 2/3 stay. By segment a half of each two stays."""
    assert one(read, "customer_churn_rate", "SMB", "ENT", variant=["daily"]).value == pytest.approx(0.5)
    assert one(read, "customer_churn_rate", "SMB", variant=["daily"]).value == pytest.approx(0.5)
    assert one(read, "customer_churn_rate", "SMB", "ENT", "GOV", variant=["daily"]).value == one(read, "customer_churn_rate", variant=["daily"]).value  # fmt: skip
