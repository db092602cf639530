"""The health score of a workspace: what it says, to whom, and what stays of it."""

from __future__ import annotations

import shutil
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tenure.core.errors import UsageError
from tenure.engine import Scope
from tenure.engine.verbs.health import HealthFound
from tenure.engine.verbs.rebuild import Rebuild
from tenure.engine.verbs.score import Kept, Score
from tests.engine.conftest import Bench, loaded
from tests.engine.test_sight import ACCOUNTS, LINES, OWNERS

MODEL = """\
definition = "Mood and money."

[bands]
good = 70
fair = 40

[components.mood]
metric = "net_promoter_score"
days = 90
curve = [[-100, 0], [100, 100]]
weight = 3

[components.pulse]
judgement = "csm_pulse"
days = 60
curve = [[1, 0], [5, 100]]
weight = 1
"""
NOVEMBER: dict[str, Any] = {"start": "2026-11", "end": "2026-11"}
ANSWERS = """answer_id,account_id,person_id,survey,score,scale_min,scale_max,answered_at
n1,acme,p1,nps,10,0,10,2026-08-01
n2,acme,p2,nps,8,0,10,2026-11-01
n3,birch,p3,nps,2,0,10,2026-11-02
"""
PULSES = """account_id,model,at,score,by
acme,csm_pulse,2026-09-10,5,ada
acme,csm_pulse,2026-11-10,2,ada
birch,csm_pulse,2026-06-01,5,ben
"""


@pytest.fixture
def told(bench: Bench) -> Bench:
    """Acme is Ada's and Birch Ben's; both have a score of their own making."""
    tables = {
        "account": ACCOUNTS, "subscription": LINES, "assignment": OWNERS, "survey_answer": ANSWERS,
        "judgement": PULSES,
    }  # fmt: skip
    loaded(bench, tables, history=True)
    define(bench, MODEL)
    return bench


def define(bench: Bench, text: str) -> None:
    (bench.home / "models").mkdir(exist_ok=True)
    (bench.home / "models" / "health.toml").write_text(text)


def scores(found: HealthFound) -> dict[str, Decimal | None]:
    return {account.account_id: account.score for account in found.accounts}


def kept(bench: Bench) -> Kept:
    done: Kept = bench.workspace().call("score", Score())
    return done


def test_scores_are_those_of_the_day(told: Bench) -> None:
    found = told.workspace().health()
    # Acme: one answer, a passive: 0 points of NPS are worth 50; a pulse of 2 is worth 25: (3 x 50 + 25) / 4 = 43.75.
    # Birch: -100 is worth 0; its pulse is too old, so that three quarters of the weight are known.
    assert scores(found)["acme"] == Decimal("43.75")
    assert scores(found)["birch"] == 0
    birch = next(account for account in found.accounts if account.account_id == "birch")
    assert (birch.coverage, birch.band, birch.worst) == (Decimal("0.75"), "poor", "mood")
    assert found.day == date(2026, 11, 21)


def test_a_day_of_the_past_is_shown_as_it_was_known_then(told: Bench) -> None:
    # Until then Acme had said 10, which is 100 points of NPS, and the pulse was 5.
    assert scores(told.workspace().health(at="2026-10-01"))["acme"] == 100
    told.load("survey_answer", "answer_id,account_id,person_id,survey,score,scale_min,scale_max,answered_at\n"
              "n9,acme,p9,nps,0,0,10,2026-08-05\n")  # fmt: skip
    assert scores(told.workspace().health(at="2026-10-01"))["acme"] == 100


def test_why_it_changed_adds_up_with_what_was_learned_later(told: Bench) -> None:
    told.load("survey_answer", "answer_id,account_id,person_id,survey,score,scale_min,scale_max,answered_at\n"
              "n9,acme,p9,nps,0,0,10,2026-08-05\n")  # fmt: skip
    (acme,) = told.workspace().health("acme", since="2026-10-01").accounts
    lines = {line.what: line.change for line in acme.why}
    # It was 100, and as is known now (3 x 50 + 100) / 4 = 62.5. Then the pulse fell by 75 points, a quarter of the weight.
    assert lines == {"late data": Decimal("-37.5"), "pulse": Decimal("-18.75"), "mood": 0}
    assert acme.before == Decimal("62.5")
    assert acme.score == 100 + sum(lines.values()) == Decimal("43.75")
    assert sum(part.adds for part in acme.components) == acme.score
    assert [(part.name, part.age, part.by_csm) for part in acme.components] == [
        ("mood", None, False), ("pulse", 11, True),
    ]  # fmt: skip


def test_a_scope_sees_its_own_accounts_only(told: Bench) -> None:
    sight = told.workspace().seen_by(Scope(("ada",)))
    assert set(scores(sight.health())) == {"acme"}
    with pytest.raises(UsageError, match="no customer 'birch'"):
        sight.health("birch")


def test_scores_are_kept_once_a_day_under_their_version(told: Bench) -> None:
    first = kept(told)
    assert (first.accounts, first.day) == (len([s for s in scores(told.workspace().health()).values() if s is not None]),
                                           date(2026, 11, 21))  # fmt: skip
    assert kept(told).days == 0
    before = told.workspace().show("customer_health_score", **NOVEMBER)[0]
    assert before.value == Decimal("21.875")  # (43.75 + 0) / 2
    define(told, MODEL.replace("weight = 3", "weight = 1"))
    again = kept(told)
    assert again.version != first.version
    assert told.workspace().show("customer_health_score", **NOVEMBER)[0].value == Decimal("18.75")  # (37.5 + 0) / 2
    told.now += timedelta(days=1)
    assert kept(told).days == 1


def test_the_past_is_scored_once_from_what_was_known_then(told: Bench) -> None:
    told.load("survey_answer", "answer_id,account_id,person_id,survey,score,scale_min,scale_max,answered_at\n"
              "n9,acme,p9,nps,0,0,10,2026-08-05\n")  # fmt: skip
    assert kept(told).days > 1
    october = told.workspace().show("customer_health_score", start="2026-10", end="2026-10")[0]
    assert october.value == Decimal(100)  # Birch had said nothing
    assert october.n == 1


def test_another_model_is_a_line_of_its_own(told: Bench) -> None:
    told.now = datetime(2026, 10, 1, 11)
    kept(told)
    told.now = datetime(2026, 11, 21, 11)
    define(told, MODEL.replace("weight = 3", "weight = 1"))
    kept(told)
    (acme,) = told.workspace().health("acme", since="2026-10-02").accounts
    lines = {line.what: line.change for line in acme.why}
    # 100 then; 43.75 now under the model of then; 37.5 under that of now
    assert lines["model"] == Decimal("-6.25")
    assert 100 + sum(lines.values()) == acme.score == Decimal("37.5")


def test_reports_come_back_when_they_are_gone(told: Bench) -> None:
    assert told.workspace().tested() is None
    kept(told)
    shutil.rmtree(told.home / "published" / "reports")
    assert kept(told).days == 0
    tested = told.workspace().tested()
    assert tested is not None
    assert "At least 20 are needed" in tested.refused  # nobody left


def test_what_was_kept_is_there_after_a_rebuild(told: Bench) -> None:
    kept(told)
    before = told.workspace().show("customer_health_score", **NOVEMBER)[0].value
    told.workspace().call("rebuild", Rebuild())
    assert told.workspace().show("customer_health_score", **NOVEMBER)[0].value == before


def test_a_wrong_model_is_told_where_it_is_wrong(told: Bench) -> None:
    define(told, MODEL.replace("net_promoter_score", "net_promotor_score"))
    with pytest.raises(UsageError) as caught:
        told.workspace().health()
    assert (caught.value.where or "").endswith("models/health.toml:8:components.mood.metric")
    assert caught.value.code == "unknown_metric"
    assert "net_promoter_score" in (caught.value.fix or "")
