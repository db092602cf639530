"""What Tenure found out, written to a vendor: only what changed, only to its own accounts, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tenure.core.errors import UsageError
from tenure.engine.sync import configured
from tenure.engine.sync.pull import passes
from tenure.engine.sync.writing import Wrote, write
from tenure.sources.fetching.pulled import Pulled
from tests.sources.hubspot.mock import TOKEN, Portal
from tests.sources.salesforce.mock import CLIENT, Organisation
from tests.sources.vendor_server import Answer, Time, add_source, served

NOW = datetime(2026, 7, 15, 12, tzinfo=UTC)
ROWS: list[dict[str, Any]] = [
    {"account_id": "9", "health": Decimal("71.46"), "health_band": "good", "churn_risk_90": Decimal("0.03128"), "owner": "8"},
    {"account_id": "10", "health": None, "health_band": None, "churn_risk_90": None, "owner": "7"},
    {"account_id": "elsewhere", "health": Decimal(50), "health_band": "fair", "churn_risk_90": Decimal("0.2"), "owner": "7"},
]  # fmt: skip


@dataclass
class Accounts:
    """The list of accounts, as the verb gives it."""

    rows: list[dict[str, Any]] = field(default_factory=lambda: [dict(row) for row in ROWS])

    def call(self, verb: str, request: Any) -> Any:
        assert (verb, request.name) == ("rows", "accounts")
        return Page(self.rows, len(self.rows))


@dataclass(frozen=True)
class Page:
    rows: list[dict[str, Any]]
    total: int


@pytest.fixture
def portal() -> Portal:
    found = Portal()
    for key in ("9", "10"):
        found.put("companies", key, "2026-06-01T00:00:00Z", name=key)
    return found


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def _fetched(home: Path, name: str, time: Time) -> configured.Configured:
    source = configured.one(home, name)
    with Pulled.open(home, name) as pulled:
        passes(home, source, pulled, time.means, lambda *_: None)
    return source


@pytest.fixture
def hub(home: Path, portal: Portal) -> Iterator[tuple[configured.Configured, Time, Any]]:
    with served(portal.answer) as server:
        time = Time(NOW)
        add_source(home, server, "hubspot", {"token": TOKEN}, write={"health": "tenure_health", "risk": "tenure_risk"})
        yield _fetched(home, "hubspot", time), time, server


def test_only_what_changed_is_written_and_only_to_its_own_accounts(home: Path, portal: Portal, hub: Any) -> None:
    source, time, server = hub
    accounts = Accounts()
    assert write(home, source, time.means, accounts.call) == Wrote("hubspot", 1)
    told = portal.found["companies"]["9"]["properties"]
    assert (told["tenure_health"], told["tenure_risk"]) == ("71.5", "0.0313")
    assert "tenure_health" not in portal.found["companies"]["10"]["properties"]  # nothing is known of it
    before = len(server.asked)
    assert write(home, source, time.means, accounts.call).written == 0
    assert len(server.asked) == before
    accounts.rows[0] |= {
        "health": None,
        "churn_risk_90": Decimal("0.03131"),
    }  # the risk is as it was, but for what nobody sees
    assert write(home, source, time.means, accounts.call).written == 1
    assert portal.found["companies"]["9"]["properties"]["tenure_health"] == ""


def test_what_was_cut_off_is_written_again_and_what_is_refused_is_said(home: Path, portal: Portal, hub: Any) -> None:
    source, time, server = hub
    server.faults.extend([Answer(429, {}, {"retry-after": "1"}), Answer(0), Answer(502, b"")])
    del portal.found["companies"]["9"]
    done = write(home, source, time.means, Accounts().call)
    assert (done.written, done.refused) == (0, {"9": "Could not get some objects"})
    assert (
        write(home, source, time.means, Accounts().call).refused == {}
    )  # not asked again until there is something new


def test_salesforce_takes_each_record_by_itself(home: Path) -> None:
    organisation = Organisation()
    for key in ("9", "10"):
        organisation.put("Account", key, "2026-06-01T00:00:00.000+0000", Name=key)
    organisation.locked.add("10")
    with served(organisation.answer) as server:
        time = Time(NOW)
        add_source(home, server, "salesforce", CLIENT, options={"domain": "acme.my.salesforce.com"},
                   write={"health": "Health__c", "health_band": "Band__c", "owner": "OwnerId"})  # fmt: skip
        source = _fetched(home, "salesforce", time)
        done = write(home, source, time.means, Accounts().call)
    assert (done.written, done.refused) == (1, {"10": "the record is locked"})
    told = organisation.found["Account"]["9"]
    assert (told["Health__c"], told["Band__c"], told["OwnerId"]) == (71.5, "good", "8")


@pytest.mark.parametrize(
    ("kind", "said", "told"),
    [
        ("stripe", 'health = "x"', "Nothing can be written to stripe"), ("hubspot", 'mood = "x"', "no value called 'mood'"),
        ("hubspot", 'health = "x; y"', "no field's name"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_refused(kind: str, said: str, told: str, home: Path) -> None:
    text = f'[crm]\nkind = "{kind}"\n[crm.write]\n{said}\n'
    (home / configured.FILE).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=told):
        configured.read(home)
