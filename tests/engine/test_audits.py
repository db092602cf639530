"""Audits of the data: due by a schedule, filled in, signed by somebody, and as they were signed from then on."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tenure.core.errors import UsageError
from tenure.engine import audits
from tenure.engine.verbs.check import Check
from tenure.engine.verbs.rebuild import Rebuild
from tests.engine.conftest import Bench, loaded

ACCOUNTS = "account_id,name,segment\nacme,Acme,SMB\nbirch,Birch,ENT\n"
LINES = "subscription_id,account_id,amount,started_at\ns1,acme,100,2025-01-01\ns2,birch,50,2025-01-01\ns3,birch,x,2025-01-01\n"


@pytest.fixture
def told(bench: Bench) -> Bench:
    """Loaded on 21 November; looked at on 5 December."""
    found = loaded(bench, {"account": ACCOUNTS, "subscription": LINES})
    found.load("person", "person_id,account_id,name,email\np,acme,Ana Secret,ana@x.org\n")
    found.now = datetime(2026, 12, 5, 9)
    return found


def test_the_schedule_says_what_is_due(told: Bench) -> None:
    found = told.workspace().audit(listed=True)
    (november,) = found.periods
    assert (november.period, november.due, november.overdue, november.signed) == (
        "2026-11",
        date(2026, 12, 11),
        False,
        None,
    )
    assert found.next_due == date(2027, 1, 11)
    told.now = datetime(2026, 12, 12, 9)
    assert told.workspace().audit(listed=True).periods[0].overdue
    (told.home / audits.FILE).write_text('every = "quarter"\ndue_days = 20\n')
    found = told.workspace().audit(listed=True)
    assert (found.periods, found.next_due) == ((), date(2027, 1, 21))
    for wrong, what in (
        ('evry = "month"', "evry"),
        ('every = "week"', "every is"),
        ("samples = -1", "samples"),
        ("every", "audits"),
    ):
        (told.home / audits.FILE).write_text(wrong)
        with pytest.raises(UsageError, match=what):
            told.workspace().audit(listed=True)


def test_an_audit_is_filled_in_and_stays_as_it_was_signed(told: Bench) -> None:
    workspace = told.workspace()
    workspace.call("check", Check(keep=True))
    content = workspace.audit("2026-11").content
    assert content is not None
    points = {one.name: (one.fine, one.told) for one in content.points}
    assert points["failed_rows"] == (False, "1 rows were refused")
    assert points["loads"] == (True, "3 loads of 6 rows; of 0 the counters do not add up")
    assert points["reconciliation"][0] is None
    assert points["closed"][0] is None
    assert points["rounds"] == (False, "checked on 0 of 30 days")  # the one round is of December
    # Five rows were stored; of a person only what tells of none.
    assert sorted((one.table, one.key.partition(" / ")[0]) for one in content.samples) == [
        ("account", "acme"), ("account", "birch"), ("person", "p"), ("subscription", "s1"), ("subscription", "s2"),
    ]  # fmt: skip
    assert "Secret" not in repr(content)
    assert "ana@" not in repr(content)
    with pytest.raises(UsageError, match="with a note"):
        workspace.sign_audit("2026-11", " ", by="Ada")
    workspace.sign_audit("2026-11", "All well but one row.", by="Ada", compared={0: True, 1: False})
    with pytest.raises(UsageError, match="is signed: by Ada") as refused:
        workspace.sign_audit("2026-11", "Again", by="Ben")
    assert refused.value.code == "already_signed"
    signed = workspace.audit("2026-11")
    told.load("account", "account_id,name,segment\nacme,Acme,ENT\n")
    told.now = datetime(2026, 12, 20, 9)
    # Somebody who tells another approval of the period later changes nothing of the one that stands.
    row = {"what": "audit", "subject": "data", "period_start": "2026-11-01", "period_end": "2026-12-01", "at": told.now,
           "by": "Ada", "note": "Never mind.", "content": "{}"}  # fmt: skip
    told.workspace().record("approval", [{**row, "at": "2026-12-20T09:00:00Z"}], by="Ada", message_id="again")
    told.workspace().call("rebuild", Rebuild())
    later = told.workspace().audit("2026-11")
    assert later.content == signed.content
    assert later.about is not None
    assert later.about.signed is not None
    assert (later.about.signed.by, later.about.signed.note) == ("Ada", "All well but one row.")
    assert [one.agrees for one in later.content.samples][:3] == [True, False, None]  # type: ignore[union-attr]


def test_only_periods_that_are_over_are_audited(told: Bench) -> None:
    for period, code in (("2026-12", "not_over"), ("2026-Q3", "bad_period")):
        with pytest.raises(UsageError) as refused:
            told.workspace().audit(period)
        assert refused.value.code == code
