"""The panel: who was there, what was known, and what came of it."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pytest

from tenure.core.period import instant
from tenure.scores.risk.outcome import NEVER, leaving
from tenure.scores.risk.panel import Origin, origin, origins, panel
from tenure.scores.signal import Signal
from tests.scores.risk.made import customer
from tests.world import ACME, ADA, BIRCH, CEDAR, World

DAY = date(2026, 3, 1)
PULSE = {"pulse": Signal(90, judgement="csm_pulse"), "nps": Signal(90, "net_promoter_score")}


def doomed(account, at, **more):
    return {"account_id": account, "model": "csm_pulse", "at": at, "score": 1, "by": ADA, **more}


def test_origins_are_the_months_of_which_the_outcome_is_known():
    assert origins(date(2026, 7, 1), date(2026, 1, 15), 90) == [date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)]
    assert origins(date(2026, 7, 1), date(2026, 6, 15), 90) == []


def test_what_became_of_customers_is_cut_off_at_the_day_it_is_looked_at():
    part = Origin(DAY, [customer(each) for each in ("stays", "leaves", "later", "gone")], {"use": np.arange(4.0)})
    since = date(2025, 1, 1)
    spells = {
        "stays": [(since, NEVER)], "leaves": [(since, date(2026, 3, 31))], "later": [(since, date(2026, 8, 1))],
        "gone": [(since, date(2026, 2, 1)), (date(2026, 9, 1), NEVER)],
    }  # fmt: skip
    found = panel([part], spells, 90, date(2027, 1, 1))
    assert [found.accounts.levels[code] for code in found.accounts.codes] == ["stays", "leaves", "later"]
    assert (list(found.left), list(found.watched), found.leavers) == ([0, 1, 0], [90, 30, 90], 1)
    cut = panel([part], spells, 90, date(2026, 3, 20))
    assert (list(cut.left), list(cut.watched)) == ([0, 0, 0], [19, 19, 19])
    assert list(found.features.columns["use"].values) == [0, 1, 2]
    assert list(found.mrr) == [100, 100, 100]


@pytest.fixture(scope="module")
def told():
    """Acme and Birch are customers, Cedar comes later; Birch leaves in April."""
    world = World()
    for account, start, end in (
        (ACME, "2025-01-01", None),
        (BIRCH, "2025-01-01", "2026-04-15"),
        (CEDAR, "2026-05-01", None),
    ):
        world.account(account).owns(ADA, account).pays(account, 100, start, end)
    return world


def test_nothing_is_known_that_was_learned_later(told):
    # Planted: after Birch had left, somebody enters that it had been doomed all along, dated before the day.
    told.add("judgement", doomed(BIRCH, "2026-02-20"), known="2026-04-20")
    told.add("judgement", doomed(ACME, "2026-02-10"), known="2026-02-10")
    answer = {"answer_id": "n1", "account_id": BIRCH, "survey": "nps", "score": 0, "scale_min": 0, "scale_max": 10}
    told.add("survey_answer", {**answer, "answered_at": "2026-02-25", "person_id": "p1"}, known="2026-05-01")
    found = origin(told.reader(), DAY, instant(DAY, "UTC"), told.settings, PULSE)
    assert [one.account_id for one in found.customers] == [ACME, BIRCH]
    assert found.values["pulse"][0] == 1
    assert np.isnan(found.values["pulse"][1])
    assert np.isnan(found.values["nps"]).all()
    # Asked with what is known today, it would tell.
    today = origin(told.reader(), DAY, datetime(9999, 12, 31), told.settings, PULSE)
    assert (today.values["pulse"][1], today.values["nps"][1]) == (1, -100)


def test_what_happens_on_the_day_or_later_is_not_known_either(told):
    told.add("judgement", doomed(BIRCH, "2026-03-01"), known="2026-03-01")
    found = origin(told.reader(), DAY, instant(DAY, "UTC"), told.settings, PULSE)
    assert np.isnan(found.values["pulse"][1])


def test_who_left_when(told):
    found = leaving(told.reader(), told.now)
    assert found[BIRCH] == [(date(2025, 1, 1), date(2026, 4, 15))]
    assert found[ACME] == [(date(2025, 1, 1), NEVER)]
