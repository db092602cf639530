"""The fair comparison: one page that says who differs, and what it cannot say, to those who see everybody."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tenure.engine import Scope, reports
from tenure.engine.reports import Report
from tenure.engine.verbs.fairness import LIMITS, NAME, Compared, Comparison
from tenure.web.access.roles import Role
from tests.web.company import text_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 1, tzinfo=UTC)
SEE = {Role.ADMINISTRATOR, Role.OPERATIONS, Role.EXECUTIVE}


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
    assert "tenure run" in text_of(client, "/fair-comparison/")
    reports.keep(home, NAME, Report(NOW, None, "There are no account-months to compare.", "Load subscriptions."))
    assert "There are no account-months to compare." in text_of(client, "/fair-comparison/")
    reports.keep(home, NAME, Report(NOW, compared(owner("Ada", 3, "3.2"))))  # one alone is not drawn
    assert "Nobody differs" in text_of(client, "/fair-comparison/")


def test_it_is_for_those_who_see_everybody(home, somebody, as_, company):
    reports.keep(company.home, NAME, Report(NOW, compared(owner("Ada", 3, "3.2"), owner("Ben", 4, "4.1"))))
    for role in Role:
        assert as_(somebody(role)).get("/fair-comparison/").status_code == (200 if role in SEE else 403), role
    assert company.compared() is not None
    assert company.seen_by(Scope(("ada",))).compared() is None
