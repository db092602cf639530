"""Why a figure changed, as a person reads it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tenure.cli.decomposed import WHY, decomposed, warnings
from tenure.cli.figures import Frame
from tenure.cli.style import Style
from tenure.core.period import Grain
from tenure.engine.decompose import Against, Why
from tests.core.test_mix import KEYHOLE, OPEN
from tests.engine.test_decompose import asked, customers
from tests.world import World


@pytest.fixture(scope="module")
def world():
    return customers(customers(World(), 2025, KEYHOLE), 2026, OPEN)


@pytest.fixture(scope="module")
def stones(world):
    """The kidney stones (see tests/core/test_mix.py) as customers who stay."""
    return asked(world, "customer_retention_rate", "segment", compare="year")


def test_the_table_adds_up_and_the_words_warn(world, stones):
    lines = decomposed(stones, Frame(Grain.MONTH, world.settings), Style(ansi=False, width=100), 20)
    assert lines[0] == "Customer retention rate, 2026-03 against 2025-03, by segment"
    # (0.7088 - 0.8029) * 0.5229 = -0.0492 of mix, -0.0284 together
    assert " ".join(lines[4].split()) == "large 68.8 % 73.0 % 22.9 % 75.1 % +2.08 pp −4.92 pp −2.84 pp"
    assert "82.6 % to 78.0 % is −4.57 pp: +5.37 pp by the slices' own change, −9.94 pp by the mix." in lines
    assert "Every segment rose, the total fell: the mix changed (large from 22.9 % to 75.1 % of the base)." in lines
    assert max(map(len, lines)) <= 100


def test_it_warns_only_where_slices_and_total_tell_something_else(stones):
    (said,) = warnings(replace(stones, against=Against.NEARLY, change=-stones.change))
    assert said.startswith("Nearly every segment fell, the total rose")
    (said,) = warnings(replace(stones, against=Against.NONE))
    assert said == "More than half of the change is mix (large from 22.9 % to 75.1 % of the base)."
    (said,) = warnings(replace(stones, against=Against.NONE, mix=-stones.mix))
    assert said.startswith("The mix worked against it")
    assert warnings(replace(stones, against=Against.NONE, mostly_mix=False)) == []
    assert set(WHY) == set(Why) - {Why.NONE}


def test_rows_that_did_least_are_put_together(world, stones):
    lines = decomposed(stones, Frame(Grain.MONTH, world.settings), Style(ansi=False, width=100), 1)
    assert [line.split()[0] for line in lines[4:6]] == ["large", "…"]


def test_the_command_splits_and_says_why_it_cannot(tenure):
    data = json.loads(tenure("explain customer_retention_rate --by segment --at 2026-06 --format json").out)["data"]
    assert (data["before"], data["after"], data["rate"], data["mix"]) == (1, 0.5, -0.5, 0)
    assert [(part["slice"], part["contribution"]) for part in data["slices"]] == [("Enterprise", -0.5), ("SMB", 0)]
    text = tenure("explain mrr --by segment --at 2026-06").out
    assert [line.split() for line in text.splitlines() if line.startswith(("Enterprise", "All"))] == [
        ["Enterprise", "50.00", "–", "−50.00"], ["All", "150.00", "100.00", "−50.00"],
    ]  # fmt: skip
    assert WHY[Why.TIMES] in tenure("explain customer_lifetime --by segment --at 2026-06").out
    answer = json.loads(tenure("explain customer_lifetime --by segment --at 2026-06 --format json").out)
    assert (answer["data"]["why"], answer["notes"]) == ("times", [WHY[Why.TIMES]])
    assert tenure("explain mrr --by segment --sql").code == 2


def test_a_table_of_slices_says_what_it_hides(tenure):
    """From May to June nobody's price changed; revenue per account rose because Birch, who paid less, left."""
    text = tenure("show average_revenue_per_account --by segment --from 2026-06 --to 2026-06").out
    assert "More than half of the change is mix (SMB from 50.0 % to 100.0 % of the base)." in " ".join(text.split())
    assert text.splitlines()[-1] == "tenure explain average_revenue_per_account --by segment --at 2026-06"
    assert "mix" not in tenure("show mrr --by segment --from 2026-06 --to 2026-06").out


def test_a_figure_has_its_target_beside_it(tenure, tmp_path):
    file = tmp_path / "target.csv"
    file.write_text("metric,slice,period_start,period_end,value\nmrr,,2026-06-01,2026-07-01,120\n"
                    "mrr,,2026-07-01,2026-08-01,100\nmrr,segmnt=SMB,2026-06-01,2026-07-01,1\n")  # fmt: skip
    assert tenure(f"load target {file}").code == 0
    lines = tenure("show mrr --from 2026-05 --to 2026-07", columns=100).out.splitlines()
    assert "Target" in lines[3]
    assert [" ".join(line.split()) for line in lines[5:8]] == [
        "2026-05 150.00 2 0.00", "2026-06 100.00 1 −50.00 120.00 missed by 20.00",
        "2026-07 100.00 1 0.00 100.00 reached so far ¹",
    ]  # fmt: skip
    (figure,) = json.loads(tenure("show mrr --from 2026-06 --to 2026-06 --format json").out)
    assert {name: figure["extra"][name] for name in ("target", "attainment", "to_target")} == {
        "target": 120, "attainment": 0.8333333333, "to_target": 20,
    }  # fmt: skip
    assert "no dimension called 'segmnt'" in " ".join(tenure("check").out.split())
