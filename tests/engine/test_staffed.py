"""Work, coverage, levels of service and hand-overs out of rows that fit on a page."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tenure.core.errors import UsageError
from tenure.engine import Scope
from tenure.portfolio.headcount import Past
from tests.engine.conftest import TODAY, Bench, loaded

FILES = {
    "csm": (
        "csm_id,name,manager_id,fte,region,languages,skills,started_at,ended_at,schedule_id\n"
        'mona,Mona,,1,,,,,,\nada,Ada,mona,1,North,"de,en",renewals,2020-01-01,,north\nben,Ben,mona,0.5,North,de,,2020-01-01,,\n'
        "gone,Gone,mona,1,North,de,,2020-01-01,2026-11-01,\nzoe,Zoe,,1,South,,,2020-01-01,,south\n"
    ),
    "schedule": "schedule_id,time_zone,weekday,opens,closes\n" + "".join(
        f"{name},UTC,{day},09:00,17:00\n" for name in ("north", "south") for day in range(5)
    ),
    "holiday": "schedule_id,date,name\nsouth,2026-12-08,Conception\nsouth,2026-12-06,A Sunday\n",
    "account": (
        "account_id,name,segment,tier,region,language\nacme,Acme,SMB,Gold,North,de\nbirch,Birch,ENT,,North,sv\n"
        "cedar,Cedar,SMB,Silver,South,\ndale,Dale,SMB,Silver,,\nelm,Elm,SMB,Silver,,\n"
    ),
    "subscription": (
        "subscription_id,account_id,amount,started_at\ns1,acme,100,2025-01-01\ns2,birch,5000,2025-01-01\n"
        "s3,cedar,7,2025-01-01\ns4,dale,9,2025-01-01\ns5,elm,3,2026-10-20\n"
    ),
    "assignment": (
        "account_id,csm_id,pool,valid_from,share\nacme,ada,,2025-01-01,\nbirch,ada,,2025-01-01,0.5\nbirch,ben,,2025-01-01,0.5\n"
        "cedar,gone,,2025-01-01,\ncedar,zoe,,2026-12-24,\ndale,,digital,2025-01-01,\n"
    ),
    "absence": "csm_id,from,to,kind,cover_csm_id\nben,2026-11-16,2026-11-30,sick,\n",
    "touchpoint": (
        "touchpoint_id,account_id,csm_id,channel,direction,occurred_at,minutes,is_automated\n"
        "t1,acme,ada,call,both,2026-11-02T10:00,60,\nt2,acme,ada,call,both,2026-10-02T10:00,,\nt3,acme,zoe,meeting,both,2026-09-01T10:00,90,\n"
        "t4,acme,ada,email,out,2026-11-10T10:00,5,true\nt5,acme,ada,call,both,2026-01-01T10:00,600,\n"
    ),
    "milestone": (
        "account_id,kind,started_at,due_at,completed_at\nacme,kickoff,2026-10-01,2026-10-20,2026-10-19\nacme,live,2026-10-01,2026-12-01,\n"
    ),
    "person": "person_id,account_id,is_champion\np1,acme,true\n",
    "contract": "contract_id,account_id,started_at,ended_at,value\nc1,acme,2025-01-01,2027-01-01,1200\n",
    "handover_item": (
        "account_id,kind,from_id,to_id,item,due_at,done_at\nelm,sales_to_success,sam,ada,goals,2026-11-01,2026-11-03\n"
        "elm,sales_to_success,sam,ada,contacts,2026-11-01,\n"
    ),
}  # fmt: skip
RULES = """# ours
otherwise = "Silver"
[tiers.Top]
where = [["arr", "greater", 10000], ["metric:mrr", "at_least", 5000]]
contact_days = 10
hours = 8
[tiers.Gold]
where = [["segment", "equals", "SMB"], ["arr", "at_least", 1200]]
contact_days = 30
[workload]
per_contact_hour = 1
"""


@pytest.fixture
def told(bench: Bench) -> Bench:
    made = loaded(bench, FILES)
    (made.home / "portfolio.toml").write_text(RULES)
    return made


def test_hours_are_out_of_the_rows_that_tell_of_an_account(told):
    assert date(2026, 11, 21) == TODAY
    found = told.workspace().workload()
    acme = found.accounts["acme"]
    # The call without minutes lasts as long as calls do on average: 60. The automated mail and the call of January do not count.
    assert (acme.minutes, acme.guessed, acme.contacts, acme.projects, acme.champion) == (210, 60, 2, 1, True)
    assert (acme.last_contact, acme.owned_since, acme.renewal) == (
        date(2026, 11, 2),
        date(2025, 1, 1),
        date(2027, 1, 1),
    )
    # 3 as usual, 2 for going live, 3 for the renewal; 210 minutes in 182 days are 0.59 h a month: half of the way from 3.
    assert [(part.kind, part.hours) for part in found.hours["acme"].parts] == [
        ("usual", 3), ("projects", 2), ("renewal", 3), ("history", Decimal("-1.21")),
    ]  # fmt: skip
    assert (found.accounts["elm"].owner, found.accounts["elm"].history) == ("", 32)
    assert found.accounts["dale"].pool == "digital"
    assert found.accounts["cedar"].planned == date(2026, 12, 24)
    held = {one.person: one for one in found.held}
    assert set(held) == {"ada", "ben", "gone", "mona", "zoe"}
    assert [held[name].accounts for name in ("ada", "ben", "gone", "zoe")] == [2, 1, 1, 0]
    assert held["ada"].hours == found.hours["acme"].hours + found.hours["birch"].hours / 2
    assert held["gone"].load is None
    # Half of 120 hours; of 20 working days from the 21st on 5 are away.
    assert held["ben"].capacity == 45
    # Of those 20 days one is a holiday where Zoe works, and none where Ada does; Ben names no schedule, and there are two.
    assert (held["zoe"].capacity, held["ada"].capacity) == (114, 120)
    assert sum(one.hours for one in found.held) + found.unheld == sum(one.hours for one in found.hours.values())


def test_what_is_told_of_a_merged_account_counts_for_whom_it_was_merged_into_last(told):
    told.load("account", "account_id,name,merged_into,valid_from\nold,Old,birch,\nold,Old,acme,2026-06-01\n")
    told.load(
        "touchpoint", "touchpoint_id,account_id,csm_id,channel,direction,occurred_at\nt9,old,ada,call,both,2026-11-03\n"
    )
    found = told.workspace().workload().accounts
    assert (found["acme"].contacts, found["birch"].contacts) == (3, 0)


def test_a_narrow_scope_sees_its_own_people_and_accounts(told):
    sight = told.workspace().seen_by(Scope(("ben",)))
    found = sight.workload()
    assert [one.person for one in found.held] == ["ben"]
    assert set(found.accounts) == {"birch"}
    assert {one.kind for one in sight.coverage().lacks} == {"several_owners", "no_contact"}
    assert sight.balance().plan.moves == ()
    assert sight.handovers().handovers == ()
    with pytest.raises(UsageError, match="for all accounts"):
        sight.save_portfolio(RULES, by="ben")


def test_lacks_go_by_the_days_of_levels_and_the_agenda_by_the_same(told):
    workspace = told.workspace()
    found = workspace.coverage()
    lacks = {(one.account, one.kind) for one in found.lacks}
    assert lacks == {
        ("elm", "no_owner"), ("cedar", "owner_left"), ("birch", "several_owners"), ("birch", "no_contact"), ("cedar", "no_contact"),
        ("dale", "no_contact"),
    }  # fmt: skip
    (told.home / "agenda.toml").write_text('[cadence]\n"Gold" = 5\n')
    (acme,) = [one for one in workspace.coverage().lacks if one.account == "acme"]
    assert (acme.kind, acme.days, acme.allowed) == ("no_contact", 19, 5), "agenda.toml goes before"


def test_rules_are_looked_at_saved_under_their_version_and_applied_from_now_on(told):
    workspace = told.workspace()
    found = workspace.place_tiers()
    # Acme pays 1,200 and is Gold; Birch pays 60,000 a year and comes to the top; the others stay Silver.
    told_of = {one.name: (one.matches, one.accounts, one.arr, one.comes, one.goes) for one in found.placed.levels}
    assert told_of == {"Top": (1, 1, 60_000, 1, 0), "Gold": (1, 1, 1_200, 0, 0), "Silver": (3, 3, 228, 0, 0)}
    assert [(one.account, one.before, one.after) for one in found.placed.shifts] == [("birch", None, "Top")]
    before = workspace.portfolio().version
    text = RULES.replace('"arr", "at_least", 1200', '"arr", "at_least", 2000')
    saved = workspace.save_portfolio(text, by="user 1", over=before)
    assert (told.home / "portfolio.toml").read_text() == text, "word for word, with its comments"
    assert (saved.before, saved.version) == (before, workspace.portfolio().version)
    assert {(one.version, one.by) for one in workspace.portfolio_versions()} == {
        (before, "tenure"),
        (saved.version, "user 1"),
    }
    with pytest.raises(UsageError, match="by now"):
        workspace.save_portfolio(RULES, by="user 1", over=before)
    shifts = workspace.place_tiers().placed.shifts
    workspace.amend("tier", [(one.account, one.after) for one in shifts], by="user 1", message_id="m1")
    told.now += timedelta(minutes=1)
    rows = {row["account_id"]: row["tier"] for row in workspace.rows("accounts", columns=("account_id", "tier")).rows}
    assert rows == {"acme": "Silver", "birch": "Top", "cedar": "Silver", "dale": "Silver", "elm": "Silver"}
    assert workspace.place_tiers().placed.shifts == ()


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ('[["aar", "at_least", 1]]', "aar"), ('[["arr", "over", 1]]', "over"), ('[["metric:nothing", "at_least", 1]]', "nothing"),
        ('[["metric:mrr", "contains", 1]]', "nothing is asked by contains"), ('[["metric:response_time", "less", 1]]', "no sum over accounts"),
    ],
)  # fmt: skip
def test_what_rules_name_must_be_there(told, where, message):
    with pytest.raises(UsageError, match=message) as refused:
        told.workspace().save_portfolio(f"[tiers.A]\nwhere = {where}\n", by="user 1")
    assert refused.value.where == "portfolio.toml:2:tiers.A.where"
    assert (told.home / "portfolio.toml").read_text() == RULES


def test_whoever_hands_over_goes_by_the_name_of_now(told):
    told.load("csm", "csm_id,name,valid_from\nsam,Aaron,\nsam,Zed,2026-06-01\nsam,Abel,2027-01-01\n")
    assert told.workspace().handovers().people == {"ada": "Ada", "sam": "Zed"}


def test_hand_overs_from_sales_with_their_lateness(told):
    found = told.workspace().handovers()
    (elm,) = found.handovers
    assert [(one.item, one.state, one.late_by) for one in elm.items] == [("contacts", "late", 20), ("goals", "done", 2)]
    assert [(one.person, one.accounts, one.complete, one.items, one.done, one.on_time) for one in found.givers] == [
        ("sam", 1, 0, 2, 1, 0)
    ]
    with pytest.raises(UsageError, match="no time to look back"):
        told.workspace().handovers(days=0)


def test_whoever_took_over_and_says_that_it_is_done_handed_nothing_over(told):
    row = {
        "account_id": "elm",
        "kind": "sales_to_success",
        "from_id": "ada",
        "to_id": "ada",
        "item": "promises",
        "done_at": "2026-11-03T08:00:00Z",
    }
    told.workspace().record("handover_item", [row], by="ada", message_id="done")
    told.now += timedelta(minutes=1)
    found = told.workspace().handovers()
    assert [(one.item, one.done) for one in found.handovers[0].items][-1] == ("promises", date(2026, 11, 3))
    assert [one.person for one in found.givers] == ["sam"]


def test_a_headcount_is_out_of_the_figures_that_everybody_reads(told):
    found = told.workspace().headcount()
    assert found.outlook.history >= 6
    assert len(found.outlook.months) == 12
    assert {(one.kind, one.name): one.unfit for one in found.shortages}["language", "sv"] == 1


def test_of_customers_to_come_as_many_go_to_pools_as_of_those_of_now(told, monkeypatch):
    """4 of 5 customers are owned: of 5 won a month 4 are."""
    past = [Past(date(2026, 10, 1), 5, 5.0, 0, 0.0, 0.0)]
    monkeypatch.setattr("tenure.engine.grown.grown", lambda *_: past)
    assert [one.accounts.value for one in told.workspace().headcount().outlook.months[:2]] == [8, 12]


def test_hours_of_whoever_is_no_csm_count_where_she_has_accounts(told):
    """Mona, Ada and Zoe have 120 hours, Ben half of that. Of the two who are managers now, Ada has accounts."""
    assert told.workspace().headcount().outlook.months[1].capacity == 420
    rows = [
        {"csm_id": name, "name": name, "fte": 1, "role": "manager", "valid_from": "2020-01-01"}
        for name in ("ada", "mona")
    ]
    told.workspace().record("csm", rows, by="x", message_id="roles")
    told.now += timedelta(minutes=1)
    assert told.workspace().headcount().outlook.months[1].capacity == 300
