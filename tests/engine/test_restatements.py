"""What changed since January was closed: every line counted by hand."""

# Decimals are compared with whole numbers.
# mypy: disable-error-code="comparison-overlap"

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace as replace_struct

from tenure.core import config
from tenure.core.errors import DataError, UsageError
from tenure.engine import Scope
from tenure.engine import frozen as closes
from tenure.engine.restated import Restatement
from tenure.engine.verbs import verify_close
from tenure.engine.verbs.close import Close
from tenure.engine.verbs.verify_close import Verified, VerifyClose
from tests.engine.conftest import Bench, new_home

JANUARY: dict[str, Any] = {"start": "2026-01", "end": "2026-01"}
CLOSED_AT = datetime(2026, 2, 3, 15)
LINE = "subscription_id,account_id,amount,currency,started_at,ended_at\n"
BEFORE = {
    "account": "account_id,name,segment\nacme,Acme,SMB\nbirch,Birch,ENT\ncedar,Cedar,SMB\n",
    "subscription": f"{LINE}s1,acme,100,EUR,2025-01-01,\ns2,birch,50,EUR,2025-01-01,\ns4,birch,10,USD,2025-01-01,\n"
    "s3,cedar,7,EUR,2026-02-01T00:30:00,\n",
    "exchange_rate": "currency,date,rate\nUSD,2026-01-31,0.9\n",
    "assignment": "account_id,csm_id,valid_from\nacme,ada,2025-01-01\nbirch,ben,2025-01-01\n",
    "contract": "contract_id,account_id,started_at,ended_at,value,outcome,decided_at\n"
    "c1,acme,2025-01-31,2026-01-31,1200,renewed,2026-01-15\nc2,birch,2025-01-31,2026-01-31,600,open,\n",
    "ticket": "ticket_id,account_id,created_at,solved_at\n"
    "t1,acme,2026-01-12 10:00,2026-01-12 11:00\nt2,acme,2026-01-13 10:00,\n",
}
ANSWER = "answer_id,survey,account_id,score,scale_min,scale_max,sent_at,answered_at,is_anonymous\n"
ANSWERS = [f"a{n},nps,acme,9,0,10,2026-01-10,2026-01-11,yes\n" for n in range(8)]
#: Acme pays 20 more than was known, and Dogwood, Ben's, was not known at all.
LATE = {
    "account": "account_id,name,segment\ndogwood,Dogwood,SMB\n",
    "subscription": f"{LINE}s5,acme,20,EUR,2026-01-15,\ns6,dogwood,30,EUR,2026-01-20,\n",
    "assignment": "account_id,csm_id,valid_from\ndogwood,ben,2026-01-20\n",
}


class Told(NamedTuple):
    """The workspace with everything told, and what verifying found before the settings were changed."""

    bench: Bench
    verified: Verified


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """January is closed on 3 February, some hours after it was last looked at. Later it turns out that there was more."""
    bench = Bench(new_home(tmp_path_factory.mktemp("restated") / "home"), now=datetime(2026, 2, 3, 9))
    for table, text in BEFORE.items():
        bench.load(table, text)
    bench.load("survey_answer", ANSWER + "".join(ANSWERS[:4]))
    bench.workspace().show("mrr")
    bench.now = CLOSED_AT
    bench.workspace().call("close", Close("2026-01"))
    bench.now = datetime(2026, 3, 10, 9)
    for table, text in LATE.items():
        bench.load(table, text)
    bench.load("survey_answer", ANSWER + "".join(ANSWERS[4:]))
    bench.load("subscription", f"{LINE}s1,acme,90,EUR,2025-01-01,\n")
    bench.load("assignment", "account_id,csm_id,valid_from\nbirch,ada,2026-01-10\n")
    bench.load("exchange_rate", "currency,date,rate\nUSD,2026-01-31,1.1\n")
    verified = bench.workspace().call("verify_close", VerifyClose("2026-01"))
    path = bench.home / config.FILE
    path.write_text(path.read_text().replace('timezone = "Europe/Berlin"', 'timezone = "UTC"'))
    yield Told(bench, verified)
    for workspace in bench.opened:
        workspace.close()


def lines(found: Restatement) -> list[tuple[str, Decimal]]:
    assert found.reported is not None
    assert found.reported + sum(line.amount for line in found.lines) == found.now
    return [("+".join(line.why), line.amount) for line in found.lines]


def test_each_cause_has_its_line(told: Told) -> None:
    (found,) = told.bench.workspace().restatements("mrr", **JANUARY)
    # 100 + 50 + 10 USD at 0.9; Cedar's 7 begin in February, in Berlin.
    assert (found.reported, found.now, found.change) == (159, 208, 49)
    assert lines(found) == [("settings", 7), ("late_facts", 50), ("corrections", -10), ("exchange_rates", 2)]
    assert [line.rows for line in found.lines] == [None, 2, 1, 1]
    late = found.lines[1].accounts
    assert [(moved.account_id, moved.account, moved.amount) for moved in late] == [
        ("dogwood", "Dogwood", 30), ("acme", "Acme", 20),
    ]  # fmt: skip
    assert found.notes == ('timezone: "Europe/Berlin" then, "UTC" now',)
    assert (found.closed_at, found.slice, found.unit) == (CLOSED_AT.replace(tzinfo=UTC), {}, "money")


def test_what_moves_accounts_between_slices_is_ownership(told: Told) -> None:
    found = {f.slice["owner"]: f for f in told.bench.workspace().restatements("mrr", **JANUARY, by=["owner"])}
    assert {owner: (f.reported, f.now) for owner, f in found.items()} == {
        "ada": (100, 171), "ben": (59, 30), None: (0, 7),
    }  # fmt: skip
    assert lines(found["ada"]) == [("late_facts", 20), ("corrections", -10), ("ownership", 59), ("exchange_rates", 2)]
    assert lines(found["ben"]) == [("late_facts", 30), ("ownership", -59)]
    assert lines(found[None]) == [("settings", 7)]
    (ben,) = told.bench.workspace().restatements("mrr", **JANUARY, where=[("owner", "ben")])
    assert ben == found["ben"]


def test_what_was_open_has_ended_with_time(told: Told) -> None:
    """Of two contracts due one was renewed; the other's grace of 30 days was running, and is over."""
    (found,) = told.bench.workspace().restatements("renewal_rate", **JANUARY)
    assert (found.reported, found.now) == (1, Decimal("0.5"))
    assert lines(found) == [("time", Decimal("-0.5"))]
    (line,) = found.lines
    assert (line.rows, [moved.account_id for moved in line.accounts]) == (1, ["birch"])


def test_through_a_scope_only_its_own_accounts_are_restated(told: Told) -> None:
    """Acme and Birch are Ada's now, so both ends are theirs, whoever had them then."""
    ws = told.bench.workspace()
    sights = [ws.seen_by(Scope((name,))) for name in ("ada", "ben", "nobody")]
    ada, ben, nobody = (sight.restatements("mrr", **JANUARY)[0] for sight in sights)
    assert (ada.reported, ada.now) == (159, 171)
    assert lines(ada) == [("late_facts", 20), ("corrections", -10), ("exchange_rates", 2)]
    assert {moved.account_id for line in ada.lines for moved in line.accounts} == {"acme", "birch"}
    assert (ben.reported, lines(ben)) == (0, [("late_facts", 30)])
    assert (nobody.reported, nobody.now, nobody.lines) == (0, 0, ())
    assert "cannot be narrowed" in ada.notes[0]


def test_what_is_suppressed_at_one_end_stays_so(told: Told) -> None:
    """Four anonymous answers were too few when January was closed, eight are not now; the difference would tell."""
    ws = told.bench.workspace()
    asked = JANUARY | {"window": "period"}
    assert [f.value for f in ws.show("net_promoter_score", **asked)] == [100]
    (found,) = ws.restatements("net_promoter_score", **JANUARY)
    assert (found.status, found.lines, found.reported, found.change) == ("suppressed", (), None, None)


def test_what_is_held_now_has_no_lines(told: Told, tmp_path: Path) -> None:
    home = tmp_path / "held"
    shutil.copytree(told.bench.home, home)
    bench = Bench(home, now=told.bench.now)
    bench.load("subscription", f"{LINE}s9,acme,1,XXX,2026-01-01,\n")
    (found,) = bench.workspace().restatements("mrr", **JANUARY)
    assert (found.status, found.reported, found.now, found.lines) == ("held", 159, None, ())
    bench.workspace().close()


def test_only_closed_periods_and_frozen_slices_are_restated(told: Told) -> None:
    ws = told.bench.workspace()
    assert [f"{f.period_start:%Y-%m}" for f in ws.restatements("mrr", start="2025-12", end="2026-02")] == ["2026-01"]
    with pytest.raises(DataError, match="closed"):
        ws.restatements("mrr", start="2025-12", end="2025-12")
    with pytest.raises(DataError, match="did not freeze"):
        ws.restatements("mrr", **JANUARY, by=["industry"])
    with pytest.raises(UsageError, match="to now"):
        ws.restatements("mrr", **JANUARY, as_of="2026-03-01")


def test_a_close_comes_out_again_whatever_was_learned_since(told: Told) -> None:
    assert told.verified.differing == ()
    assert told.verified.figures > 100
    assert told.verified.closed_at == CLOSED_AT.replace(tzinfo=UTC)


def test_changed_settings_are_told_apart_from_what_cannot_be_explained(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = told.bench.workspace().call("verify_close", VerifyClose("2026-01"))
    assert found.changed_settings == ('timezone: "Europe/Berlin" then, "UTC" now',)
    (mrr,) = (each for each in found.differing if each.metric == "mrr")
    assert mrr.reported is not None
    assert mrr.again is not None
    assert (mrr.why, mrr.reported.value, mrr.again.value) == (("settings",), 159, 166)

    def tampered(home: Path, record: Any) -> closes.Frozen:
        told = closes.content(home, record)
        figures = [replace(f, n=f.n + 1) for f in told.figures if f.metric == "ticket_volume"]
        settings = config.settings_hash(config.read(home))
        return replace_struct(
            told, figures=figures, settings=settings, definitions={"ticket_volume": told.definitions["ticket_volume"]}
        )

    monkeypatch.setattr(verify_close, "content", tampered)
    found = told.bench.workspace().call("verify_close", VerifyClose("2026-01"))
    assert [(each.metric, each.why) for each in found.differing] == [("ticket_volume", ("unexplained",))]
    monkeypatch.setattr(closes, "definitions", lambda _settings: {"ticket_volume": "another"})
    found = told.bench.workspace().call("verify_close", VerifyClose("2026-01"))
    assert [(each.metric, each.why) for each in found.differing] == [("ticket_volume", ("definition",))]


def test_a_period_that_is_not_closed_cannot_be_verified(told: Told) -> None:
    with pytest.raises(DataError, match="not closed"):
        told.bench.workspace().call("verify_close", VerifyClose("2026-02"))
