"""What the components of a health score stand on: risks as they were kept, sources that fall silent, tables that are held."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tenure.core.config import Settings
from tenure.core.errors import DataError, UsageError
from tenure.engine.verbs.health import AccountHealth, Component, HealthFound
from tenure.figures.question import Ground, meaning_of
from tenure.figures.reader import Reader
from tenure.scores.risk.panel import SIGNALS
from tenure.scores.signal import behind
from tests.engine.conftest import Bench, loaded
from tests.engine.test_health import define
from tests.engine.test_sight import ACCOUNTS, LINES, OWNERS

MODEL = """definition = "Contact, risk and judgement."
[bands]
good = 70
fair = 40
[components.contact]
metric = "touchpoint_frequency"
days = 30
curve = [[0, 0], [1, 100]]
weight = 1
[components.risk]
risk = 90
days = 14
curve = [[0.01, 100], [0.05, 60], [0.25, 0]]
weight = 1
[components.pulse]
judgement = "csm_pulse"
days = 60
curve = [[1, 0], [5, 100]]
weight = 2
"""
RISKS = """account_id,model,version,at,score
acme,churn_risk_90,v1,2026-11-10,20
acme,churn_risk_90,v2,2026-11-15,3
birch,churn_risk_90,v1,2026-10-01,25
acme,churn_risk_30,v2,2026-11-15,1
"""
CALLS = (
    "touchpoint_id,account_id,csm_id,channel,occurred_at\nt1,acme,ada,call,2026-09-01\nt2,acme,ada,call,2026-08-20\n"
)
PULSES = "account_id,model,at,score,by\nacme,csm_pulse,2026-11-10,3,ada\nbirch,csm_pulse,2026-11-01,5,ben\n"


@pytest.fixture
def told(bench: Bench) -> Bench:
    """Risks as they would have been kept day by day, contacts until 1 September, pulses in November."""
    tables = {
        "account": ACCOUNTS, "subscription": LINES, "assignment": OWNERS, "score": RISKS, "touchpoint": CALLS,
        "judgement": PULSES,
    }  # fmt: skip
    loaded(bench, tables, history=True)
    define(bench, MODEL)
    return bench


def component(found: HealthFound, account: str, name: str) -> Component:
    (one,) = [part for part in of(found, account).components if part.name == name]
    return one


def of(found: HealthFound, account: str) -> AccountHealth:
    return next(one for one in found.accounts if one.account_id == account)


def test_the_risk_is_the_last_that_was_kept(told):
    ws = told.workspace()
    risk = component(ws.health("acme"), "acme", "risk")
    # 3 % lies in the middle of 1 % (100 points) and 5 % (60).
    assert (risk.value, risk.points, risk.age, risk.metric) == (Decimal("0.03"), 80, 6, "churn_risk_90")
    assert component(ws.health("birch"), "birch", "risk").value is None  # of seven weeks ago
    assert component(ws.health("acme", at="2026-11-12"), "acme", "risk").value == Decimal("0.2")
    # The risk of a day stands on what was known when it began, and is there as soon as it is kept.
    assert component(ws.health("acme", at="2026-11-15"), "acme", "risk").value == Decimal("0.03")
    assert component(ws.health("acme", at="2026-11-09"), "acme", "risk").value is None


def test_a_risk_that_was_worked_out_later_is_not_known_before(told):
    told.load("score", "account_id,model,version,at,score\nacme,churn_risk_90,v9,2026-10-20,25\n")  # learned today
    ws = told.workspace()
    assert component(ws.health("acme", at="2026-10-21"), "acme", "risk").value is None
    since = next(line for line in ws.health("acme", since="2026-10-21").accounts[0].why if line.what == "risk")
    assert since.before == Decimal("0.25")  # as is known now


def test_what_is_made_of_scores_is_no_part_of_a_score(told):
    for metric in ("customer_health_score", "churn_risk"):
        define(told, MODEL.replace("touchpoint_frequency", metric))
        with pytest.raises(UsageError, match="in a circle") as caught:
            told.workspace().health()
        assert (caught.value.where or "").endswith("health.toml:6:components.contact.metric")


def test_the_risk_of_leaving_does_not_stand_on_scores():
    settings = Settings(currency="EUR", timezone="UTC")
    ground = Ground(settings=meaning_of(settings, foreign=False), custom=(), foreign=False)
    reader = Reader(lambda _: ((), ()), ground, settings)
    tables = {name: behind(signal, reader, settings) for name, signal in SIGNALS.items()}
    assert all(tables.values())
    assert not [name for name, found in tables.items() if "score" in found]
    assert "usage" in tables["use"]


def test_a_source_that_fell_silent_says_nothing_of_anybody(told):
    ws = told.workspace()
    found = ws.health("birch")
    contact = component(found, "birch", "contact")
    # Nothing came in for 30 days: that nobody called is not known, and nobody is worse for it.
    assert (contact.points, contact.value) == (None, None)
    assert "nothing came in for 30 days: the newest is of 2026-09-01" in contact.reason
    assert found.accounts[0].score == 100  # by the pulse alone
    ages = {one.name: (one.newest, one.age, bool(one.silent)) for one in found.sources}
    assert ages == {
        "contact": (date(2026, 9, 1), 81, True),
        "risk": (date(2026, 11, 15), 6, False),
        "pulse": (date(2026, 11, 10), 11, False),
    }
    # As long as something comes in, nothing is nothing.
    assert component(ws.health("birch", at="2026-09-20"), "birch", "contact").points == 0


def test_what_a_check_holds_is_not_counted(told):
    assert of(told.workspace().health(), "acme").score == 60  # (80 + 2 x 50) / 3
    told.load(
        "judgement",
        "account_id,model,at,score,by\nbirch,csm_pulse,2026-11-02,1,ben\nbirch,csm_pulse,2026-11-02,4,ben\n",
    )
    found = told.workspace().health("acme")
    pulse = component(found, "acme", "pulse")
    assert (pulse.points, found.accounts[0].score) == (None, 80)
    assert "held by the check contradictory_key" in pulse.reason
    assert "Load a file in which each key occurs once" in pulse.reason
    with pytest.raises(DataError) as refused:  # it is learned from judgements, too
        told.workspace().risk()
    assert (refused.value.code, "contradictory_key" in (refused.value.where or "")) == ("held", True)
