"""Settings that are put in force by a verb: what is written, who may, and what the audit log says of it."""

from __future__ import annotations

import json
from datetime import date

import pytest

from tenure.core.config import FILE
from tenure.core.errors import UsageError
from tenure.core.newconfig import rewritten
from tenure.engine import Scope, audit
from tests.engine.conftest import Bench, loaded

LINES = "subscription_id,account_id,amount,started_at\ns1,acme,100,2025-01-01\n"


@pytest.fixture
def told(bench: Bench) -> Bench:
    return loaded(bench, {"subscription": LINES})


def test_settings_are_written_noted_with_both_values_and_figures_follow(told: Bench) -> None:
    workspace = told.workspace()
    text, version = workspace.settings_file()
    assert workspace.show("mrr", grain="quarter")[-1].period_start == date(2026, 7, 1)
    other = rewritten(text, {"currency": "GBP", "fiscal_year_start": 2})
    saved = workspace.save_settings(other, by="user 1", over=version)
    assert saved.changed == ("currency", "fiscal_year_start")
    assert workspace.settings_file() == (other, saved.version)
    assert workspace.settings().currency == "GBP"
    assert workspace.show("mrr", grain="quarter")[-1].period_start == date(2026, 8, 1)
    (entry, *_older), _count = audit.entries(told.home, audit.Asked(act="settings_changed"), 5)
    detail = json.loads(entry.detail)
    assert detail["values"] == {"currency": ["EUR", "GBP"], "fiscal_year_start": [1, 2]}
    assert (detail["before"], detail["after"]) == (version, saved.version)
    workspace.rows("account")
    assert audit.entries(told.home, audit.Asked(act="settings_changed"), 5)[1] == 1, (
        "what a verb writes is not found again"
    )


def test_what_is_wrong_outdated_or_not_ones_own_is_refused(told: Bench) -> None:
    workspace = told.workspace()
    text, version = workspace.settings_file()
    with pytest.raises(UsageError, match=r"figures\.small_n is -1"):
        workspace.save_settings(rewritten(text, {"figures.small_n": -1}), by="user 1", over=version)
    workspace.save_settings(rewritten(text, {"figures.small_n": 2}), by="user 1", over=version)
    with pytest.raises(UsageError) as late:
        workspace.save_settings(rewritten(text, {"figures.small_n": 9}), by="user 2", over=version)
    assert late.value.code == "changed_meanwhile"
    with pytest.raises(UsageError) as narrow:
        workspace.seen_by(Scope(("ada",))).save_settings(text, by="user 3")
    assert narrow.value.code == "out_of_scope"
    assert "small_n = 2" in (told.home / FILE).read_text()
