"""Scorecards of a company that fits on a page, against calculations by hand.

It is 21 November 2026. Mona leads Cora and Carl, the team North; Max leads Sue, the team South. Birch went from Cora to Carl on 1 May and left
on 1 September; Cedar went from Carl to Cora on 1 March and shrank from 300 to 240 on 15 April. Acme is Cora's, and grew from 100 to 120 in
February. Dorn, 50, is Carl's and left in June.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tenure.core.errors import UsageError
from tenure.core.written import Written
from tenure.engine import Scope, reports
from tenure.engine.reports import Report
from tenure.engine.scorecards.aims import Aim, blended
from tenure.engine.scorecards.hints import hints
from tenure.engine.scorecards.lines import Expected, Line, Lines, Weak
from tenure.engine.scorecards.rules import FILE, read, sensible, shipped
from tenure.engine.verbs.comparisons import Comparisons
from tenure.engine.verbs.fairness import Compared, Comparison, report_of
from tenure.engine.verbs.scorecard import Scorecard
from tenure.engine.workspace import Local, Workspace
from tenure.figures.figure import Figure
from tests.engine.conftest import Bench, loaded, new_home

RULES = """
[groups.retention]
name = "Retention"
measures = ["gross_revenue_retention owner_months", "net_revenue_retention owner_months"]

[groups.health]
name = "Health"
beside = true
measures = ["customer_health_score"]

[weights]
gross_revenue_retention = 2

[shown]
team = 3
"""
STAFF = "csm_id,name,manager_id,team\nmona,Mona,,North\nmax,Max,,South\ncora,Cora,mona,North\ncarl,Carl,mona,North\nsue,Sue,max,South\n"
FILES = {
    "csm": STAFF,
    "account": "account_id,name,segment\nacme,Acme,SMB\nbirch,Birch,SMB\ncedar,Cedar,SMB\ndorn,Dorn,SMB\nelm,Elm,SMB\n",
    "assignment": (
        "account_id,csm_id,valid_from\nacme,cora,2024-01-01\nbirch,cora,2024-01-01\nbirch,carl,2026-05-01\ncedar,carl,2024-01-01\n"
        "cedar,cora,2026-03-01\ndorn,carl,2024-01-01\nelm,sue,2024-01-01\n"
    ),
    "subscription": (
        "subscription_id,account_id,amount,started_at,ended_at\ns1,acme,100,2025-01-01,\ns2,acme,20,2026-02-01,\n"
        "s3,birch,200,2025-01-01,2026-09-01\ns4,cedar,300,2025-01-01,2026-04-15\ns5,cedar,240,2026-04-15,\n"
        "s6,dorn,50,2025-01-01,2026-06-15\ns7,elm,70,2025-01-01,\n"
    ),
    "objective": (
        "objective_id,level,csm_id,team,name,metric,slice,direction,target,period_start,period_end,by,at\n"
        "o1,person,cora,,Keep,gross_revenue_retention,owner=cora,at_least,0.95,2026-07-01,2026-10-01,mona,2026-06-20T10:00:00Z\n"
        "o2,team,mona,North,Keep ours,gross_revenue_retention,team=North,at_least,0.5,2026-07-01,2026-10-01,mona,2026-06-20T10:00:00Z\n"
        "o3,person,carl,,Keep,gross_revenue_retention,owner=carl,at_least,0.9,2026-07-01,2026-10-01,mona,2026-06-20T10:00:00Z\n"
    ),
}  # fmt: skip
CORA, MONA = Scope(("cora",)), Scope(("carl", "cora", "mona"))
PARTS = ("retention", "book", "moved")


def made(bench: Bench, files: dict[str, str] = FILES) -> Bench:
    loaded(bench, files, history=True)
    (bench.home / FILE).write_text(RULES)
    return bench


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The company, for those who change nothing."""
    bench = made(Bench(new_home(tmp_path_factory.mktemp("cards") / "home")))
    yield bench.workspace()
    bench.opened[-1].close()


def lines(card: Scorecard) -> dict[str, Line]:
    return {line.metric: line for group in card.groups for line in group.lines}


def value(line: Line) -> float | None:
    return None if line.figure is None or line.figure.value is None else float(line.figure.value)


def test_each_month_counts_for_whoever_had_the_account_when_it_began(shared: Workspace) -> None:
    """Cora: Cedar's loss of 60 in April, of 120 + 200 + 300; Acme's 20 in February, of 100 + 200. Birch's loss in September is Carl's: 0 of 200."""
    cora, carl = (lines(shared.scorecard(one, parts=PARTS)) for one in ("cora", "carl"))
    assert value(cora["gross_revenue_retention"]) == pytest.approx(560 / 620)
    assert value(cora["net_revenue_retention"]) == pytest.approx(320 / 300 * 560 / 620)
    assert value(carl["gross_revenue_retention"]) == 0
    assert cora["gross_revenue_retention"].few, "two accounts tell nothing"


def test_accounts_that_changed_hands_stand_apart_with_what_became_of_them(shared: Workspace) -> None:
    book = shared.scorecard("cora", parts=PARTS).book
    assert book is not None
    told: list[Any] = [
        (one.account, one.day, one.other, one.then, one.soon, one.now, one.became) for one in (*book.came, *book.went)
    ]
    assert told == [
        ("cedar", date(2026, 3, 1), "carl", 300, 240, 240, "shrank"), ("birch", date(2026, 5, 1), "carl", 200, 200, 0, "left"),
    ]  # fmt: skip
    sums: list[Any] = [book.then, book.soon, book.now, book.lost_soon, book.lost_later]
    assert [int(one) for one in sums] == [300, 240, 240, 0, 0]
    theirs = shared.scorecard("carl", parts=PARTS).book
    assert theirs is not None
    assert [(one.account, one.became) for one in theirs.came] == [("birch", "left")]
    assert [theirs.lost_soon, theirs.lost_later] == [0, 1], "it left 123 days after it was taken over"


def test_the_accounts_that_moved_it_most_are_those_that_did_so_while_they_were_hers(shared: Workspace) -> None:
    moved = shared.scorecard("cora", parts=PARTS).moved
    assert moved is not None
    assert [(one.account, one.by, one.kinds) for one in moved.revenue] == [
        ("cedar", Decimal("-60.00"), ("contraction",)), ("acme", Decimal("20.00"), ("expansion",)),
    ]  # fmt: skip


def test_it_is_the_same_whoever_looks_but_accounts_out_of_sight_are_not_named(shared: Workspace) -> None:
    hers, whole = shared.seen_by(CORA).scorecard("cora", parts=PARTS), shared.scorecard("cora", parts=PARTS)
    assert [line.figure for line in lines(hers).values()] == [line.figure for line in lines(whole).values()]
    assert hers.book is not None
    went = [(one.account, one.name, one.then, one.now, one.became) for one in hers.book.went]
    assert went == [(None, "", Decimal(200), None, "unknown")]
    assert shared.seen_by(MONA).scorecard("cora", parts=PARTS).book == whole.book


def test_nobody_sees_another_s_and_a_team_s_only_who_has_all_of_it_in_sight(shared: Workspace) -> None:
    asked: list[dict[str, Any]] = [{"person": "carl"}, {"person": "sue"}, {"person": "nobody"}, {"team": "North"}]
    for more in asked:
        for verb in (lambda of: shared.seen_by(CORA).scorecard(**of, parts=()),
                     lambda of: shared.seen_by(CORA).scorecard_rows("gross_revenue_retention-owner_months", **of)):  # fmt: skip
            with pytest.raises(UsageError) as error:
                verb(more)
            assert error.value.code == "not_found", more
    assert shared.seen_by(MONA).scorecard("carl", parts=()).name == "Carl"
    assert shared.seen_by(MONA).scorecard(team="North", parts=()).members == ("carl", "cora", "mona")
    with pytest.raises(UsageError, match="South"):
        shared.seen_by(MONA).scorecard(team="South", parts=())


def test_a_team_s_value_is_shown_beside_where_nobody_can_be_told_from_it(shared: Workspace) -> None:
    """The floor is 3, and of North's three members two have accounts: each would know the other's. Mona sees both."""
    line = lines(shared.seen_by(CORA).scorecard("cora", parts=PARTS))["gross_revenue_retention"]
    assert (line.team, line.apart) == (None, "small_team")
    line = lines(shared.seen_by(MONA).scorecard("cora", parts=PARTS))["gross_revenue_retention"]
    assert (line.team is not None, line.apart) == (True, "")
    whole = lines(shared.scorecard(team="North", parts=PARTS))["gross_revenue_retention"]
    assert (whole.figure, whole.apart) == (line.team, "no_more")


def test_the_rows_behind_a_number_add_up_and_name_nobody_out_of_sight(shared: Workspace) -> None:
    key = "net_revenue_retention-owner_months"
    for sight in (shared, shared.seen_by(CORA)):
        found = sight.scorecard_rows(key, "cora")
        card = lines(sight.scorecard("cora", parts=PARTS))["net_revenue_retention"].figure
        assert card is not None
        assert found.figure is not None
        assert found.figure.value == card.value
        assert len(found.months) == 12
        product = 1.0
        for month in found.months:
            rows = [row for row in found.behind.rows if row["month"] == month.month]
            parts = [sum(row[name] for row in rows) for name in found.behind.adds]
            assert parts == [month.numerator, month.denominator]
            product *= float(month.value or 0)
        assert product == pytest.approx(float(card.value or 0))
        first = found.behind.rows[0]
        assert (first["account"], first["month"]) == ("Cedar", date(2026, 4, 1)), "what moved it most comes first"
    named = {row["account_id"] for row in shared.seen_by(CORA).scorecard_rows(key, "cora").behind.rows}
    assert "birch" not in named
    assert {"acme", None} <= named
    with pytest.raises(UsageError, match="no line"):
        shared.scorecard_rows("mrr", "cora")


def test_the_blend_weighs_what_was_attained_of_the_targets_of_exactly_this_window(shared: Workspace) -> None:
    """Of what Cora had a year before, 100 + 200, 100 is kept: 0.3333 of 0.95. North kept 340 of 650: 0.5231 of 0.5. 0.7 and 0.3 of these."""
    blend = shared.scorecard("cora", start="2026-Q3", parts=("blend",)).blend
    assert blend is not None
    assert [float(part.aim.attained or 0) for part in (*blend.own, *blend.of_team)] == pytest.approx(
        [100 / 300 / 0.95, 340 / 650 / 0.5], abs=1e-6
    )
    assert [part.weight for part in (*blend.own, *blend.of_team)] == [2, 2]
    assert float(blend.value or 0) == pytest.approx(0.7 * 100 / 300 / 0.95 + 0.3 * 340 / 650 / 0.5, abs=1e-5)
    nothing = shared.scorecard("cora", parts=("blend",)).blend
    assert nothing is not None
    assert (nothing.own, nothing.of_team, nothing.value) == ((), (), None), "no objective is of these twelve months"
    target = lines(shared.scorecard("cora", start="2026-Q3", parts=PARTS))["gross_revenue_retention"].aims
    assert [(one.id, one.status) for one in target] == [("o1", "missed")], "Carl's is not hers"


@pytest.mark.parametrize(
    ("direction", "goal", "value", "counts"),
    [
        ("at_least", "40", "-20", "0"),  # no share of the goal, and missed
        ("at_least", "-10", "-5", "1"),
        ("at_most", "0.02", "0", "1.2"),  # better cannot be: it counts as much as counts at most
        ("at_most", "0", "0", "1"),
        ("at_most", "0", "0.1", "0"),
    ],
)
def test_the_worst_and_the_best_results_count_where_they_are_no_share_of_the_goal(
    direction: str, goal: str, value: str, counts: str
) -> None:
    """Beside a target of which 0.9 is attained, which weighs twice."""
    odd = Aim("o", "Odd", "m", direction, "missed", "points", Decimal(goal), Decimal(value), None)
    other = Aim("p", "Other", "m", "at_least", "missed", "share", Decimal(1), Decimal("0.9"), Decimal("0.9"))
    own = {"gross_revenue_retention": (other,), "net_revenue_retention": (odd,)}
    blend = blended(read(Written(FILE, RULES)), own, {})
    assert blend.individual is not None
    assert float(blend.individual) == pytest.approx((2 * 0.9 + float(counts)) / 3, abs=1e-6)


def test_who_is_left_alone_in_a_team_does_not_read_the_results_of_who_left_it(bench: Bench) -> None:
    staff = "csm_id,name,manager_id,team,ended_at\nmona,Mona,,Lead,\ncora,Cora,mona,North,\ncarl,Carl,mona,North,2026-09-15\nsue,Sue,mona,South,\n"
    made(bench, FILES | {"csm": staff})
    ws = bench.workspace().seen_by(CORA)
    with pytest.raises(UsageError) as error:
        ws.scorecard(team="North", parts=())
    assert error.value.code == "not_found"
    assert lines(ws.scorecard("cora", parts=("retention",)))["gross_revenue_retention"].apart == "small_team"


def test_who_became_a_customer_is_new_and_who_was_one_was_taken_over(bench: Bench) -> None:
    """Gum was nobody's and paid, Hazel paid francs that have no rate to Carl: both were taken over. Iris was Cora's when it began to pay."""
    made(bench, FILES | {
        "account": FILES["account"] + "gum,Gum,SMB\nhazel,Hazel,SMB\niris,Iris,SMB\n",
        "assignment": FILES["assignment"] + "gum,cora,2026-03-10\nhazel,carl,2024-01-01\nhazel,cora,2026-06-01\niris,cora,2026-02-01\n",
        "subscription": "subscription_id,account_id,amount,started_at,ended_at,currency\ns1,gum,500,2024-01-01,,EUR\n"
        "s2,hazel,400,2024-01-01,,CHF\ns3,iris,90,2026-03-01,,EUR\ns4,elm,70,2025-01-01,,EUR\n",
    })  # fmt: skip
    book = bench.workspace().scorecard("cora", parts=("book",)).book
    assert book is not None
    assert {one.account: one.then for one in book.came} == {"gum": 500, "hazel": None}
    assert [(one.account, one.day, one.other) for one in book.new] == [("iris", date(2026, 3, 1), "")]


def test_a_window_goes_by_the_rules_that_were_in_force_when_it_closed(bench: Bench) -> None:
    made(bench)
    first = bench.workspace().scorecard("cora", start="2026-Q3", parts=("blend",))
    bench.now += timedelta(minutes=1)
    text = RULES + "[blend]\nindividual = 0.5\n"
    saved = bench.workspace().save_scorecard(text, by="ops")
    assert (saved.before, (bench.home / FILE).read_text()) == (first.version, text)
    bench.now += timedelta(minutes=1)
    ws = bench.workspace()
    then, now = (ws.scorecard("cora", start=window, parts=("blend",)) for window in ("2026-Q3", "2026-Q4"))
    assert (then.version, now.version) == (first.version, saved.version)
    assert then.blend == first.blend
    assert then.followed is not None
    assert now.blend is not None
    assert (now.blend.shares[0], now.followed) == (Decimal("0.5"), None)
    bench.now += timedelta(days=1)
    (bench.home / FILE).write_text(RULES)  # by hand: seen by the daily round, and in force from then on

    def ticking() -> datetime:
        bench.now += timedelta(milliseconds=1)
        return bench.now

    bench.opened[-1].close()
    with closing(Workspace(bench.home, Local(bench.home, ticking), clock=ticking)) as ws:
        assert ws.scorecard("cora", start="2026-Q4", parts=("blend",)).version == first.version, (
            "what runs goes by the file"
        )
    bench.workspace().call("comparisons", Comparisons(()))
    bench.now += timedelta(minutes=1)
    kept = bench.workspace().scorecard_rules().kept
    assert [one.version for one in kept] == [first.version, saved.version, first.version]
    with pytest.raises(UsageError, match="alike"):
        bench.workspace().seen_by(CORA).save_scorecard(text, by="cora")
    with pytest.raises(UsageError, match="by now"):
        bench.workspace().save_scorecard(text, by="ops", over=saved.version)


def test_other_people_s_accounts_change_nothing_of_hers(tmp_path: Any, shared: Workspace) -> None:
    """Sue's and Carl's books are other ones: more accounts, other amounts, other dates."""
    more = FILES | {
        "account": FILES["account"] + "fir,Fir,SMB\ngum,Gum,ENT\n",
        "assignment": FILES["assignment"] + "fir,carl,2024-01-01\ngum,sue,2025-06-01\n",
        "subscription": FILES["subscription"].replace("s6,dorn,50", "s6,dorn,999")
        + "s8,fir,5000,2025-01-01,2026-03-03\ns9,gum,900,2025-06-01,\n",
    }
    bench = made(Bench(new_home(tmp_path / "other")), more)
    ws = bench.workspace()
    mine, before = ws.scorecard("cora", parts=PARTS), shared.scorecard("cora", parts=PARTS)
    for line, same in zip(lines(mine).values(), lines(before).values(), strict=True):
        assert line.figure is not None
        assert same.figure is not None
        assert replace(line.figure, as_of=same.figure.as_of) == same.figure
        assert line.team != same.team
    assert (mine.book, mine.moved) == (before.book, before.moved)
    ws.close()


def test_what_was_expected_is_that_of_the_comparison_that_is_kept_of_these_months(bench: Bench) -> None:
    made(bench)
    group = Compared(
        "cora", "Cora", Decimal(20), Decimal(60), Decimal(90), 0.67, (0.5, 1.5), (0.3, 1.9), 0.8, 0.5, 1.2, 0.81, 1.1, 7.5, (1, 2),
        ("carl",), (), "not different",
    )  # fmt: skip
    found = Comparison(
        "gross_revenue_retention", "owner", date(2025, 11, 1), date(2026, 11, 1), "revenue lost", "account-months", "money",
        (group,), None, None, None, False, None, False, True, ("segment",), (), 0.1, 3, 0, {}, (),
    )  # fmt: skip
    reports.keep(
        bench.home, report_of("gross_revenue_retention", "owner"), Report(datetime(2026, 11, 21, tzinfo=UTC), found)
    )
    ws = bench.workspace()
    told = lines(ws.scorecard("cora", parts=("retention",)))["gross_revenue_retention"].expected
    assert told is not None
    assert (told.observed, told.expected, told.better, told.few) == (Decimal(60), Decimal(90), 0.81, False)
    assert (
        lines(ws.scorecard("cora", start="2026-Q3", parts=("retention",)))["gross_revenue_retention"].expected is None
    )
    assert lines(ws.scorecard("carl", parts=("retention",)))["gross_revenue_retention"].expected is None


@pytest.mark.parametrize(
    ("start", "end", "window"),
    [
        ("", "", (date(2025, 11, 1), date(2026, 11, 1), date(2024, 11, 1))),
        ("2026-Q3", "", (date(2026, 7, 1), date(2026, 10, 1), date(2026, 4, 1))),
        ("2026-10", "", (date(2026, 10, 1), date(2026, 11, 1), date(2026, 9, 1))),
        ("2026-H1", "", (date(2026, 1, 1), date(2026, 7, 1), date(2025, 7, 1))),
        ("2026", "", (date(2026, 1, 1), date(2027, 1, 1), date(2025, 1, 1))),
        ("2025-04", "2026-03", (date(2025, 4, 1), date(2026, 4, 1), date(2024, 4, 1))),
    ],
)
def test_windows_are_compared_with_one_as_long_before(
    shared: Workspace, start: str, end: str, window: tuple[date, ...]
) -> None:
    card = shared.scorecard("cora", start=start, end=end, parts=())
    assert (card.start, card.end, card.before_start) == window


@pytest.mark.parametrize(("start", "end"), [("2026-01", "2026-05"), ("2027-01", ""), ("2026-10-05", ""), ("soon", "")])
def test_other_windows_are_refused(shared: Workspace, start: str, end: str) -> None:
    with pytest.raises(UsageError) as error:
        shared.scorecard("cora", start=start, end=end, parts=())
    assert error.value.fix


# What can be told


def line(**more: Any) -> Line:
    figure = Figure("csat", "", date(2026, 7, 1), date(2026, 10, 1), "period", {}, Decimal("0.8"), None, None, 40, Decimal("0.7"), Decimal("0.9"), "share", datetime(2026, 10, 1, tzinfo=UTC))  # fmt: skip
    extra = more.pop("extra", {})
    return replace(
        Line("csat", "csat", (), "more", replace(figure, extra=extra), False, (), None, None, "", ()), **more
    )


def expected(remark: str, *, few: bool = False) -> Expected:
    return Expected(
        "lost", "months", "count", Decimal(9), Decimal(9), Decimal(3), 3.0, 2.0, 1.1, 3.0, 0.01, 3.0, remark, few, ()
    )


def aim(status: Any, goal: str) -> Aim:
    return Aim(
        "o",
        "Aim",
        "csat",
        "at_least",
        status,
        "share",
        Decimal(goal),
        Decimal("0.8"),
        Decimal(1),
        Decimal("0.7"),
        Decimal("0.9"),
    )


HIGHER = replace(line().figure, value=Decimal("0.96"), low=Decimal("0.94"), high=Decimal("0.99"))  # type: ignore[type-var]
WORSE, BETTER = {"change": Decimal("-0.2"), "different": True}, {"change": Decimal("0.2"), "different": True}


@pytest.mark.parametrize(
    ("given", "kinds"),
    [
        (line(), []),
        (line(expected=expected("worse, beyond 95 %")), ["worse_than_expected"]),
        (line(expected=expected("better, beyond 99.8 %")), ["better_than_expected"]),
        (line(expected=expected("worse, beyond 95 %", few=True)), []),
        (line(expected=expected("not different")), []),
        (line(aims=(aim("missed", "0.95"),)), ["missed"]),
        (line(aims=(aim("missed", "0.85"),)), []),  # its interval holds the goal
        (line(aims=(aim("reached", "0.6"),)), ["reached"]),
        (
            line(figure=HIGHER, aims=(aim("missed", "0.95"),)),
            ["missed"],
        ),  # by what the target is measured by, which is another window
        (line(figure=HIGHER, aims=(aim("missed", "0.85"),)), []),
        (line(aims=(aim("missed", "0.95"),), few=True), []),
        (line(extra=WORSE), ["worse_than_before"]),
        (line(extra=WORSE, better="less"), ["better_than_before"]),
        (line(extra=BETTER), ["better_than_before"]),
        (line(extra=BETTER | {"different": False}), []),
        (line(extra=WORSE, few=True), []),
    ],
)
def test_only_what_stands_apart_is_told(given: Line, kinds: list[str]) -> None:
    assert [one.kind for one in hints([Lines("g", "G", False, (given,))])] == kinds
    assert hints([Lines("g", "G", True, (given,))]) == (), "nothing is concluded from what stands beside"


def test_what_is_to_be_mended_comes_first_and_weak_parts_are_named() -> None:
    figure = line().figure
    assert figure is not None
    weak = Weak("tier", "B", figure)
    found = hints(
        [
            Lines(
                "g", "G", False, (line(extra=BETTER), line(weak=(weak,)), line(expected=expected("worse, beyond 95 %")))
            )
        ]
    )
    assert [one.kind for one in found] == ["worse_than_expected", "weak_in", "better_than_before"]
    assert found[1].weak == weak


# Rules


def test_the_rules_that_come_along_are_sensible(shared: Workspace) -> None:
    rules = sensible(read(shipped()), shared.settings())
    assert {group.slug for group in rules.groups if group.beside} == {"health"}
    assert (rules.individual, rules.inherited, rules.floor) == (Decimal("0.7"), 90, 5)
    assert len({one.key for group in rules.groups for one in group.measures}) == sum(
        len(group.measures) for group in rules.groups
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[groups.a]\nmeasures = ["churn_risk"]\n', "no measure of people"),
        ('[groups.a]\nmeasures = ["nothing"]\n', "nothing"),
        ('[groups.a]\nmeasures = ["renewal_rate csm"]\n', "csm"),
        ('[groups.a]\nmeasures = ["renewal_rate", "renewal_rate"]\n', "twice"),
        ("[blend]\nindividual = 1.5\n", "from 0 to 1"),
        ("[blend]\nown = 1\n", "no key own"),
        ("[inherited]\ndays = 0\n", "whole number"),
    ],
)
def test_rules_that_are_wrong_are_refused_with_what_to_do(shared: Workspace, text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as error:
        sensible(read(Written(FILE, text)), shared.settings())
    assert error.value.fix


def test_a_version_is_what_the_rules_mean() -> None:
    assert read(Written(FILE, "# said\n" + RULES)).version == read(Written(FILE, RULES)).version
    assert read(Written(FILE, RULES.replace("= 2", "= 3"))).version != read(Written(FILE, RULES)).version
