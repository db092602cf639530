"""Reporting lines and who answers along them, of a company that fits on a page, against calculations by hand.

It is 21 November 2026. Hanna leads Mona and Max. Mona leads Cora and Carl, whom Max led until June; Max leads Sue and leads Ina of
support; Lee, who led Sue before, left. Zoe reports to nobody. October is the last month that is over.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from tenure.core.errors import UsageError
from tenure.engine import Scope
from tenure.engine.lines.draft import LEADS, NOBODY, Draft
from tenure.engine.lines.line import Line, Person
from tenure.engine.lines.rolled import Part
from tenure.engine.lines.standing import Cell, Told
from tenure.engine.verbs.check import Check
from tenure.engine.verbs.rebuild import Rebuild
from tenure.engine.workspace import Workspace
from tests.engine.conftest import Bench, loaded, new_home

STAFF = """csm_id,name,manager_id,role,valid_from,ended_at
hanna,Hanna,,leader,,
mona,Mona,hanna,manager,,
max,Max,hanna,manager,,
lee,Lee,max,csm,,2026-03-01
cora,Cora,mona,csm,,
carl,Carl,max,csm,,
carl,Carl,mona,csm,2026-06-01,
sue,Sue,max,csm,,
ina,Ina,max,support,,
zoe,Zoe,,csm,,
"""
#: Account, owner, MRR at the beginning of the year before October's end, and now.
OWNED = (
    ("acme", "cora", 100, 110), ("birch", "carl", 200, 150), ("cedar", "sue", 50, 50), ("dune", "mona", 40, 60), ("elm", "lee", 30, 30),
    ("fir", "pool", 20, 25), ("gorse", "", 10, 10), ("holm", "zoe", 70, 70),
)  # fmt: skip
TOLD = """metric,line_id,csm_id,valid_from,valid_to
net_revenue_retention,,hanna,2025-01-01,
net_revenue_retention,mona,mona,2025-01-01,
net_revenue_retention,max,lee,2025-01-01,
net_revenue_retention,cora,zoe,2025-01-01,
net_revenue_retention,carl,max,2025-01-01,2026-06-01
net_revenue_retention,carl,carl,2026-06-01,
net_revenue_retention,sue,sue,2025-01-01,
net_revenue_retention,sue,max,2026-01-01,
net_revenue_retention,ina,ina,2025-01-01,
arr,,hanna,2026-12-01,
"""
OBJECTIVES = """objective_id,level,csm_id,team,name,metric,slice,direction,target,period_start,period_end,by,at
o1,company,hanna,,Grow,arr,,at_least,1,2026-10-01,2027-01-01,x,2026-09-20
o2,person,cora,,Grow,arr,owner=cora,at_least,1,2026-10-01,2027-01-01,x,2026-09-20
o3,person,carl,,Grow,arr,owner=carl,at_least,1,2026-07-01,2026-10-01,x,2026-06-20
"""
MONA, CORA = Scope(("carl", "cora", "mona")), Scope(("cora",))


def files() -> dict[str, str]:
    lines = "".join(
        f"s-{account},{account},{before},2024-01-01\n"
        + (f"s-{account},{account},{now},2026-03-01\n" if now != before else "")
        for account, _owner, before, now in OWNED
    )
    owners = "".join(
        f"{account},{'' if owner == 'pool' else owner},{'sea' if owner == 'pool' else ''},2024-01-01\n"
        for account, owner, *_ in OWNED
        if owner
    )
    return {
        "csm": STAFF,
        "account": "account_id,name\n" + "".join(f"{account},{account}\n" for account, *_ in OWNED),
        "assignment": f"account_id,csm_id,pool,valid_from\n{owners}",
        "subscription": f"subscription_id,account_id,amount,started_at\n{lines}",
        "accountability": TOLD,
        "objective": OBJECTIVES,
    }


@pytest.fixture
def told(bench: Bench) -> Bench:
    return loaded(bench, files(), history=True)


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The same, for those who record nothing."""
    bench = loaded(Bench(new_home(tmp_path_factory.mktemp("read") / "home")), files(), history=True)
    yield bench.workspace()
    bench.opened[-1].close()


def before(ws: Workspace, unit: str, metric: str = "net_revenue_retention") -> list[Told]:
    return [one for one in ws.lines(metric=metric).before if one.unit == unit]


def cell(ws: Workspace, unit: str, metric: str = "net_revenue_retention", day: str = "") -> Cell:
    (found,) = (one for one in ws.lines(metric=metric, day=day).cells if one.unit == unit)
    return found


def test_the_line_is_that_of_the_day(read: Workspace) -> None:
    """Until June Carl stood under Max. Ina looks after no accounts, and Lee left: neither is asked for anything."""
    now = {unit.id: (unit.level, unit.above, unit.loose) for unit in read.lines().units}
    assert now == {
        "": ("executive", "", False), "mona": ("team", "", False), "max": ("team", "", False), "cora": ("person", "mona", False),
        "carl": ("person", "mona", False), "sue": ("person", "max", False), "ina": ("person", "max", False), "zoe": ("person", "", True),
    }  # fmt: skip
    before = {unit.id: unit.above for unit in read.lines(day="2026-02-27").units}
    assert (before["carl"], before["lee"], "lee" in now) == ("max", "max", False)
    assert {one.unit for one in read.lines().cells} == set(now) - {"ina"}
    with pytest.raises(UsageError):
        read.lines(day="yesterday")


def test_deep_lines_have_heads_and_several_tops_a_company_of_nobody() -> None:
    def line(*rows: tuple[str, str]) -> Line:
        return Line(date(2026, 11, 21), {one: Person(one, manager, "csm", here=True) for one, manager in rows})

    deep = line(("top", ""), ("head", "top"), ("lead", "head"), ("csm", "lead"))
    assert [(one.id, one.level, one.depth) for one in deep.units] == [("", "executive", 0), ("head", "head", 1), ("lead", "team", 2), ("csm", "person", 3)]  # fmt: skip
    assert (deep.by_id[""].leads, deep.unit("top"), deep.members("lead")) == ("top", "", frozenset({"lead", "csm"}))
    two = line(("a", ""), ("b", "a"), ("c", ""), ("d", "c"))
    assert [(one.id, one.leads, one.level, one.above) for one in two.units] == [("", "", "executive", ""), ("a", "a", "team", ""), ("b", "b", "person", "a"), ("c", "c", "team", ""), ("d", "d", "person", "c")]  # fmt: skip
    circle = line(("a", "b"), ("b", "a"), ("c", "a"), ("t", ""), ("u", "t"))
    assert {one.id for one in circle.units} == {"", "u", "a", "b", "c"}, "nobody is lost in a circle"
    assert [one.id for one in circle.units if one.loose] == ["a"]
    flat = line(("a", ""), ("b", ""))
    assert [(one.id, one.loose) for one in flat.units] == [("", False), ("a", False), ("b", False)], (
        "without a line nobody is outside it"
    )
    assert flat.holds("", "a")


def test_each_gap_is_told(read: Workspace) -> None:
    gaps = {one.unit: one.gap for one in read.lines(metric="net_revenue_retention").cells}
    assert gaps == {"": "", "mona": "", "max": "left", "cora": "outside", "carl": "", "sue": "twice", "zoe": "nobody"}
    assert [one.unit for one in read.lines(metric="net_revenue_retention").lost] == ["ina"]
    carl = cell(read, "carl")
    assert ([one.csm_id for one in carl.told], [(one.csm_id, one.until) for one in before(read, "carl")]) == (["carl"], [("max", date(2026, 6, 1))])  # fmt: skip
    assert [one.csm_id for one in cell(read, "carl", day="2026-05-31").told] == ["max"]
    later = cell(read, "", "arr")
    assert (later.gap, later.ahead[0].csm_id, cell(read, "", "arr", "2026-12-01").gap) == ("nobody", "hanna", "")


def test_objectives_that_run_propose_and_tell_nothing(read: Workspace) -> None:
    found = {one.unit: (one.gap, one.proposed, one.objective) for one in read.lines(metric="arr").cells}
    assert (found[""], found["cora"], found["carl"]) == (
        ("nobody", "hanna", "o1"),
        ("nobody", "cora", "o2"),
        ("nobody", "", ""),
    )
    assert cell(read, "carl", "arr", "2026-08-01").proposed == "carl"


def test_two_at_once_from_a_file_are_found_by_a_check(told: Bench) -> None:
    found = {one.name: one for one in told.workspace().call("check", Check())}["overlap"]
    assert [(row["table_name"], row["key"]) for row in found.rows] == [
        ("accountability", "net_revenue_retention / sue / 2026-01-01")
    ]


def values(parts: tuple[Part, ...]) -> dict[tuple[str, str], Any]:
    return {
        (part.kind, part.id): (part.figure.numerator, part.figure.denominator) if part.figure else None
        for part in parts
    }


def test_figures_roll_up_along_the_line_and_the_parts_make_the_whole(read: Workspace) -> None:
    (found,) = read.rolled_up("net_revenue_retention").found
    assert (found.period.label, found.window, found.adds_up) == ("2026-10", "12m", True)
    assert values(found.parts) == {
        ("unit", ""): (505, 520), ("unit", "mona"): (320, 340), ("unit", "max"): (80, 80), ("unit", "cora"): (110, 100),
        ("unit", "carl"): (150, 200), ("own", "mona"): (60, 40), ("unit", "sue"): (50, 50), ("left", "lee"): (30, 30),
        ("unit", "zoe"): (70, 70), ("other", "sea"): (25, 20), ("nobody", ""): (10, 10),
    }  # fmt: skip
    (mona,) = read.rolled_up("arr", ("mona",), deep=False).found
    assert {name: told and told[0] for name, told in values(mona.parts).items()} == {
        ("unit", "mona"): 3840, ("unit", "cora"): 1320, ("unit", "carl"): 1800, ("own", "mona"): 720,
    }  # fmt: skip
    assert mona.adds_up is True


def test_who_is_asked_for_nothing_has_accounts_all_the_same_and_medians_have_no_parts(bench: Bench) -> None:
    """Ina of support is here and has an account, in the line of Max. Two tickets wait a day each."""
    given = files()
    given["account"] += "iris,iris\n"
    given["assignment"] += "iris,ina,,2024-01-01\n"
    given["subscription"] += "s-iris,iris,15,2024-01-01\n"
    given["ticket"] = "ticket_id,account_id,created_at,solved_at\n" + "".join(
        f"t-{account},{account},2026-10-05T10:00:00Z,2026-10-06T10:00:00Z\n" for account in ("acme", "birch")
    )
    loaded(bench, given, history=True)
    (mrr,), (waited,) = (bench.workspace().rolled_up(metric).found for metric in ("mrr", "time_to_resolution"))
    assert [(one.kind, one.above) for one in mrr.parts if one.id in ("ina", "lee")] == [("own", "max"), ("left", "max")]
    assert mrr.adds_up is True
    assert waited.parts[0].figure is not None
    assert (waited.parts[0].figure.n, waited.adds_up) == (2, None)


def test_what_was_told_of_the_top_by_the_own_name_is_ended(bench: Bench) -> None:
    """Until 10 November Ada led a line of her own, and Hanna's line was not the company."""
    given = files()
    given["csm"] += "ada,Ada,,leader,,2026-11-10\nbob,Bob,ada,csm,,2026-11-10\n"
    given["accountability"] += "gross_revenue_retention,hanna,hanna,2026-11-01,\n"
    loaded(bench, given, history=True)
    ws = bench.workspace()
    assert [one.csm_id for one in cell(ws, "", "gross_revenue_retention").told] == ["hanna"]
    ws.tell_accountability(
        Draft(("gross_revenue_retention",), ("",), NOBODY, date(2026, 11, 20)), by="x", message_id="m1"
    )
    assert cell(bench.workspace(), "", "gross_revenue_retention").gap == "nobody"


def test_figures_follow_the_line_of_the_day(read: Workspace) -> None:
    """In April Carl's 150 stood under Max, beside Sue's 50 and the 30 of Lee, who had left."""
    (found,) = read.rolled_up("mrr", day="2026-05-31").found
    assert (found.period.label, values(found.parts)[("unit", "max")]) == ("2026-05", (230, None))
    assert values(found.parts)[("unit", "mona")] == (170, None)
    assert found.adds_up is True


def test_figures_go_as_far_as_sight_and_are_the_same_for_all(read: Workspace) -> None:
    (whole,), (part,) = (sight.rolled_up("net_revenue_retention").found for sight in (read, read.seen_by(MONA)))
    seen = {name for name, told in values(part.parts).items() if told}
    assert seen == {("unit", "mona"), ("unit", "cora"), ("unit", "carl"), ("own", "mona")}
    assert {name: told for name, told in values(whole.parts).items() if name in seen} == {name: values(part.parts)[name] for name in seen}  # fmt: skip
    assert (part.adds_up, {one.kind for one in part.parts} & {"other", "nobody"}) == (None, set())
    assert read.seen_by(CORA).lines().cells == read.lines().cells, "names are no secret"
    assert read.seen_by(CORA).lines().settable == set()
    assert read.seen_by(MONA).lines().settable == {"cora", "carl"}
    assert read.lines().settable == {"", "mona", "max", "cora", "carl", "sue", "zoe"}


DRAFT = Draft(("gross_revenue_retention", "arr"), ("mona", "cora"), LEADS, date(2026, 11, 1))


def refusal(ws: Any, draft: Draft) -> str:
    with pytest.raises(UsageError) as error:
        ws.tell_accountability(draft, by="x", message_id="m")
    assert error.value.code == "bad_accountability"
    assert error.value.fix
    return error.value.where


@pytest.mark.parametrize(
    ("draft", "where"),
    [
        (Draft((), ("mona",), LEADS, date(2026, 11, 1)), "metrics"),
        (Draft(("arr",), (), LEADS, date(2026, 11, 1)), "units"),
        (Draft(("arr",), ("ina",), LEADS, date(2026, 11, 1)), "units"),
        (Draft(("arr",), ("nobody",), LEADS, date(2026, 11, 1)), "units"),
        (Draft(("arr",), ("mona",), "lee", date(2026, 11, 1)), "who"),
        (Draft(("arr",), ("mona",), "sue", date(2026, 11, 1)), "who"),
        (Draft(("arr",), ("mona",), "zoe", date(2026, 11, 1)), "who"),
        (Draft(("arr",), ("",), "hanna", date(2026, 11, 1)), "day"),
        (Draft(("net_revenue_retention",), ("mona",), "hanna", date(2026, 11, 1)), "takes_over"),
        (Draft(("net_revenue_retention",), ("mona",), LEADS, date(2026, 11, 1)), "who"),
        (Draft(("net_revenue_retention",), ("mona",), NOBODY, date(2025, 1, 1)), "day"),
        (Draft(("arr",), ("mona",), NOBODY, date(2026, 11, 1)), "who"),
        (Draft(("customer_health_score",), ("mona",), LEADS, date(2026, 11, 1)), "metrics"),
    ],
)
def test_what_is_refused_and_at_which_field(read: Workspace, draft: Draft, where: str) -> None:
    assert refusal(read, draft) == where


def test_a_manager_sets_for_those_below_her_only(told: Bench) -> None:
    ws = told.workspace()
    mona = ws.seen_by(MONA)
    for units, who, where in (
        (("mona",), LEADS, "units"),
        (("sue",), LEADS, "units"),
        (("cora",), "hanna", "who"),
        (("",), LEADS, "units"),
    ):
        assert refusal(mona, Draft(("arr",), units, who, date(2026, 11, 1))) == where
    assert refusal(ws.seen_by(CORA), Draft(("arr",), ("cora",), LEADS, date(2026, 11, 1))) == "units"
    mona.tell_accountability(Draft(("arr",), ("cora",), "mona", date(2026, 11, 1)), by="mona", message_id="m1")
    assert [(one.csm_id, one.by) for one in cell(told.workspace(), "cora", "arr").told] == [("mona", "mona")]


def test_handing_over_ends_the_one_before_and_is_kept_for_ever(told: Bench) -> None:
    ws = told.workspace()
    assert ws.tell_accountability(DRAFT, by="user 1", message_id="m1").rows == 4
    with pytest.raises(UsageError, match="told before"):
        ws.tell_accountability(DRAFT, by="user 1", message_id="m1")
    over = Draft(("arr",), ("cora",), "mona", date(2026, 11, 20), takes_over=True, reason="She is away.")
    ws.tell_accountability(over, by="user 1", message_id="m2")
    found = cell(ws, "cora", "arr")
    assert [(one.csm_id, one.since, one.until, one.reason) for one in found.told] == [("mona", date(2026, 11, 20), None, "She is away.")]  # fmt: skip
    assert [(one.csm_id, one.since, one.until) for one in before(ws, "cora", "arr")] == [
        ("cora", date(2026, 11, 1), date(2026, 11, 20))
    ]
    ws.tell_accountability(Draft(("arr",), ("cora",), NOBODY, date(2026, 11, 21)), by="user 1", message_id="m3")
    told.now += timedelta(minutes=1)  # what is told later supersedes
    same_day = Draft(("arr",), ("mona",), "hanna", date(2026, 11, 1), takes_over=True)
    ws.tell_accountability(same_day, by="user 1", message_id="m4")
    after = {unit: cell(ws, unit, "arr") for unit in ("cora", "mona")}
    assert (after["cora"].gap, before(ws, "cora", "arr")[0].csm_id, [one.csm_id for one in after["mona"].told]) == ("nobody", "mona", ["hanna"])  # fmt: skip
    assert not [one for one in ws.call("check", Check()) if one.name == "overlap" and one.count > 1]
    ws.call("rebuild", Rebuild())
    assert {unit: cell(ws, unit, "arr") for unit in after} == after
