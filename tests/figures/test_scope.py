"""Through a scope one sees the accounts that its owners own now, and nothing of any other."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.figures.scope import EVERYTHING, Scope
from tests.metrics.voice.surveys import nps
from tests.oracle.company import GROUNDS, companies, told
from tests.oracle.test_money import SMALL
from tests.world import ACME, ADA, BEN, BIRCH, CEDAR, World

MINE = Scope((ADA,))
THEIRS = Scope((BEN,))


def world() -> World:
    """Acme is Ada's, Birch was hers and is Ben's, Cedar is both's, Dogwood nobody's."""
    found = World()
    for name, amount in ((ACME, 100), (BIRCH, 50), (CEDAR, 7), ("dogwood", 1)):
        found.account(name, segment="SMB").pays(name, amount, "2025-01-01")
    found.owns(ADA, ACME).owns(ADA, BIRCH).owns(BEN, BIRCH, "2026-05-01")
    return found.owns(ADA, CEDAR, share="0.25").owns(BEN, CEDAR, share="0.75")


def mrr(told: World, scope: Scope, **more: Any) -> Decimal | None:
    return told.value("mrr", "2026-03", scope=scope, **more)


@pytest.mark.parametrize(
    ("owners", "seen"),
    [((ADA,), 107), ((BEN,), 57), ((ADA, BEN), 157), ((), 0), (("nobody",), 0), (("'; DROP TABLE seen; --",), 0)],
)
def test_it_holds_what_its_owners_own_now_whatever_the_share(owners, seen):
    assert mrr(world(), Scope(owners)) == seen


def test_everything_holds_what_nobody_owns_too():
    assert mrr(world(), EVERYTHING) == 158


def test_who_owned_it_then_and_who_will_own_it_see_nothing():
    told = world().owns(ADA, "dogwood", "2026-07-02").owns(BEN, ACME, "2025-01-01", valid_to="2025-02-01")
    assert [mrr(told, scope) for scope in (MINE, THEIRS)] == [7, 57], "Acme's last owner has gone"
    assert mrr(told, THEIRS, as_of="2026-03-15") == 57, "who sees is asked today, whatever day is looked at"


def test_slices_filters_and_rows_stay_inside():
    told = world()
    figures = told.ask("mrr", "2026-03", by=("owner",), scope=THEIRS)
    assert {f.slice["owner"]: f.value for f in figures} == {ADA: Decimal("51.75"), BEN: Decimal("5.25")}
    assert mrr(told, THEIRS, where=(("owner", ADA), ("segment", "SMB"))) == Decimal("51.75")
    rows = told.rows("mrr", "2026-03", scope=THEIRS)
    assert Counter(row["account_id"] for row in rows) == {BIRCH: 1, CEDAR: 1}


def test_transfers_of_others_are_not_seen():
    told = world().account("elm").pays("elm", 9, "2025-01-01").owns(ADA, "elm").owns(BEN, "elm", "2026-05-10")
    for scope, moved in (MINE, {}), (THEIRS, {(ADA, "transfer_out"): -9, (BEN, "transfer_in"): 9}):
        figures = told.ask("mrr_movements", "2026-05", by=("owner",), scope=scope)
        found = {(f.slice["owner"], f.slice["kind"]): f.value for f in figures if "transfer" in f.slice["kind"]}
        assert found == moved


def test_a_merged_account_is_seen_by_who_owns_its_survivor():
    told = World().account(ACME).account(BIRCH, merged_into=ACME).pays(BIRCH, 50, "2025-01-01")
    told.owns(ADA, ACME).owns(BEN, BIRCH)
    assert [mrr(told, scope) for scope in (MINE, THEIRS)] == [50, 0]


def test_a_family_is_seen_as_one_only_where_all_of_it_is_seen():
    told = world().account("child", parent_id=ACME).pays("child", 5, "2025-01-01")
    whole = {"variant": ("parent",)}
    assert mrr(told, MINE, **whole) == 7, "Acme's child has no owner"
    assert mrr(told.owns(BEN, "child"), MINE, **whole) == 7
    assert mrr(told, Scope((ADA, BEN)), **whole) == 162
    assert mrr(told, MINE) == 107


def test_a_row_without_an_account_is_only_seen_with_everything():
    told = world().add("survey_answer", nps(9), nps(1, account_id=ACME), nps(9, account_id=BIRCH))
    asked = {scope: told.ask("net_promoter_score", "2026-03", scope=scope)[0] for scope in (EVERYTHING, MINE, THEIRS)}
    assert {scope: (f.n, f.value) for scope, f in asked.items()} == {
        EVERYTHING: (3, pytest.approx(Decimal(100) / 3)), MINE: (1, -100), THEIRS: (1, 100),
    }  # fmt: skip
    assert [row["account_id"] for row in told.rows("net_promoter_score", "2026-03", scope=THEIRS)] == [BIRCH]


def test_a_doubtful_owner_holds_what_is_narrowed_by_him():
    told = world()
    assert "fact_stint" in _tables(told, MINE)
    assert "fact_stint" not in _tables(told, EVERYTHING)


def _tables(told: World, scope: Scope) -> tuple[str, ...]:
    from tenure.figures import kept

    return kept.plan(told._request("mrr", "2026-03", "", scope=scope).question, told.ground(), told.settings).tables


# Anonymity


def _answers(**by_owner: int) -> World:
    """So many anonymous answers of the accounts of each owner; who is called ``named`` gave his name."""
    told = World()
    for owner, count in by_owner.items():
        told.account(owner).owns(owner, owner)
        told.add(
            "survey_answer", *(nps(9, account_id=owner, is_anonymous=owner != "named", theme="x") for _ in range(count))
        )
    return told


def _shown(told: World, *owners: str, **more: Any) -> bool:
    (figure,) = told.ask("net_promoter_score", "2026-03", scope=Scope(owners), **more)
    return str(figure.status) != "suppressed"


def test_a_scope_of_few_anonymous_answers_is_suppressed():
    told = _answers(few=4, many=9)
    assert not _shown(told, "few")
    assert _shown(told, "few", "many")


def test_a_scope_cannot_tell_by_what_it_lacks():
    told = _answers(few=4, named=3, many=9)
    assert _shown(told, "many")
    assert not _shown(told, "named"), "the total less many and named would be few"
    assert not _shown(told, "many", "named"), "which the total would tell"
    assert _shown(told, "few", "named", "many")
    assert _shown(told, "few", "named"), "7 answers, which the total less many tells as well"


def test_no_two_scopes_differ_by_some_of_what_is_hidden():
    told = _answers(a=1, b=3, c=3, big=9)
    assert _shown(told, "big")
    assert _shown(told, "a", "b", "c")
    assert _shown(told, "a", "b", "c", "big")
    assert not any(
        _shown(told, *some) for some in (("b", "c"), ("a", "b"), ("a", "c"), ("b", "c", "big"), ("a", "big"))
    )
    assert not _shown(told, "b", "c", "big", where=(("theme", "x"),)), "a filter changes nothing"


# Properties


def _apart(company):
    """The company with every account owned by one of two teams that share none, at every moment."""
    owned = [
        row | {"csm_id": f"{row['csm_id']}{int(row['account_id'][1:]) % 2}", "valid_to": None}
        for row in company["assignment"]
    ]
    base = [
        {"account_id": name, "csm_id": f"eve{int(name[1:]) % 2}", "valid_from": "2000-01-01"}
        for name in dict.fromkeys(row["account_id"] for row in company["account"])
    ]
    return company | {"assignment": [*base, *owned]}


TEAMS = [Scope((f"ada{n}", f"ben{n}", f"eve{n}")) for n in (0, 1)]
ADDITIVE = ("mrr", "mrr_movements", "customer_retention_rate", "net_revenue_retention", "expansion_revenue")


@SMALL
@given(company=companies(credit=False), ground=st.sampled_from(GROUNDS))
def test_scopes_that_share_no_account_add_up_and_each_is_as_if_it_were_alone(company, ground):
    company = _apart(company)
    whole = told(company, ground)
    for metric in ADDITIVE:
        parts = Counter()
        for scope in TEAMS:
            parts.update(_parts(whole, metric, scope))
        assert {k: v for k, v in parts.items() if v} == {k: v for k, v in _parts(whole, metric).items() if v}, metric
    for scope in TEAMS:
        alone = told(_only(company, _seen(whole, scope)), ground)
        for metric in ADDITIVE:
            assert _parts(whole, metric, scope) == _parts(alone, metric), (metric, scope)
            assert _rows(whole, metric, scope) == _rows(alone, metric), (metric, scope)


def _parts(world, metric, scope=EVERYTHING):
    figures = world.ask(metric, "2026-01", "2026-04", by=("segment",), scope=scope)
    found = {}
    for f in figures:
        key = (f.period_start, *f.slice.items())
        found[*key, "numerator"] = f.numerator or 0
        found[*key, "denominator"] = f.denominator or 0
    return {key: value for key, value in found.items() if value}


def _rows(world, metric, scope=EVERYTHING):
    rows = world.rows(metric, "2026-01", "2026-04", scope=scope)
    return Counter(tuple(sorted((k, str(v)) for k, v in row.items() if k != "stint_id")) for row in rows)


def _seen(world, scope):
    reader = world.reader()
    reader.look(scope, world.now, "seen")
    return {row[0] for row in reader.run("SELECT account_id FROM seen")[1]}


def _only(company, accounts):
    return {table: [row for row in rows if row["account_id"] in accounts] for table, rows in company.items()}
