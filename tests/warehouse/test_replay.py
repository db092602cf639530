"""The warehouse as only some batches tell it."""

from __future__ import annotations

from datetime import datetime

import pytest

from tenure.warehouse.replay import Known, Later, replay, told_after
from tenure.warehouse.versions import derive
from tests.warehouse.files import Workspace

FAR = datetime(9999, 12, 31)
APRIL, MAY, JUNE = datetime(2025, 4, 1), datetime(2025, 5, 1), datetime(2025, 6, 1)
LINE = "subscription_id,account_id,amount,started_at"
GROSS = {"payment_id": "payment_id", "invoice_id": "invoice_id", "amount": "gross", "paid_at": "paid_at"}
KNOWN = """
    SELECT 'tier ' || tier FROM account_version WHERE known_to = TIMESTAMP '9999-12-31' AND tier IS NOT NULL UNION ALL
    SELECT subscription_id || ' ' || amount::INTEGER FROM subscription_version WHERE known_to = TIMESTAMP '9999-12-31'
    UNION ALL SELECT payment_id FROM payment_version WHERE known_to = TIMESTAMP '9999-12-31'
    UNION ALL SELECT csm_id || ' ' || account_id FROM assignment_version WHERE known_to = TIMESTAMP '9999-12-31'
    UNION ALL SELECT currency || ' ' || rate::INTEGER FROM exchange_rate_version
    WHERE known_to = TIMESTAMP '9999-12-31' ORDER BY 1"""


@pytest.fixture
def told(workspace: Workspace) -> Workspace:
    """Five batches, and eleven more of every kind after them."""
    load = workspace.load
    load("account", ["account_id,name,tier", "A-1,One,gold", "A-2,Two,"])
    load("subscription", [LINE, "s1,A-1,10,2024-01-01", "s2,A-2,20,2024-01-01", "s3,A-2,30,2024-01-01"])
    load("payment", ["payment_id,invoice_id,amount,paid_at", "p1,i1,5,2025-01-01"])
    second = ["payment_id,invoice_id,amount,paid_at,gross", "p2,i1,5,2025-01-01,6"]
    load("payment", second, map_hash="wrong")
    load("exchange_rate", ["currency,date,rate", "USD,2024-01-01,1"])
    load("account", ["account_id,name,tier", "A-1,One,silver"], now=APRIL)
    load("account", ["account_id,name,tier", "A-3,Three,new"], now=APRIL)
    load("assignment", ["account_id,csm_id,valid_from", "A-1,ada,2024-01-01", "A-3,ben,2024-01-01"], now=APRIL)
    load("subscription", [LINE, "s1,A-1,11,2024-01-01", "s4,A-3,40,2024-01-01"], now=APRIL)
    load("payment", ["payment_id,invoice_id,amount,paid_at", "p3,i1,5,2025-01-01"], now=APRIL)
    load("payment", second, map_hash="right", now=MAY, columns=GROSS)
    load("retraction", ["table_name,key,at,reason", 'subscription,"[""s3""]",2025-05-01,mistake'], now=MAY)
    load("exchange_rate", ["currency,date,rate", "USD,2024-01-01,2"], now=MAY)
    derive(workspace.store.con, "UTC")
    return workspace


def known(told: Workspace, *later: Later, last: int = 5) -> list[str]:
    with replay(told.store, "UTC", Known(last, frozenset(later))) as found:
        return [row[0] for row in found.rows(KNOWN)]


CLOSED = ["USD 1", "p1", "p2", "s1 10", "s2 20", "s3 30", "tier gold"]


def test_rows_of_later_batches_do_not_exist_and_retractions_have_not_happened(told: Workspace) -> None:
    assert known(told) == CLOSED
    with replay(told.store, "UTC", Known(5)) as found:
        assert found.rows("SELECT count(*), max(known_to) FROM subscription_version") == [(3, FAR)]
        assert found.rows("SELECT count(*) FROM batch WHERE retracted_by IS NOT NULL") == [(0,)]
    assert told.rows("SELECT count(*) FROM batch WHERE retracted_by IS NOT NULL") == [(1,)]


def test_each_kind_of_later_rows_comes_after_the_other(told: Workspace) -> None:
    kinds = list(Later)
    assert known(told, *kinds[:1]) == [
        "USD 1", "ben A-3", "p1", "p2", "p2", "p3", "s1 10", "s2 20", "s3 30", "s4 40", "tier gold", "tier new",
    ]  # fmt: skip
    assert known(told, *kinds[:2]) == [
        "USD 1", "ben A-3", "p1", "p2", "p3", "s1 11", "s2 20", "s4 40", "tier gold", "tier new",
    ]  # fmt: skip
    owned = ["USD 1", "ada A-1", "ben A-3", "p1", "p2", "p3", "s1 11", "s2 20", "s4 40", "tier new", "tier silver"]
    assert known(told, *kinds[:3]) == owned
    assert known(told, *kinds) == ["USD 2", *owned[1:]]
    assert known(told, *kinds) == [row[0] for row in told.rows(KNOWN)]


def test_what_was_told_since_is_counted_by_kind(told: Workspace) -> None:
    assert told_after(told.store, 5, ["account", "subscription", "payment", "assignment", "exchange_rate", "csm"]) == {
        "account": {Later.FACTS: 1, Later.OWNERSHIP: 1},
        "assignment": {Later.FACTS: 1, Later.OWNERSHIP: 1},
        "subscription": {Later.FACTS: 1, Later.CORRECTIONS: 2},
        "payment": {Later.FACTS: 2, Later.CORRECTIONS: 1},
        "exchange_rate": {Later.RATES: 1},
    }


def test_a_batch_that_was_taken_back_again_tells_nothing(workspace: Workspace) -> None:
    workspace.load("account", ["account_id,name", "A-1,One"])
    lines = ["account_id,name,title", "A-2,Tow,Two"]
    workspace.load("account", lines, now=APRIL, map_hash="wrong")
    workspace.load("account", lines, now=MAY, map_hash="right", columns={"account_id": "account_id", "name": "title"})
    derive(workspace.store.con, "UTC")
    assert told_after(workspace.store, 1, ["account"]) == {"account": {Later.FACTS: 1}}
    with replay(workspace.store, "UTC", Known(2), ["account"]) as found:
        assert found.rows("SELECT name FROM account_version ORDER BY 1") == [("One",), ("Tow",)]


def test_the_warehouse_is_left_as_it_was(told: Workspace) -> None:
    before = told.rows("SELECT database_name, schema_name, table_name FROM duckdb_tables() ORDER BY ALL")
    with pytest.raises(RuntimeError, match="stop"), replay(told.store, "UTC", Known(5)):
        raise RuntimeError("stop")
    assert told.rows("SELECT database_name, schema_name, table_name FROM duckdb_tables() ORDER BY ALL") == before
