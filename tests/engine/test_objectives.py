"""Objectives of a company that fits on a page, against calculations by hand.

It is 21 November 2026, noon in Berlin. Hanna leads Mona and Max. Mona leads Cora and Carl, the team North; Max leads Sue, the
team South. Of the quarter that runs 51 of 92 days are over, and 40.5 days are left: 1.330595 months.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tenure.core.errors import UsageError
from tenure.core.period import add_months
from tenure.engine import Scope
from tenure.engine.objectives.draft import Draft
from tenure.engine.objectives.measured import Forecast, Measured, Past
from tenure.engine.objectives.standing import Standing, status_of
from tenure.engine.objectives.told import Objective
from tenure.engine.workspace import Workspace
from tests.engine.conftest import Bench, loaded, new_home

STAFF = (
    "csm_id,name,manager_id,team,role\nhanna,Hanna,,Lead,leader\nmona,Mona,hanna,North,manager\nmax,Max,hanna,South,manager\n"
    "cora,Cora,mona,North,csm\ncarl,Carl,mona,North,csm\nsue,Sue,max,South,csm\n"
)
CORA, MONA = Scope(("cora",)), Scope(("carl", "cora", "mona"))
#: Good answers and all of them, by the first day of the month in which they came.
ANSWERS = {"2025-10": (2, 2), "2026-01": (1, 2), "2026-04": (4, 4), "2026-07": (3, 4), "2026-10": (20, 22)}
LAST_YEAR = [add_months(date(2025, 11, 1), back) for back in range(12)]
CSAT = Draft(
    "person", "cora", "Customers are content", "2026-Q4", metric="customer_satisfaction", target=Decimal("0.75")
)
MRR = Draft("company", "hanna", "Grow", "2026-Q4", metric="mrr", target=Decimal(360))
TICKETS = Draft("company", "hanna", "Fewer questions", "2026-Q4", metric="ticket_volume", target=Decimal(14), direction="at_most")  # fmt: skip


def files() -> dict[str, str]:
    lines = ["s0,acme,100,2025-01-01"]
    lines += [f"s{n},acme,{10 if n % 2 else 30},{day}" for n, day in enumerate(LAST_YEAR, start=1)]
    tickets = [
        f"t-{day}-{n},acme,{day}T08:00:00Z"
        for turn, day in enumerate([*LAST_YEAR, date(2026, 11, 1)])
        for n in range(4 if turn % 2 and turn < 12 else 2)
    ]
    said = [
        f"a-{month}-{n},acme,csat,1,5,{month}-03,{month}-04,{5 if n < good else 2}"
        for month, (good, every) in ANSWERS.items()
        for n in range(every)
    ]
    return {
        "csm": STAFF,
        "account": "account_id,name,segment\nacme,Acme,SMB\n",
        "assignment": "account_id,csm_id,valid_from\nacme,cora,2024-01-01\n",
        "subscription": "\n".join(["subscription_id,account_id,amount,started_at", *lines]) + "\n",
        "ticket": "\n".join(["ticket_id,account_id,created_at", *tickets]) + "\n",
        "survey_answer": "\n".join(["answer_id,account_id,survey,scale_min,scale_max,sent_at,answered_at,score", *said]) + "\n",
    }  # fmt: skip


@pytest.fixture
def told(bench: Bench) -> Bench:
    return loaded(bench, files(), history=True)


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The same, for those who record nothing."""
    bench = loaded(Bench(new_home(tmp_path_factory.mktemp("read") / "home")), files(), history=True)
    yield bench.workspace()
    bench.opened[-1].close()


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The same in dollars, with 100 of them more in November."""
    made = files()
    header, *lines = f"{made['subscription']}s99,acme,100,2026-11-05\n".splitlines()
    made["subscription"] = "\n".join([f"{header},currency", *(f"{line},USD" for line in lines)]) + "\n"
    made["exchange_rate"] = "currency,date,rate\nUSD,2024-01-01,0.87654321\n"
    bench = loaded(Bench(new_home(tmp_path_factory.mktemp("other") / "home")), made, history=True)
    yield bench.workspace()
    bench.opened[-1].close()


def tried(ws: Workspace, draft: Draft, **more: Any) -> Standing:
    return ws.attainable(replace(draft, **more))


def set_one(bench: Bench, draft: Draft, message: str, by: str = "mona") -> str:
    return bench.workspace().tell_objective(draft, by=by, message_id=message).id


def refusal(ws: Workspace, draft: Draft, scope: Scope | None = None, **more: Any) -> str:
    """In which field a draft is refused."""
    sight = ws if scope is None else ws.seen_by(scope)
    with pytest.raises(UsageError) as error:
        sight.attainable(replace(draft, **more))
    assert error.value.code == "bad_objective"
    assert error.value.fix
    return error.value.where


@pytest.mark.parametrize(("target", "status"), [("0.70", "on_track"), ("0.75", "in_doubt"), ("0.98", "off_track")])
def test_a_rate_stands_as_its_interval_says(read: Workspace, target: str, status: str) -> None:
    """20 of 22 are 0.9091; Wilson: (0.9091 + z^2 / 44 +- z sqrt(0.0826 / 22 + z^2 / 1936)) / (1 + z^2 / 22) = 0.7219 to 0.9747."""
    found = tried(read, CSAT, target=Decimal(target))
    assert (found.status, found.phase) == (status, "running")
    assert found.forecast is not None
    assert found.forecast.how == "so_far"
    assert [float(end) for end in (found.forecast.value, found.forecast.low, found.forecast.high)] == pytest.approx(  # type: ignore[arg-type]
        [0.909091, 0.721851, 0.974705], abs=2e-5
    )
    assert found.objective.slice == "owner=cora"


def test_the_windows_before_tell_whether_it_was_ever_reached(read: Workspace) -> None:
    """Of eight quarters four have answers: 2/2, 1/2, 4/4 and 3/4, of which three reach 0.75; Wilson of 3 in 4."""
    found = tried(read, CSAT).measured
    assert found is not None
    past = found.past
    assert len(past.points) == 8
    assert [None if each.value is None else float(each.value) for each in past.points] == [None] * 4 + [1, 0.5, 1, 0.75]
    assert (past.reached, past.of) == (3, 4)
    assert (past.low, past.high) == pytest.approx((0.300642, 0.954413), abs=1e-6)


def test_a_window_to_come_is_held_against_those_that_are_over(read: Workspace) -> None:
    """Quarters brought 6, 8, 10 and 8 tickets; the one that runs is none of those before."""
    found = tried(read, TICKETS, period="2027-Q1", target=Decimal(9)).measured
    assert found is not None
    past = found.past
    assert [None if one.value is None else int(one.value) for one in past.points] == [None] * 4 + [6, 8, 10, 8]
    assert (past.reached, past.of) == (3, 4)


@pytest.mark.parametrize(("target", "status"), [(330, "on_track"), (360, "in_doubt"), (400, "off_track")])
def test_a_level_is_expected_to_change_as_it_did(read: Workspace, target: int, status: str) -> None:
    """340 now; each month brought 10 or 30: mean 20, deviation sqrt(1200 / 11), t of 11 degrees of freedom 2.200985."""
    found = tried(read, MRR, target=Decimal(target))
    assert found.status == status
    assert found.forecast is not None
    assert found.forecast.how == "trend"
    half = 2.200985 * (1200 / 11) ** 0.5 * (1.330595 + 1.330595**2 / 12) ** 0.5
    ends = [float(end) for end in (found.forecast.value, found.forecast.low, found.forecast.high)]  # type: ignore[arg-type]
    assert ends == pytest.approx([366.61, 366.6119 - half, 366.6119 + half], abs=0.01)


def test_what_is_missing_is_told_of_the_way_and_of_the_interval(read: Workspace) -> None:
    """From 310 at the end of September to 400 are 90; expected are 366.61, so that 33.39 are missing: 0.371 of the way."""
    found = tried(read, MRR, target=Decimal(400))
    assert found.gap is not None
    assert float(found.gap.missing) == pytest.approx(33.39, abs=0.01)
    assert found.gap.way == pytest.approx(33.388 / 90, abs=1e-4)
    assert found.gap.spreads == pytest.approx(33.388 / 27.949, abs=1e-3)
    assert float(tried(read, MRR).expected or 0) == pytest.approx(310 + 50 * 51 / 92, abs=1e-5)


@pytest.mark.parametrize(
    ("direction", "target", "status"),
    [("at_most", 14, "on_track"), ("at_most", 10, "in_doubt"), ("at_most", 7, "off_track"), ("at_most", 5, "missed"), ("at_least", 6, "reached")],
)  # fmt: skip
def test_what_adds_up_is_run_rate_and_decided_once_it_passes(
    read: Workspace, direction: Any, target: int, status: str
) -> None:
    """6 tickets so far; months brought 2 or 4: mean 3, deviation sqrt(12 / 11): 9.9918, give or take 2.7949."""
    found = tried(read, TICKETS, direction=direction, target=Decimal(target))
    assert found.status == status
    assert found.forecast is not None
    assert found.forecast.how == "run_rate"
    ends = [float(end) for end in (found.forecast.value, found.forecast.low, found.forecast.high)]  # type: ignore[arg-type]
    assert ends == pytest.approx([9.991785, 7.196875, 12.786695], abs=1e-4)


@pytest.mark.parametrize(("direction", "target", "status"), [("at_least", 100, "reached"), ("at_most", 113, "missed")])
def test_what_adds_up_in_another_currency_is_decided_to_the_last_place(
    other: Workspace, direction: Any, target: int, status: str
) -> None:
    """30 and 100 dollars make 113.9506 euros: in cents that is less than what is there."""
    more = {"metric": "mrr_movements", "slice": "kind=expansion", "direction": direction, "target": Decimal(target)}
    assert tried(other, MRR, **more).status == status


def test_half_a_year_is_a_window_as_any(read: Workspace) -> None:
    """From July on 2 + 4 + 2 + 4 + 2 = 14 tickets, and for 1.330595 months 3 each; the half years before had 6 (from November) and 18."""
    found = tried(read, TICKETS, period="2026-H2", target=Decimal(17))
    told = found.measured
    assert told is not None
    assert told.figure is not None
    assert found.forecast is not None
    assert (found.objective.opens, found.objective.closes) == (date(2026, 7, 1), date(2027, 1, 1))
    assert [each.value for each in told.past.points if each.value is not None] == [6, 18]
    assert (told.figure.value, found.status) == (Decimal(14), "in_doubt")
    assert (told.past.reached, told.past.of) == (1, 2)
    assert float(found.forecast.value) == pytest.approx(14 + 3 * 1.330595, abs=1e-4)
    rate = tried(read, CSAT, period="2026-H2").measured
    assert rate is not None
    assert rate.figure is not None
    assert float(rate.figure.value or 0) == pytest.approx(23 / 26, abs=1e-6)
    assert refusal(read, TICKETS, period="2026-H1") == "period"


def test_a_ramp_lowers_what_is_expected(read: Workspace) -> None:
    """From half on 1 October to all on 1 December, 61 days: on 20 November 0.5 + 0.5 x 50 / 61 of the target, at the end all of it.

    Of what adds up the days' parts: the first 61 make 30.5 + 15, the last 31 themselves: 76.5 of 92; the 51 that are over 35.9508.
    """
    ramp: dict[str, Any] = {
        "ramp_start": date(2026, 10, 1),
        "ramp_end": date(2026, 12, 1),
        "ramp_share": Decimal("0.5"),
    }
    found = tried(read, CSAT, target=Decimal("0.9"), **ramp)
    assert float(found.expected or 0) == pytest.approx(0.9 * (0.5 + 0.5 * 50 / 61), abs=1e-6)
    assert found.goal == Decimal("0.9")
    flow = tried(read, TICKETS, target=Decimal(92), direction="at_least", **ramp)
    assert flow.goal == Decimal("76.5")
    assert float(flow.expected or 0) == pytest.approx(25.5 + 0.5 * 1275 / 61, abs=1e-6)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": " "}, "name"), ({"target": None}, "target"), ({"target": Decimal(75)}, "target"), ({"metric": "nothing"}, "metric"),
        ({"period": "2026-W48"}, "period"), ({"period": "2026-Q3"}, "period"), ({"period": "soon"}, "period"), ({"csm_id": "nobody"}, "csm_id"),
        ({"slice": "owner=carl"}, "slice"), ({"slice": "colour=red"}, "slice"), ({"slice": "SMB"}, "slice"), ({"direction": "at_most"}, "direction"),
        ({"metric": "customer_health_score", "target": Decimal(80)}, "metric"), ({"metric": ""}, "metric"), ({"serves": "nothing"}, "serves"),
        ({"metric": "revenue_at_risk", "target": Decimal(100)}, "metric"),
        ({"level": "team", "team": "West"}, "team"), ({"ramp_share": Decimal("0.5")}, "ramp_share"),
        ({"metric": "ticket_volume", "target": Decimal(9)}, "direction"),
    ],
)  # fmt: skip
def test_what_is_not_specific_measurable_or_bounded_in_time_is_refused(
    read: Workspace, more: dict[str, Any], field: str
) -> None:
    assert refusal(read, CSAT, **more) == field


def row(name: str, level: str, csm_id: str, team: str = "") -> dict[str, Any]:
    return {
        "objective_id": name, "level": level, "csm_id": csm_id, "team": team or None, "name": name, "period_start": "2026-10-01",
        "period_end": "2027-01-01", "by": "mona", "at": "2026-09-20T08:00:00Z",
    }  # fmt: skip


def test_who_sees_and_sets_what(told: Bench) -> None:
    rows = [
        row("company", "company", "hanna"), row("north", "team", "mona", "North"), row("south", "team", "max", "South"),
        *(row(name, "person", name) for name in ("cora", "carl", "mona", "sue")),
    ]  # fmt: skip
    told.workspace().record("objective", rows, by="mona", message_id="1")

    def seen(scope: Scope) -> set[str]:
        return {one.objective.id for one in told.workspace().seen_by(scope).objectives().found}

    assert seen(CORA) == {"company", "north", "cora"}
    assert seen(MONA) == {"company", "north", "cora", "carl", "mona"}
    assert seen(Scope(())) == {"company"}
    assert len(seen(Scope())) == 7
    for scope, name in ((CORA, "carl"), (CORA, "mona"), (MONA, "sue"), (MONA, "south")):
        sight = told.workspace().seen_by(scope)
        assert sight.objectives(ids=(name,)).found == ()
        with pytest.raises(UsageError, match="no objective"):
            sight.check_in(name, Decimal("0.5"), "", by="x", message_id="m")
        with pytest.raises(UsageError, match="no objective"):
            sight.settle_objective(name, "dropped", by="x", message_id="m", reason="x")
        assert sight.rows("objective").rows == ()
        assert sight.rows("objective_check_in").rows == ()
    assert refusal(told.workspace(), CSAT, MONA, csm_id="sue") == "csm_id"
    assert refusal(told.workspace(), MRR, MONA) == "csm_id"
    assert refusal(told.workspace(), CSAT, MONA, level="team", team="South") == "csm_id"
    assert told.workspace().seen_by(MONA).objectives(ids=("north",)).found[0].may_set


def test_a_team_is_measured_for_its_member_as_for_everybody(told: Bench) -> None:
    """Carl owns nothing, and sees what Cora's accounts make of his team's objective."""
    name = set_one(told, replace(CSAT, level="team", team="North", csm_id="mona"), "1")
    one = told.workspace().seen_by(Scope(("carl",))).objectives(ids=(name,)).found[0]
    assert one.forecast is not None
    assert float(one.forecast.value) == pytest.approx(20 / 22)


def test_a_change_in_the_window_needs_a_reason_and_stays_visible(told: Bench) -> None:
    name = set_one(told, CSAT, "1")
    lower = replace(CSAT, id=name, target=Decimal("0.5"))
    assert refusal(told.workspace(), lower) == "reason"
    told.now += timedelta(days=1)
    set_one(told, replace(lower, reason="Two customers came anew."), "2", by="user 7")
    one = told.workspace().objectives(ids=(name,)).found[0].objective
    (change,) = one.changes
    assert (change.what, change.before, change.after, change.by, change.late) == (
        "target",
        "0.75",
        "0.5",
        "user 7",
        True,
    )
    assert change.reason == "Two customers came anew."
    before = told.workspace().objectives(ids=(name,), as_of="2026-11-21").found[0]
    assert (before.objective.target, before.objective.changes, before.may_set) == (Decimal("0.75"), (), False)
    assert told.workspace().objectives(as_of="2026-11-20").found == ()
    assert refusal(told.workspace(), lower, metric="net_promoter_score") == "metric"
    assert refusal(told.workspace(), lower, slice="segment=SMB") == "slice"


def test_weights_make_a_whole(told: Bench) -> None:
    first, second = (
        set_one(told, CSAT, "1"),
        set_one(told, replace(CSAT, metric="net_promoter_score", target=Decimal(30)), "2"),
    )
    ws = told.workspace()
    for weights in ({first: "0.5", second: "0.4"}, {first: "1"}, {first: "1.5", second: "-0.5"}):
        with pytest.raises(UsageError) as error:
            ws.weigh_objectives({name: Decimal(part) for name, part in weights.items()}, by="mona", message_id="w")
        assert error.value.where == "weights"
    (bare,) = ws.objectives().sets
    assert (bare.bare, bare.whole) == (True, False)
    ws.weigh_objectives({first: Decimal("0.6"), second: Decimal("0.4")}, by="mona", message_id="w")
    (whole,) = ws.objectives().sets
    assert (whole.whole, whole.total, set(whole.ids)) == (True, Decimal(1), {first, second})
    set_one(told, replace(CSAT, name="Another", metric="net_promoter_score", target=Decimal(40)), "3")
    assert not told.workspace().objectives().sets[0].whole


def test_a_milestone_is_done_by_its_day_or_missed(told: Bench) -> None:
    name = set_one(told, Draft("person", "cora", "Write the handbook", "2026-11"), "1")
    sight = told.workspace().seen_by(CORA)
    assert sight.objectives(ids=(name,)).found[0].status == "not_measurable"
    with pytest.raises(UsageError, match="lies ahead"):
        sight.settle_objective(name, "done", by="cora", message_id="2", day=date(2026, 12, 1))
    told.now += timedelta(minutes=1)
    sight.settle_objective(name, "done", by="cora", message_id="3", day=date(2026, 11, 20))
    assert sight.objectives(ids=(name,)).found[0].status == "reached"
    told.now += timedelta(minutes=1)
    sight.settle_objective(name, "open", by="cora", message_id="4")
    told.now = told.now.replace(month=12, day=2)
    assert told.workspace().objectives("over").found[0].status == "missed"


def test_what_is_over_is_reached_or_missed(told: Bench) -> None:
    name = set_one(told, CSAT, "1")
    told.now = told.now.replace(year=2027, month=1, day=5)
    (over,) = told.workspace().objectives("over").found
    assert (over.status, over.forecast.how if over.forecast else "") == ("reached", "final")
    assert refusal(told.workspace(), CSAT, id=name, period="2027-Q1") == "period"


def test_check_ins_are_kept(told: Bench) -> None:
    name = set_one(told, CSAT, "1")
    for turn, confidence in enumerate(("0.9", "0.3")):
        told.now += timedelta(days=1)
        sight = told.workspace().seen_by(CORA)
        sight.check_in(name, Decimal(confidence), f"week {turn}", by="user 3", message_id=f"c{turn}")
    one = told.workspace().objectives(ids=(name,)).found[0].objective
    assert [(each.confidence, each.text) for each in one.check_ins] == [
        (Decimal("0.9"), "week 0"),
        (Decimal("0.3"), "week 1"),
    ]
    with pytest.raises(UsageError, match="no probability"):
        told.workspace().check_in(name, Decimal(2), "", by="x", message_id="c3")


def test_what_it_serves_stands_above_it(told: Bench) -> None:
    top = set_one(told, MRR, "1")
    south = set_one(told, replace(CSAT, level="team", team="South", csm_id="max", serves=top), "2")
    assert refusal(told.workspace(), CSAT, serves=south) == "serves"
    assert refusal(told.workspace(), MRR, serves=top) == "serves"
    assert tried(told.workspace(), CSAT, serves=top).objective.serves == top
    assert refusal(told.workspace(), CSAT, serves=top, period="2027-Q2") == "serves"
    assert refusal(told.workspace(), CSAT, serves=top, period="2027-Q1") == "serves", "a day later than the last"


def test_one_given_up_is_listed_apart(told: Bench) -> None:
    name = set_one(told, CSAT, "1")
    with pytest.raises(UsageError, match="not said why"):
        told.workspace().settle_objective(name, "dropped", by="mona", message_id="2")
    with pytest.raises(UsageError, match="no objective"):
        told.workspace().seen_by(CORA).settle_objective("nothing", "dropped", by="x", message_id="3", reason="x")
    told.now += timedelta(minutes=1)
    told.workspace().settle_objective(name, "dropped", by="mona", message_id="4", reason="She changes the team.")
    ws = told.workspace()
    assert ws.objectives("all").found == ()
    assert [one.objective.id for one in ws.objectives("dropped").found] == [name]


@pytest.mark.parametrize(
    ("low", "high", "status"), [("200", None, "in_doubt"), ("500", None, "off_track"), (None, "300", "on_track"), (None, "600", "in_doubt")]
)  # fmt: skip
def test_an_open_end_reaches_anything(low: str | None, high: str | None, status: str) -> None:
    """A median of times whose interval is open: of at most 480 minutes nothing is sure while the upper end is unknown."""
    day, moment = date(2026, 10, 1), datetime(2026, 9, 1, tzinfo=UTC)
    one = Objective(
        "o", "person", "cora", "", "Answer", "", "response_time", "", "at_most", Decimal(480), day, date(2027, 1, 1), None, None, None,
        None, "x", "", moment,
    )  # fmt: skip
    ends = [None if end is None else Decimal(end) for end in (low, high)]
    forecast = Forecast(Decimal(250), ends[0], ends[1], "so_far")
    found = Measured(None, "minutes", False, False, None, Past((), 0, 0, None, None), (), forecast, "")
    assert status_of(one, found, Decimal(480), "running") == status
