"""The fair comparison: one page that says who differs, and what it cannot say, to those who see everybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tenure.engine import Scope, reports
from tenure.engine.reports import Report
from tenure.engine.verbs.fairness import LIMITS, Compared, Comparison, report_of
from tenure.web.access.roles import Role
from tests.web.company import text_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 1, tzinfo=UTC)
SEE = {Role.ADMINISTRATOR, Role.OPERATIONS, Role.EXECUTIVE, Role.MANAGER}
NAME = report_of("customer_retention_rate", "owner")


def owner(name, lost, expected, remark="not different"):
    return Compared(
        name.lower(), name, Decimal(200), Decimal(lost), Decimal(expected), lost / float(expected), (0.2, 2.2), (0.1, 3.1),
        1.1, 0.6, 1.9, 0.4, 1.27, float(expected), None, (), (), remark,
    )  # fmt: skip


def compared(*owners):
    return Comparison(
        "customer_retention_rate", "owner", date(2025, 7, 1), date(2026, 7, 1), "customers lost", "account-months", "count",
        owners, Decimal(20), Decimal(900), 1.0, False, 0.2, False, True, ("open_tickets", "segment"), ("region",), 0.22, 300, 0,
        {}, ("Nobody can be told from anybody else: there is no ranking.",),
    )  # fmt: skip


def test_it_says_who_differs_and_what_it_cannot_say(home, somebody, as_):
    people = (owner("Ada", 3, "3.2"), owner("<Ben>", 12, "4.1", "worse, beyond 99.8 %"), owner("Cem", 2, "2.9"))
    reports.keep(home, NAME, Report(NOW, compared(*people)))
    client = as_(somebody(Role.EXECUTIVE))
    page = text_of(client, "/fair-comparison/")
    for told in (
        "<Ben> lies beyond what chance makes of 95 in 100.", "Nobody can be told from anybody else: there is no ranking.",
        "foretells 22% better", "1.27 ×", "0.60 – 1.90", "worse, beyond 99.8 %", "Open tickets, Segment", "Region", *LIMITS,
    ):  # fmt: skip
        assert told in page, told
    assert b"<Ben>" not in client.get("/fair-comparison/").content


def test_it_says_so_where_nobody_differs_or_nothing_is_there(home, somebody, as_):
    client = as_(somebody(Role.OPERATIONS))
    assert "It is made once a day" in text_of(client, "/fair-comparison/")
    reports.keep(home, NAME, Report(NOW, None, "There are no account-months to compare.", "Load subscriptions."))
    assert "There are no account-months to compare." in text_of(client, "/fair-comparison/")
    reports.keep(home, NAME, Report(NOW, compared(owner("Ada", 3, "3.2"))))  # one alone is not drawn
    assert "None of them differs" in text_of(client, "/fair-comparison/")


def test_another_metric_and_teams_have_reports_of_their_own(home, somebody, as_):
    won = replace(
        compared(replace(owner("Ada", 3, "3.2"), observed=Decimal("1234.5")), owner("Ben", 4, "4.1")),
        metric="expansion_rate", by="team", what="revenue won", unit="money", less_is_better=False,
    )  # fmt: skip
    reports.keep(home, report_of("expansion_rate", "team"), Report(NOW, won))
    client = as_(somebody(Role.EXECUTIVE))
    page = text_of(client, "/fair-comparison/?metric=expansion_rate&by=team")
    assert "Revenue won" in page
    assert "€1,234.50" in page
    assert "/accounts/?team=ada" in page
    assert "It is made once a day" in text_of(client, "/fair-comparison/?metric=expansion_rate")
    for wrong in ("metric=mrr", "by=region"):
        assert client.get(f"/fair-comparison/?{wrong}").status_code == 404


def test_managers_see_their_own_people_and_others_nothing(somebody, as_, company):
    ada, ben, cem = owner("Ada", 3, "3.2"), owner("Ben", 4, "4.1"), owner("Cem", 9, "2.1", "worse, beyond 95 %")
    told = (replace(ada, better_than=("cem", "ben"), rank=(1, 2)), replace(ben, worse_than=("ada",)), cem)
    reports.keep(company.home, NAME, Report(NOW, compared(*told)))
    reports.keep(company.home, report_of("customer_retention_rate", "team"), Report(NOW, compared(*told)))
    for role in Role:
        assert as_(somebody(role)).get("/fair-comparison/").status_code == (200 if role in SEE else 403), role
    own = company.seen_by(Scope(("ada", "ben"))).compared().found
    assert [(each.id, each.better_than, each.worse_than, each.rank) for each in own.groups] == [
        ("ada", ("ben",), (), None), ("ben", (), ("ada",), None),
    ]  # fmt: skip
    assert (own.observed, own.size, own.spread, own.notes, own.excluded) == (None, None, None, (), {})
    assert company.seen_by(Scope(("ada",))).compared(by="team") is None
    manager = as_(somebody(Role.MANAGER, csm_id="ada", email="m@example.com"))
    for url in ("/fair-comparison/", "/fair-comparison/?by=team"):
        page = text_of(manager, url)
        assert "You see your own people" in page
        assert ("Cem" in page, "Ben" in page, "/accounts/?owner=ada" in page) == (False, False, True), url
