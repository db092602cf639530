"""``away``: who is away, as far as a scope has people, and not why."""

from __future__ import annotations

from dataclasses import fields

import pytest

from tenure.core.errors import UsageError
from tenure.engine import Scope
from tenure.engine.verbs.away import Absence
from tests.engine.conftest import TODAY, Bench, loaded

ABSENT = (
    "csm_id,from,to,kind,cover_csm_id\n"
    "ada,2026-11-01,2026-12-24,parental,ben\n"
    "ben,2026-11-30,2026-12-05,sick,\n"
    "ben,2026-10-01,2026-10-05,holiday,ada\n"
    "cleo,2027-03-01,2027-03-05,holiday,\n"
)


def test_absences_that_run_or_begin_soon_are_told_without_their_kind(bench: Bench) -> None:
    assert TODAY.isoformat() == "2026-11-21"
    told = loaded(bench, {"absence": ABSENT}).workspace()
    found = [(one.csm_id, f"{one.ends:%m-%d}", one.cover_csm_id) for one in told.away()]
    # Midnight in Berlin, told in UTC.
    assert found == [("ada", "12-23", "ben"), ("ben", "12-04", None)]
    assert [one.csm_id for one in told.away(days=0)] == ["ada"]
    assert [one.csm_id for one in told.away(days=120)] == ["ada", "ben", "cleo"]
    assert "kind" not in {each.name for each in fields(Absence)}
    assert [one.csm_id for one in told.seen_by(Scope(("ben",))).away()] == ["ben"]
    assert told.seen_by(Scope(())).away() == ()
    with pytest.raises(UsageError, match="within a year"):
        told.away(days=400)
