"""What another health model would change, and how it is put in force."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tenure.core.errors import UsageError
from tenure.engine import Scope
from tenure.engine.verbs.rebuild import Rebuild
from tests.engine.conftest import Bench, loaded
from tests.engine.test_health import MODEL, define, kept, scores
from tests.engine.test_sight import ACCOUNTS, LINES, OWNERS

ANSWERS = """answer_id,account_id,person_id,survey,score,scale_min,scale_max,answered_at
n2,acme,p2,nps,8,0,10,2026-11-01
n3,birch,p3,nps,2,0,10,2026-11-02
"""
PULSES = "account_id,model,at,score,by\nacme,csm_pulse,2026-11-10,4,ada\ncedar,csm_pulse,2026-10-01,3,ben\n"
#: The pulse alone, of as many days as it is given.
PULSE = """# kept with its remarks
definition = "Judgement."
[bands]
good = 70
fair = 40
[components.opinion]
judgement = "csm_pulse"
days = 60
curve = [[1, 0], [5, 100]]
weight = 1
"""


@pytest.fixture
def told(bench: Bench) -> Bench:
    """Acme: (3 x 50 + 75) / 4 = 56.25, fair; Birch: 0, poor; Cedar, which nobody owns: 50 by its pulse alone, fair."""
    tables = {
        "account": ACCOUNTS, "subscription": LINES, "assignment": OWNERS, "survey_answer": ANSWERS,
        "judgement": PULSES,
    }  # fmt: skip
    loaded(bench, tables, history=True)
    define(bench, MODEL)
    return bench


def test_who_would_be_in_another_band_is_told(told):
    found = told.workspace().preview(PULSE)
    # By the pulse alone Acme has 75 and is good, Birch has nothing to go by, Cedar stays as it is.
    assert [(f.account_id, f.score, f.score_new, f.band, f.band_new) for f in found.flips] == [
        ("acme", Decimal("56.25"), 75, "fair", "good"), ("birch", 0, None, "poor", None),
    ]  # fmt: skip
    assert (found.accounts, found.changed, found.scored, found.scored_new) == (3, 2, 3, 2)
    assert found.bands == {"good": 0, "fair": 2, "poor": 1}
    assert found.bands_new == {"good": 1, "fair": 1, "poor": 0}
    assert found.mean_change == Decimal("9.375")  # Acme by 18.75, Cedar by nothing
    assert (found.auc, found.auc_new, found.flips[0].mrr) == (None, None, 100)
    assert "At least 20 are needed" in found.refused


def test_a_preview_changes_nothing(told):
    before = told.workspace().health()
    told.workspace().preview(PULSE)
    assert told.workspace().health() == before
    assert (told.home / "models" / "health.toml").read_text() == MODEL
    same = told.workspace().preview("# a remark\n" + MODEL)
    assert (same.version_new, same.changed, same.mean_change) == (same.version, 0, 0)


def test_a_scope_sees_its_own_flips(told):
    found = told.workspace().seen_by(Scope(("ada",))).preview(PULSE)
    assert (found.accounts, [flip.account_id for flip in found.flips]) == (1, ["acme"])
    assert found.bands == {"good": 0, "fair": 1, "poor": 0}
    assert "whoever sees all" in found.refused


def test_what_is_wrong_in_it_is_told_with_its_line(told):
    for text, where in (
        (PULSE.replace("weight", "weigth"), "health.toml:10:components.opinion.weigth"),
        (MODEL.replace("net_promoter_score", "net_promotor_score"), "health.toml:8:components.mood.metric"),
    ):
        for say in (told.workspace().preview, lambda text: told.workspace().save_model(text, by="ada")):
            with pytest.raises(UsageError) as caught:
                say(text)
            assert caught.value.where == where
    assert (told.home / "models" / "health.toml").read_text() == MODEL


def test_a_model_is_saved_by_somebody_and_the_old_one_stays_under_its_version(told):
    before = told.workspace().health()
    saved = told.workspace().save_model(PULSE, by="ada", over=before.version)
    assert (told.home / "models" / "health.toml").read_text() == PULSE
    now = told.workspace().health()
    assert (saved.before, saved.version) == (before.version, now.version)
    assert scores(now)["acme"] == 75
    rows = {row["version"]: row for row in told.workspace().rows("score_model").rows}
    assert rows[before.version]["definition"] == MODEL
    assert (rows[now.version]["definition"], rows[now.version]["by"]) == (PULSE, "ada")
    told.workspace().call("rebuild", Rebuild())
    assert {row["version"] for row in told.workspace().rows("score_model").rows} == set(rows)
    told.workspace().save_model(MODEL, by="ben")  # and back again: its version is told already
    assert told.workspace().health() == before


def test_a_model_is_not_saved_over_one_that_somebody_else_saved(told):
    first = told.workspace().health().version
    told.workspace().save_model(PULSE, by="ada", over=first)
    with pytest.raises(UsageError, match="by now") as caught:
        told.workspace().save_model(MODEL, by="ben", over=first)
    assert caught.value.code == "changed_meanwhile"
    assert (told.home / "models" / "health.toml").read_text() == PULSE
    for save, code in (
        (lambda: told.workspace().seen_by(Scope(("ada",))).save_model(MODEL, by="ada"), "out_of_scope"),
        (lambda: told.workspace().save_model(MODEL, by=" "), "bad_message"),
    ):
        with pytest.raises(UsageError) as caught:
            save()
        assert caught.value.code == code


def test_what_a_change_is_compared_with_is_what_was_last_kept(told):
    """A model that was left and taken up again is the one that was in force the day before."""
    for text, hours in ((MODEL, 0), (PULSE, 24), (MODEL, 24)):
        told.now = told.now.replace(day=told.now.day + hours // 24)
        told.workspace().save_model(text, by="ada")
        kept(told)
    told.now = told.now.replace(day=told.now.day + 1)
    (acme,) = told.workspace().health("acme", since="2026-11-23").accounts
    assert "model" not in {line.what for line in acme.why}
    (acme,) = told.workspace().health("acme", since="2026-11-22").accounts
    assert "model" in {line.what for line in acme.why}
