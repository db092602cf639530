"""A workspace that knows two customers and three of us, for mail and calendars to be read into."""

from __future__ import annotations

import shutil
from datetime import datetime

import pytest

from tenure.engine.desk import Desk
from tenure.engine.verbs.load import Load, load
from tenure.warehouse.versions import derive
from tests.engine.conftest import new_home

NOW = datetime(2026, 11, 27, 18)
FILES = {
    "account": "account_id,name,domain,merged_into\nacme,Acme,www.acme.example,\nbirch,Birch,birch.example,\nold,Old,old.example,birch\n",
    "csm": "csm_id,name,email,role\nann,Ann,ann@us.example,csm\nben,Ben,ben@us.example,\nsue,Sue,sue@us.example,support\n",
    "person": "person_id,account_id,email\np1,acme,Rita@acme.example\n",
}  # fmt: skip
TOUCHPOINTS = (
    "SELECT account_id, csm_id, channel, direction, occurred_at, minutes, person_ids, coalesce(is_automated, false), text "
    "FROM touchpoint_version WHERE known_to = TIMESTAMP '9999-12-31' ORDER BY occurred_at, account_id"
)
INQUIRIES = (
    "SELECT account_id, csm_id, asked_at, answered_at FROM inquiry_version WHERE known_to = TIMESTAMP '9999-12-31'"
    " ORDER BY asked_at"
)
RITA, ANN = "rita@acme.example", "ann@us.example"


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    home = new_home(tmp_path_factory.mktemp("touchpoints") / "home")
    with desk_of(home) as desk:
        for table, text in FILES.items():
            path = home / f"{table}.csv"
            path.write_text(text)
            load(desk, Load((str(path),), table))
    return home


@pytest.fixture
def home(empty, tmp_path):
    return shutil.copytree(empty, tmp_path / "home")


def desk_of(home, now=NOW):
    return Desk(home, clock=lambda: now)


def facts(desk):
    derive(desk.store.con, "UTC", ["touchpoint", "inquiry"])
    return desk.store.rows(TOUCHPOINTS), desk.store.rows(INQUIRIES)
