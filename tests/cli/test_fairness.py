"""A comparison of CSMs, as a person reads it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tenure.cli.fairness import heading, standings
from tenure.cli.style import Style
from tenure.core.config import Settings
from tenure.engine.verbs.fairness import Compared, Comparison

SETTINGS = Settings("EUR", "UTC")
ADA = Compared(
    "ada", "Ada Berg", Decimal("120.5"), Decimal(9), Decimal("3.75"), 2.4, (0.02, 2.2), (0.0, 3.1), 1.54, 0.89, 2.73, 0.1,
    1.62, 3.8, (2, 2), (), ("ben",), "worse, beyond 95 %",
)  # fmt: skip
BEN = replace(
    ADA, id="ben", name="Ben\x1b Holm", size=Decimal(372), observed=Decimal(0), expected=Decimal("5.4645"),
    ratio=0.0, limits_95=(0.2, 1.9), limits_998=(0.0, 2.4), shrunk=0.55, low=0.07, high=1.06, better=0.93,
    inherited_risk=0.7, events=5.5, rank=(1, 1), better_than=("ada",), worse_than=(), remark="better, beyond 95 %",
)  # fmt: skip
FOUND = Comparison(
    "customer_retention_rate", "owner", date(2025, 7, 1), date(2026, 7, 1), "customers lost", "account-months", "count", (ADA, BEN),
    Decimal(9), Decimal("492.5"), 1.2, widened=False, spread=0.4, ranked=True, alike=False, features=("mrr",), left_out=(),
    gain=0.22, handovers=20, dated_back=0, excluded={"no exchange rate": 3}, notes=("Something to know.",),
)  # fmt: skip


@pytest.fixture
def drawn():
    def draw(found=FOUND, width=120, **more):
        return standings(found, Style(ansi=False, width=width), **{"funnel": False, **more})

    return draw


def test_the_table_says_who_stands_where_and_what_to_make_of_it(drawn):
    lines = drawn()
    assert lines[0].split() == "CSM months lost expected ratio believed 95 % better inherited ranks remark".split()
    assert " ".join(lines[2].split()) == ("Ada Berg 120.5 9 3.8 2.40 1.54 0.89 – 2.73 10 % 1.62 2–2 worse, beyond 95 %")
    assert "\x1b" not in lines[3]
    assert "Something to know." in lines
    assert "Ben� Holm can be told apart as better than Ada Berg." in lines
    assert "What was known at hand-over foretells 22 % better than the company's rate for all." in lines
    assert "Not counted: 3 no exchange rate." in lines
    assert any("not who caused it" in line for line in lines)


@pytest.mark.parametrize("width", [80, 100])
def test_it_fits(drawn, width):
    assert max(map(len, drawn(width=width))) <= width
    assert "inherited" in drawn(width=100)[0]


def test_nobody_is_ranked_where_nobody_can_be_told_apart(drawn):
    assert "ranks" not in drawn(replace(FOUND, alike=True))[0]


def test_the_funnel_is_narrow_at_the_bottom(drawn):
    lines = drawn(funnel=True)
    assert lines[0] == "CSM        expected  0               1               2               3"
    at = lines[0].index("0")
    ada, ben = lines[1], lines[2]
    assert (ada[:8], ben[:4]) == ("Ada Berg", "Ben�")
    assert ada[at + 16] == "│"  # 1 of 3 in 49 places
    assert ada[at + 38] == "●"  # 2.4 / 3 * 48
    assert ben[at] == "●"
    assert ben.count("━") + ben.count("─") < ada.count("━") + ada.count("─")
    title, far, *_ = drawn(replace(FOUND, groups=(replace(ADA, ratio=4.2),)), funnel=True)
    assert far.index("▸") == title.rindex("3")


def test_the_heading_says_what_and_when():
    title, below, _ = heading(FOUND, SETTINGS, Style(ansi=False, width=100))
    assert title == "Customers lost and expected, by owner, 2025-07 to 2026-06"
    assert below == "customer_retention_rate · 9 customers lost, of 492.5 account-months"
    narrow = replace(FOUND, observed=None, size=None, unit="money")
    assert heading(narrow, SETTINGS, Style(ansi=False, width=100))[1] == "customer_retention_rate · EUR"


def test_the_command(tenure):
    said = tenure("team compare --from 2026-01 --to 2026-06")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[-1].startswith("There is nobody to compare: no account")
    answer = json.loads(tenure("team compare --from 2026-01 --to 2026-06 --format json").out)
    # two customers, one of whom leaves on 1 June: twelve account-months, of which that one was there for all
    assert (answer["data"]["observed"], answer["data"]["size"], answer["data"]["groups"]) == (1, 12, [])
    assert "Did you mean compare" in tenure("team compar").err
    assert tenure("team compare --metric mrr").code == 2
