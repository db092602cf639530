"""Settings, backups and verification on pages: what an operator needs no command line for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tenure.core import config
from tenure.core.config import Settings
from tenure.keeper import backups
from tenure.web.access.roles import Role
from tenure.web.post.models import Job, State
from tenure.web.upkeep.forms import SettingsForm
from tests.web.company import text_of
from tests.web.test_jobs import work

pytestmark = pytest.mark.django_db


def form_of(settings: Settings) -> dict[str, object]:
    """What a browser sends of the form as it stands."""
    fields = SettingsForm(settings).fields.items()
    given = {name: "" if (value := field.initial) is None else value for name, field in fields}
    return {name: "on" if value is True else value for name, value in given.items() if value is not False}


def test_settings_are_changed_after_a_look_at_what_changes(home, as_, somebody):
    olga = as_(somebody(Role.OPERATIONS, name="Olga"))
    assert as_(somebody(Role.EXECUTIVE)).get("/settings/").status_code == 403
    page = text_of(olga, "/settings/")
    over = re.search(r'name="over" value="(\w+)"', page)[1]
    as_it_is = {**form_of(config.read(home)), "over": over}
    assert olga.post("/settings/", as_it_is)["Location"] == "/settings/"
    assert "that is what holds already" in text_of(olga, "/settings/")
    other = {**as_it_is, "currency": "USD", "customers.include_trials": "on", "budget_rates": "EUR = 1.10\nGBP = 1.3"}
    looked = olga.post("/settings/", other).content.decode()
    assert "This would change" in looked
    assert all(f"<code>{name}</code>" in looked for name in ("currency", "customers.include_trials", "budget_rates"))
    assert config.read(home).currency == "EUR", "looking changes nothing"
    assert olga.post("/settings/", {**other, "save": "yes"}).status_code == 302
    now = config.read(home)
    assert (now.currency, now.customers.include_trials, sorted(now.budget_rates)) == ("USD", True, ["EUR", "GBP"])
    assert "# Default: " in (home / "tenure.toml").read_text(), "what explains the keys stays"
    late = olga.post("/settings/", {**as_it_is, "save": "yes", "currency": "CHF"})
    assert late.status_code == 422
    again = re.search(r'name="over" value="(\w+)"', late.content.decode())[1]
    assert again == over, "a second try would take back what somebody else changed"
    assert config.read(home).currency == "USD"


@pytest.mark.parametrize(
    ("field", "given", "said"),
    [
        ("timezone", "Berlin", "Did you mean Europe/Berlin?"), ("currency", "eur", "Did you mean EUR?"),
        ("figures.anonymity_floor", "3", "5 or more"), ("budget_rates", "EUR", "a name, = and a value on each line"),
        ("lifetime.margin_percent", "101", "from 1 to 100"), ("renewals.grace_days", "800000", "from 0 to 3650"),
    ],
)  # fmt: skip
def test_what_is_not_taken_is_said_beside_the_field(home, as_, somebody, field, given, said):
    before = config.read(home)
    answer = as_(somebody(Role.OPERATIONS)).post("/settings/", {**form_of(before), field: given})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert config.read(home) == before


def test_a_backup_is_made_and_planned_and_the_page_says_so(home, as_, somebody):
    olga = as_(somebody(Role.OPERATIONS, name="Olga"))
    assert "never" in text_of(olga, "/upkeep/")
    assert olga.post("/upkeep/back-up/")["Location"] == "/jobs/"
    assert olga.post("/upkeep/back-up/")["Location"] == "/upkeep/", "one at a time"
    assert "One is being made for Olga" in text_of(olga, "/upkeep/")
    work()
    assert Job.objects.get().state == State.DONE
    made = backups.last(home)
    assert made is not None
    assert Path(made.file).parent == home / "backups"
    assert made.file in text_of(olga, "/upkeep/")
    assert Path(made.file).stat().st_size == made.size
    assert "Have one made every night" in text_of(olga, "/upkeep/")
    olga.post("/upkeep/nightly/")
    plan = backups.plan(home)
    assert plan is not None
    assert (plan.folder, plan.keep) == (home / "backups", 14)
    assert "the last 14 stay there" in text_of(olga, "/upkeep/")
    assert as_(somebody(Role.VIEWER)).get("/upkeep/").status_code == 403


def test_what_lies_on_the_disk_is_verified_and_damage_is_told_to_all_who_operate(
    small_company, home, as_, somebody, django_capture_on_commit_callbacks
):
    # Where the log ends is noted on the disk once what it tells of is committed.
    with django_capture_on_commit_callbacks(execute=True):
        olga, ada = as_(somebody(Role.OPERATIONS, name="Olga")), as_(somebody(Role.ADMINISTRATOR))
        assert olga.post("/upkeep/verify/")["Location"] == "/jobs/"
    work()
    assert Job.objects.get().error is None
    page = text_of(olga, "/upkeep/")
    assert "Nothing was damaged" in page
    told = olga.get(re.search(r'href="(/jobs/\d+/file/)"', page)[1]).content.decode()
    assert re.search(r"^ok  log  entries: \d+", told, re.MULTILINE)
    assert re.search(r"^  inbox:\d+:[0-9a-f]+$", told, re.MULTILINE), "the ends of the log are there to be kept"
    assert "/file/" not in text_of(ada, "/upkeep/"), "another's file is not offered"
    damaged = next((home / "archive").rglob("*.csv"))
    damaged.chmod(0o644)
    damaged.write_text(damaged.read_text().replace("Acme", "Acne") + "x")
    olga.post("/upkeep/verify/", {"deep": "1"})
    work()
    for client in (olga, ada):
        page = text_of(client, "/upkeep/")
        assert "Nothing was damaged" not in page
        assert damaged.name in page
        assert "Restore it from a backup" in page
