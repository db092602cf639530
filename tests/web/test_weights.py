"""Trying other weights of the health score: what would change, who may put it in force, and a file that stays as it was."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from tenure.core.errors import UsageError
from tenure.web.access.roles import Role
from tenure.web.scorelab.edited import edited, knobs, numbers
from tests.web.company import owners, text_of

TEXT = """# ours
definition = "How well" # a word
minimum_days = 3
bands = { good = 70, fair = 45 }

[components.use]
metric = "active_usage_rate"
days = 28
curve = [[0, 0], [1, 100]]
weight = 20 # twice

[components."csm pulse"]
judgement = "csm_pulse"
days = 120
curve = [[1, 0], [5, 100]]
weight = 2.5

[segments.enterprise]
use = 7
"""


def test_only_the_numbers_that_were_turned_change_in_the_text():
    of = knobs(TEXT)
    assert [(knob.name, knob.value) for knob in of] == [
        ("weight-use", 20), ("weight-csm pulse", Decimal("2.5")), ("good", 70), ("fair", 45),
    ]  # fmt: skip
    assert edited(TEXT, of, numbers(of, {})) == TEXT
    other = edited(TEXT, of, numbers(of, {"weight-use": "12.5", "weight-csm pulse": "0", "good": ""}))
    assert other == TEXT.replace("weight = 20 #", "weight = 12.5 #").replace("weight = 2.5", "weight = 0")
    with pytest.raises(UsageError, match=r"bands\.good"):
        edited(TEXT, of, numbers(of, {"good": "80"}))  # it stands in a table within a line
    for wrong in ("x", "-1", "nan", "1e99"):
        with pytest.raises(UsageError, match="Use is no number"):
            numbers(of, {"weight-use": wrong})


def test_the_lab_shows_what_changes_and_saves_only_what_was_looked_at(company, somebody, as_):
    client = as_(somebody(Role.OPERATIONS))
    model = company.health_model().text
    assert "This is the model in force" in text_of(client, "/score-lab/weights/")
    page = text_of(client, "/score-lab/weights/?weight-use=0&good=60")
    preview = company.preview(model.replace("weight = 20", "weight = 0").replace("good = 70", "good = 60"))
    assert f"{preview.changed} of {preview.accounts} customers would be in another band." in page
    assert {flip.account_id for flip in preview.flips} == set(re.findall(r'href="/accounts/([^"/?]+)/"', page))
    assert "fair begins above" in text_of(client, "/score-lab/weights/?fair=90")
    given = {"weight-use": "0", "good": "60", "over": preview.version}
    refused = client.post("/score-lab/weights/save/", given)
    assert refused.status_code == 422
    assert "Nothing was saved" in refused.content.decode()
    assert company.health_model().text == model
    assert client.post("/score-lab/weights/save/", given | {"seen": "yes", "over": "another"}).status_code == 400
    assert company.health_model().text == model
    saved = client.post("/score-lab/weights/save/", given | {"seen": "yes"})
    assert (saved.status_code, saved["Location"]) == (302, "/score-lab/")
    assert company.health_model().text == model.replace("weight = 20", "weight = 0").replace("good = 70", "good = 60")


def test_who_leads_a_team_sees_its_accounts_and_saves_nothing(company, somebody, as_):
    books = owners(company)
    busiest = max(books, key=lambda name: len(books[name]))
    client = as_(somebody(Role.MANAGER, csm_id=busiest))
    mine = {row["account_id"] for row in company.rows("accounts", where=[("owner", "equals", busiest)], limit=500).rows}
    page = text_of(client, "/score-lab/weights/?weight-use=0&good=60")
    reports_to_her = {row["csm_id"] for row in company.every("csm") if row["manager_id"] == busiest}
    if not reports_to_her:
        assert set(re.findall(r'href="/accounts/([^"/?]+)/"', page)) <= mine
    assert "Put in force" not in page
    assert client.post("/score-lab/weights/save/", {"good": "60", "seen": "yes"}).status_code == 403
