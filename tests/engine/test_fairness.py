"""Case mix from a workspace: who had which account when, what was known then, and what a scope is shown."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from tenure.core.errors import DataError, UsageError
from tenure.engine import Scope
from tenure.engine.desk import Desk
from tenure.engine.scorecards.lines import Expected
from tenure.engine.verbs.comparisons import Comparisons
from tenure.engine.verbs.fairness import Comparison
from tenure.engine.workspace import Workspace
from tenure.figures import kept
from tenure.figures.request import Asked, resolved
from tenure.scores.casemix.exposure import BY, AccountMonth, account_months
from tenure.scores.casemix.handover import Handovers, handovers, known_of
from tenure.scores.casemix.used import Used
from tests.engine.conftest import Bench, new_home

NOW = datetime(2026, 7, 15, 12)
#: Handed over by Ada in the middle of March; what came later, or was learnt later, was not known then.
TOLD = {
    "account": "account_id,name,segment,valid_from\nacme,Acme,SMB,2025-01-01\nacme,Acme,ENT,2026-04-20\n"
    "duo,Duo,SMB,2025-01-01\n",
    "subscription": (
        "subscription_id,account_id,amount,started_at,ended_at\n"
        "s1,acme,100,2025-01-10,\ns2,acme,400,2026-05-05,2026-06-03\n"
        "s3,duo,10,2025-01-10,2026-02-20\n"
    ),
    "contract": "contract_id,account_id,started_at,ended_at,value\nc1,acme,2025-06-10,2026-06-10,1200\n",
    "assignment": (
        "account_id,csm_id,valid_from,share\nacme,ada,2025-01-01,\nacme,ben,2026-03-10,\n"
        "duo,ada,2026-02-01,0.6\nduo,ben,2026-02-01,0.4\n"
    ),
    "ticket": (
        "ticket_id,account_id,created_at,solved_at\n"
        "t1,acme,2026-02-20T09:00:00Z,2026-04-02T09:00:00Z\nt2,acme,2026-04-05T09:00:00Z,\n"
    ),
}
LEARNT_NOW = {  # loaded without its history: nobody knew it in March
    "survey_answer": (
        "answer_id,account_id,survey,kind,scale_min,scale_max,sent_at,answered_at,score\n"
        "a1,acme,nps,relational,0,10,2026-01-01,2026-01-02,3\n"
    ),
    "account": "account_id,name,segment\nlate,Late,MID\n",
    "subscription": "subscription_id,account_id,amount,started_at\ns9,late,50,2026-01-15\n",
}


@pytest.fixture
def handed(bench: Bench) -> Bench:
    """One account that was handed over, and one of which nothing was known before July."""
    bench.now = NOW
    for table, text in TOLD.items():
        bench.load(table, text, history=True)
    for table, text in LEARNT_NOW.items():
        bench.load(table, text)
    return bench


def read(bench: Bench, metric: str = "customer_retention_rate") -> tuple[list[AccountMonth], Handovers, Desk]:
    desk = Desk(bench.home, clock=lambda: bench.now)
    found, settings = desk.fresh(bench.now), desk.settings
    asked = resolved(Asked(metric, "2026-01", "2026-06", window="period", by=BY), settings, bench.now)
    with desk.reader(asked, kept.plan(asked.question, found.ground, settings), bench.now) as reader:
        months, _ = account_months(asked, reader, settings)
    with desk.in_warehouse(found) as reader:
        known = handovers(months, reader, settings, bench.now, lambda _done, _of: None)
    return months, known, desk


def test_features_are_those_of_the_hand_over_as_known_then(handed: Bench) -> None:
    months, known, desk = read(handed)
    try:
        acme = [(each.period.month, each.owner, each.handed) for each in months if each.account == "acme"]
        # customer since 10 January 2025: at the opening of February for the first time; Ben has it at that of April
        assert acme == [
            *((month, "ada", date(2025, 2, 1)) for month in (1, 2, 3)),
            *((month, "ben", date(2026, 4, 1)) for month in (4, 5, 6)),
        ]
        then = known.portraits["acme", date(2026, 4, 1)]
        assert (then["segment"], then["mrr"], then["open_tickets"], then["nps"]) == ("SMB", 1_000_000, 1, None)
        features = known_of(months, known, Used({}, date(2026, 1, 1)), desk.settings)
        at = next(n for n, each in enumerate(months) if each.owner == "ben" and each.period.month == 6)
        assert np.expm1(features.numbers["months_under_owner"][at]) == pytest.approx(2)
        assert features.numbers["contract_ends"][at - 1 : at + 1].tolist() == [0, 1]  # it ends on 10 June
        # 446 days since it became a customer
        assert np.expm1(features.numbers["tenure"][at]) == pytest.approx(446 / 30.4375)
        assert features.words["segment"][at] == "SMB"
        assert np.expm1(features.numbers["term"][at]) == pytest.approx(12)
    finally:
        desk.close()


def test_a_shared_account_counts_by_its_parts(handed: Bench) -> None:
    months, _, desk = read(handed)
    desk.close()
    duo = [(each.period.month, each.owner, each.part, each.outcome) for each in months if each.account == "duo"]
    assert duo == [(1, None, 1, 0), (2, "ada", 0.6, 1), (2, "ben", 0.4, 1)]


def test_what_was_not_known_then_is_dated_back_and_counted(handed: Bench) -> None:
    months, known, desk = read(handed)
    desk.close()
    assert {(each.owner, each.handed) for each in months if each.account == "late"} == {(None, date(2026, 2, 1))}
    assert known.dated_back == {("late", date(2026, 2, 1))}
    assert known.portraits["late", date(2026, 2, 1)]["segment"] == "MID"


ANSWERS = (
    "answer_id,account_id,survey,kind,scale_min,scale_max,sent_at,answered_at,score,is_anonymous\n"
    "n1,acme,nps,relational,0,10,2026-02-01,2026-02-02,3,\nn2,acme,nps,relational,0,10,2026-05-01,2026-05-03,8,\n"
    "n3,acme,nps,relational,0,10,2026-05-01,2026-05-04,0,true\nn4,acme,nps,relational,0,10,2026-06-01,2026-06-02,10,\n"
)
TARGET = "measure,minutes,clock,valid_from\nresolution,14400,calendar,2026-01-01\n"


@pytest.mark.parametrize(
    ("metric", "owned"),
    [
        # May's extra line is four times what there was: all of it counts as won; in June it is there already
        ("expansion_rate", [*((m, "ada", 100, 0) for m in (1, 2, 3)), (4, "ben", 100, 0), (5, "ben", 100, 1), (6, "ben", 500, 0)]),
        # a detractor is two points from the best of two, a passive one, a promoter none; who is anonymous is left out
        ("net_promoter_score", [(1, "ada", 1, 1), (2, "ada", 1, 1), (5, "ben", 1, 0.5), (6, "ben", 1, 0)]),
        # ten days are promised: solved after 41 days, and not solved by July
        ("sla_attainment", [(2, "ada", 1, 1), (4, "ben", 1, 1)]),
    ],
)  # fmt: skip
def test_what_is_counted_of_other_outcomes(
    handed: Bench, metric: str, owned: list[tuple[int, str, float, float]]
) -> None:
    handed.load("survey_answer", ANSWERS, history=True)
    handed.load("sla_target", TARGET, history=True)
    months, _, desk = read(handed, metric)
    desk.close()
    rows = [(each.period.month, each.owner, each.amount, each.outcome) for each in months if each.account == "acme"]
    assert rows == owned


# A company: small customers leave ten times as often as large ones. Ada has the small ones, Ben the large ones,
# Cat and Dan some of each; all four are equally good, but for Dan, who loses many more.

CHANCE = {"SMB": 0.07, "ENT": 0.007}
MIX = {"ada": (45, 0), "ben": (0, 60), "cat": (25, 25), "dan": (25, 25)}
TEAMS = {"ada": "North", "cat": "North", "ben": "South", "dan": "South"}


def company() -> dict[str, str]:
    rng, accounts, lines, owners = np.random.default_rng(3), [], [], []
    for owner, counts in MIX.items():
        for segment, count in zip(CHANCE, counts, strict=True):
            for number in range(count):
                name = f"{owner}-{segment}-{number}"
                chance = CHANCE[segment] * (2.5 if owner == "dan" else 1)
                left = rng.geometric(chance) - 1
                ended = f"{2025 + (6 + left) // 12}-{(6 + left) % 12 + 1:02}-15" if left < 12 else ""
                accounts.append(f"{name},{name},{segment}")
                lines.append(f"s-{name},{name},{10 if segment == 'SMB' else 200},2025-06-05,{ended}")
                owners.append(f"{name},{owner},2025-06-05")
    return {
        "account": "\n".join(["account_id,name,segment", *accounts]),
        "subscription": "\n".join(["subscription_id,account_id,amount,started_at,ended_at", *lines]),
        "assignment": "\n".join(["account_id,csm_id,valid_from", *owners]),
        "csm": "\n".join(["csm_id,name,team", *(f"{owner},{owner.title()} Doe,{TEAMS[owner]}" for owner in MIX)]),
    }


@pytest.fixture(scope="module")
def _four_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    bench = Bench(new_home(tmp_path_factory.mktemp("four") / "home"), NOW)
    for table, text in company().items():
        bench.load(table, text + "\n", history=True)
    return bench.home


@pytest.fixture
def four(_four_home: Path, tmp_path: Path) -> Iterator[Bench]:
    """The company of four."""
    found = Bench(Path(shutil.copytree(_four_home, tmp_path / "four")), NOW)
    yield found
    for workspace in found.opened:
        workspace.close()


def by_hand() -> dict[str, tuple[Decimal, Decimal]]:
    """Account-months and losses of each owner from July 2025 to June 2026, counted from the file."""
    counted = {}
    for owner in MIX:
        months = lost = 0
        for line in company()["subscription"].splitlines()[1:]:
            _, account, _, _, ended = line.split(",")
            if account.startswith(owner):
                left = (int(ended[:4]) - 2025) * 12 + int(ended[5:7]) - 7 if ended else None
                months += 12 if left is None else left + 1
                lost += left is not None
        counted[owner] = Decimal(months), Decimal(lost)
    return counted


def test_a_portfolio_is_not_held_against_its_owner(four: Bench) -> None:
    found = four.workspace().fairness()
    groups = {each.id: each for each in found.groups}
    assert (found.period_start, found.period_end) == (date(2025, 7, 1), date(2026, 7, 1))
    assert {name: (each.size, each.observed) for name, each in groups.items()} == by_hand()
    assert [each.name for each in found.groups] == ["Ada Doe", "Ben Doe", "Cat Doe", "Dan Doe"]
    assert float(sum(each.expected for each in found.groups)) == pytest.approx(float(found.observed or 0), abs=0.001)
    ada, ben, cat, dan = (groups[name] for name in ("ada", "ben", "cat", "dan"))
    assert ada.observed / ada.size > 4 * ben.observed / ben.size
    assert (ada.inherited_risk or 0) > 1.4
    assert (ben.inherited_risk or 9) < 0.6
    assert {each.remark for each in (ada, ben, cat)} <= {"not different", "better, beyond 95 %"}
    assert dan.remark.startswith("worse, beyond")
    assert dan.better < 0.03
    assert (dan.ratio or 0) > dan.shrunk > 1.2
    assert found.ranked
    assert "dan" in cat.better_than
    assert "cat" in dan.worse_than


def test_a_narrow_scope_sees_its_own_people_with_the_same_numbers(four: Bench) -> None:
    workspace = four.workspace()
    whole = {each.id: each for each in workspace.fairness().groups}
    mine = workspace.seen_by(Scope(("cat", "ben"))).fairness()
    assert [each.id for each in mine.groups] == ["ben", "cat"]
    for each in mine.groups:
        assert (each.observed, each.expected, each.ratio, each.better) == (
            whole[each.id].observed, whole[each.id].expected, whole[each.id].ratio, whole[each.id].better
        )  # fmt: skip
        assert each.rank is None
        assert {*each.better_than, *each.worse_than} <= {"ben", "cat"}
    assert (mine.observed, mine.size, mine.dispersion, mine.spread) == (None, None, None, None)
    assert (mine.handovers, mine.notes) == (60 + 50, ())  # of their accounts only
    everybody = workspace.seen_by(Scope(tuple(MIX))).fairness()
    assert (len(everybody.groups), everybody.observed, everybody.ranked) == (
        4,
        None,
        False,
    )  # what nobody owns is not seen
    assert "dan" not in repr(mine).lower()
    assert "ada" not in repr(mine).lower()
    assert workspace.seen_by(Scope(())).fairness().groups == ()
    with pytest.raises(UsageError) as told:
        workspace.seen_by(Scope(("cat", "ben"))).fairness(by="team")
    assert told.value.code == "out_of_scope"
    north = workspace.seen_by(Scope(("cat", "ada"))).fairness(by="team")
    assert [each.id for each in north.groups] == ["North"]


def test_comparisons_are_kept_once_a_day_as_they_would_be_made(four: Bench) -> None:
    workspace, metric = four.workspace(), "customer_retention_rate"
    assert workspace.compared() is None
    assert workspace.call("comparisons", Comparisons((metric,))).made == (metric,)
    for by in ("owner", "team"):
        kept = workspace.compared(metric, by=by)
        assert kept is not None
        assert kept.found == workspace.fairness(metric, by=by)
    scope = Scope(("cat", "ben"))
    through, made = workspace.seen_by(scope).compared(metric), workspace.seen_by(scope).fairness(metric)
    assert through is not None
    assert through.found is not None
    assert through.found.groups == made.groups
    assert workspace.call("comparisons", Comparisons((metric,))).made == ()
    four.now += timedelta(days=1)
    assert four.workspace().call("comparisons", Comparisons((metric,))).made == (metric,)


def test_each_window_before_is_compared_once_a_month_from_nothing_that_came_after_it(four: Bench) -> None:
    """The third quarter of 2025 as it would have been compared on its last day, though most losses came later."""
    workspace, metric = four.workspace(), "customer_retention_rate"
    earlier = Comparisons((metric,), earlier=True)
    window = {"start": "2025-Q3", "parts": ("retention",)}

    def told(person: str, at: Workspace) -> Expected | None:
        (group,) = at.scorecard(person, **window).groups  # type: ignore[arg-type]
        return next(line.expected for line in group.lines if line.metric == metric)

    assert told("dan", workspace) is None
    assert workspace.call("comparisons", earlier).made == (metric,)
    groups = {each.id: each for each in workspace.fairness(metric, start="2025-07", end="2025-09").groups}
    kept = told("dan", workspace)
    assert kept is not None
    assert (kept.observed, kept.expected, kept.size) == (
        groups["dan"].observed,
        groups["dan"].expected,
        groups["dan"].size,
    )
    assert kept.as_of == NOW.replace(tzinfo=UTC)
    assert workspace.call("comparisons", earlier).made == ()
    ended = [line.split(",") for line in company()["subscription"].splitlines()[1:]]
    still = [
        "subscription_id,account_id,amount,started_at,ended_at",
        *(",".join((*line[:4], line[4] if line[4] < "2025-10" else "")) for line in ended),
    ]
    four.load("subscription", "\n".join(still) + "\n")  # of what came later nothing is known
    four.now += timedelta(days=31)
    assert four.workspace().call("comparisons", earlier).made == (metric,), "another month"
    without = told("dan", four.workspace())
    assert without is not None
    assert replace(without, as_of=None) == replace(kept, as_of=None)


def test_money_and_teams(four: Bench) -> None:
    found: Comparison = four.workspace().fairness("gross_revenue_retention", by="team", start="2025-07", end="2026-06")
    north, south = found.groups
    counts = by_hand()
    assert north.size == counts["ada"][0] + counts["cat"][0]
    ended = [line.split(",") for line in company()["subscription"].splitlines()[1:] if not line.endswith(",")]
    lost = sum(Decimal(amount) for _, account, amount, *_ in ended if account.startswith(("ben", "dan")))
    assert (south.observed, found.unit) == (lost, "money")
    assert north.expected + south.expected == pytest.approx(found.observed, abs=Decimal("0.01"))


def test_what_cannot_be_compared_is_said(four: Bench, bench: Bench) -> None:
    workspace = four.workspace()
    with pytest.raises(UsageError) as unknown:
        workspace.fairness("mrr")
    assert "customer_retention_rate" in unknown.value.fix
    with pytest.raises(UsageError):
        workspace.fairness(by="segment")
    with pytest.raises(UsageError) as early:
        workspace.fairness(start="2026-07", end="2026-07")
    assert early.value.code == "no_period"
    short = workspace.fairness(start="2025-07", end="2025-07")
    assert not short.ranked
    assert short.notes[0].startswith("Nobody is ranked")
    assert all(each.rank is None for each in short.groups)
    with pytest.raises(DataError) as empty:
        bench.workspace().fairness()
    assert empty.value.code == "nothing_to_compare"


def test_what_a_check_holds_is_not_compared(four: Bench) -> None:
    four.load("subscription", "subscription_id,account_id,amount,currency,started_at\nx,ada-SMB-0,5,XXZ,2026-01-01\n")
    with pytest.raises(DataError) as held:
        four.workspace().fairness()
    assert held.value.code == "held"
    assert "unknown_currency" in (held.value.where or "")
