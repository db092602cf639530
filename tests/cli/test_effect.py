"""``tenure effect``, called as the shell would."""

from __future__ import annotations

import json

import pytest

from tenure.cli.effects import listed, told
from tenure.cli.style import Style
from tenure.engine.verbs.effect import Effect, Group
from tenure.engine.verbs.plays import Play

PLAIN = Style(ansi=False, width=80)


def test_without_plays_it_says_what_to_load(tenure):
    said = tenure("effect")
    assert (said.code, said.out) == (1, "")
    assert "tenure load treatment FILE" in said.err
    said = tenure("effect", "Call", "--format", "json")
    assert said.code == 1
    assert json.loads(said.err)["code"] == "no_play"


@pytest.mark.parametrize("words", [("--months", "x"), ("--split", "half"), ("--split", "nan"), ("--split", "100")])
def test_words_that_make_no_sense(tenure, home, words):
    (home / "t.csv").write_text(
        "account_id,play,arm,at\nacme,Call,treated,2026-01-01\nbirch,Call,held_out,2026-01-01\n"
    )
    assert tenure("load treatment", str(home / "t.csv")).code == 0
    said = tenure("effect", "Call", *words)
    assert said.code == 2


def test_lists_and_refusals(tenure, home):
    (home / "t.csv").write_text(
        "account_id,play,arm,at\nacme,Call,treated,2026-01-01\nbirch,Call,held_out,2026-01-01\n"
    )
    assert tenure("load treatment", str(home / "t.csv")).code == 0
    rows = json.loads(tenure("effect", "--format", "json").out)["data"]
    assert rows == [
        {
            "play": "Call",
            "treated": 1,
            "held_out": 1,
            "first": "2026-01-01",
            "last": "2026-01-01",
            "again": 0,
            "both": 0,
        }
    ]
    said = tenure("effect", "Call")
    assert (said.code, said.out) == (1, "")
    assert "10 are needed" in said.err


def found(**more):
    given = {
        "play": "Call\x1b[2J", "metric": "mrr", "unit": "money", "better": "more", "months": 3, "method": "hold_out",
        "standing": "causal", "because": "a lot decided", "effect": -12.5, "low": -20.0, "high": 4.0, "relative": -0.1,
        "smallest": 17.2, "how": "Welch",
        "groups": (Group("treated", 12, 11, 112.5, None, 100.0, 125.0), Group("held_out", 12, 12, 125.0, None, 110.0, 140.0)),
    }  # fmt: skip
    return Effect(**(given | more))


def test_what_cannot_be_told_says_what_would_have_been_seen():
    lines = told(found(warnings=("Look here.",), left_out={"too late": 2}), "EUR", PLAIN)
    text = " ".join(lines)
    assert "It cannot be told from no effect. A change of 17.20 EUR or more would have been seen" in text
    assert "Warning: Look here." in text
    assert "2 assigned accounts left out: too late." in text
    assert "\x1b" not in text
    assert max(map(len, lines)) <= 80


def test_a_change_says_whether_it_is_good():
    told_of = " ".join(told(found(low=-20.0, high=-5.0), "EUR", PLAIN))
    assert "A change of −12.50 EUR (−10 %), more than chance alone gives. That is the bad way." in told_of
    not_ours = " ".join(
        told(found(low=-20.0, high=-5.0, standing="not_causal", because="nobody drew a lot"), "EUR", PLAIN)
    )
    assert "A difference of −12.50 EUR" in not_ours
    assert "bad way" not in not_ours
    assert "Not causal: nobody drew a lot." in not_ours


def test_accounts_that_were_assigned_twice_are_listed():
    from datetime import date

    lines = listed([Play("Call", 3, 0, date(2026, 1, 1), date(2026, 2, 1), 2, 1)], PLAIN)
    assert lines[2].split() == ["Call", "3", "0", "2026-01-01", "2026-02-01"]
    assert lines[3].startswith("Call: 2 accounts were assigned more than once, 1 of them to both arms")
