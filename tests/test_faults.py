"""A short form of ``bench.faults``: some kinds of fault are found in a small company, and a clean day raises no alarm."""

from __future__ import annotations

from pathlib import Path

from bench.faults import FAULTS, LAST, as_table, looked, measure

SOME = ("columns_shifted", "rate_turned", "exported_twice")


def test_planted_faults_are_found_and_a_clean_day_is_quiet(tmp_path: Path) -> None:
    assert len(FAULTS) == len({fault.name for fault in FAULTS}) == 30
    outcomes, alarms = measure(
        tmp_path, 30, 1, [fault for fault in FAULTS if fault.name in SOME], months=3, look=looked
    )
    assert alarms == {LAST: {}}
    assert {one.fault.name: one.by for one in outcomes} == {
        "columns_shifted": ("refused_row",),
        "rate_turned": ("rate_jump",),
        "exported_twice": ("repeated_row",),
    }
    assert "| rate turned | an exchange rate is turned round | `rate_jump` |" in as_table(outcomes)
