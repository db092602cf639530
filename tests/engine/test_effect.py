"""Effects asked of a workspace: through scopes, as of a day, from what is published."""

from __future__ import annotations

import pytest

from tenure.core.errors import DataError, UsageError
from tenure.engine import Scope
from tenure.engine.verbs.load import Load
from tenure.sources.demo import simulate, write_canonical
from tests.engine.conftest import TODAY

TREATED = [f"t{n}" for n in range(15)]
HELD_OUT = [f"h{n}" for n in range(15)]
EVERYBODY = TREATED + HELD_OUT


@pytest.fixture
def trial(bench):
    """Thirty customers in a lot on 1 June; of the treated 1 leaves in July, of the held out 6 do. Ada owns all but two."""
    ends = {"t0": "2026-07-10"} | {f"h{n}": "2026-07-10" for n in range(6)}
    bench.load("account", "account_id,name\n" + "".join(f"{a},{a}\n" for a in EVERYBODY))
    bench.load("subscription", "subscription_id,account_id,amount,started_at,ended_at\n" + "".join(
        f"{a},{a},100,2025-01-01,{ends.get(a, '')}\n" for a in EVERYBODY), history=True)  # fmt: skip
    bench.load("assignment", "account_id,csm_id,valid_from\n" + "".join(
        f"{a},{'ben' if a in ('t0', 'h0') else 'ada'},2025-01-01\n" for a in EVERYBODY))  # fmt: skip
    bench.load("treatment", "account_id,play,arm,at\n" + "".join(
        f"{a},Call,{'treated' if a in TREATED else 'held_out'},2026-06-01\n" for a in EVERYBODY), history=True)  # fmt: skip
    return bench


def test_whoever_asks_sees_the_accounts_of_the_scope_only(trial):
    workspace = trial.workspace()
    whole = workspace.effect("Call", months=2)
    assert [(group.accounts, group.value) for group in whole.groups] == [(15, 1 / 15), (15, 6 / 15)]
    (play,) = workspace.plays()
    assert (play.treated, play.held_out) == (15, 15)
    ada = workspace.seen_by(Scope(("ada",)))
    assert [(group.accounts, group.value) for group in ada.effect("Call", months=2).groups] == [(14, 0), (14, 5 / 14)]
    assert [(each.treated, each.held_out) for each in ada.plays()] == [(14, 14)]
    ben = workspace.seen_by(Scope(("ben",)))
    with pytest.raises(DataError, match="There are 1 treated accounts"):
        ben.effect("Call", months=2)
    with pytest.raises(DataError, match="No play is known"):
        workspace.seen_by(Scope(("eve",))).plays()


def test_as_of_a_day_what_came_later_has_not_happened(trial):
    workspace = trial.workspace()
    assert workspace.effect("Call", months=1, as_of="2026-07-05").effect == 0, "nobody had left in June"
    with pytest.raises(DataError, match="0 treated and 0 held-out accounts whose months are over"):
        workspace.effect("Call", months=2, as_of="2026-07-05")
    with pytest.raises(DataError, match="No play is known"):
        workspace.plays(as_of="2026-05-01")


def test_mistakes_are_told(trial):
    workspace = trial.workspace()
    with pytest.raises(UsageError, match="no play called 'Cal'"):
        workspace.effect("Cal")
    with pytest.raises(UsageError, match="no metric called 'churn_rate'"):
        workspace.effect("Call", metric="churn_rate")
    with pytest.raises(UsageError, match="between 0 and 100"):
        workspace.effect("Call", planned=1.0)


def test_the_true_effects_of_the_simulated_company_are_found(bench, tmp_path):
    company = simulate(6000, today=TODAY)
    assert company.truth.play_effect == {"Adoption workshop": 0.5, "Letter from the board": 0.0}
    needed = ("account", "exchange_rate", "person", "subscription", "survey_answer", "treatment")
    workspace = bench.workspace()
    for path in write_canonical(company, tmp_path / "files", needed, suffix="parquet"):
        workspace.call("load", Load((str(path),), path.stem, history=True))
    for metric in ("net_promoter_score", "net_revenue_retention"):
        works = workspace.effect("Adoption workshop", metric=metric, months=6)
        assert works.method == "hold_out"
        assert works.standing != "not_causal"  # this lot came out uneven, as one in a hundred does
        assert works.low > 0, metric
    for metric in ("net_promoter_score", "net_revenue_retention", "customer_churn_rate", "mrr"):
        nothing = workspace.effect("Letter from the board", metric=metric, months=6)
        assert nothing.told_from_none is False, metric
        assert nothing.smallest > 0
