"""A metric that is unlike before: in total, or of a segment that the total does not show."""

from __future__ import annotations

from tests.engine.conftest import Bench, loaded


def company(before: dict[str, tuple[int, int]], now: dict[str, int]) -> dict[str, str]:
    """Segments of so many accounts that pay so much a month since 2025, and another amount since 2 November 2026."""
    accounts, lines = ["account_id,name,segment"], ["subscription_id,account_id,amount,started_at"]
    for segment, (number, amount) in before.items():
        for one in range(number):
            accounts.append(f"{segment}{one},{segment} {one},{segment}")
            lines.append(f"s-{segment}{one},{segment}{one},{amount},2025-01-01")
            lines.append(f"s-{segment}{one},{segment}{one},{now.get(segment, amount)},2026-11-02")
    return {"account": "\n".join(accounts) + "\n", "subscription": "\n".join(lines) + "\n"}


def told(bench: Bench) -> list[str]:
    page = bench.workspace().check_rows("fluctuation")
    return sorted(row["what"] for row in page.rows if row["key"] == "mrr")


def test_a_segment_that_falls_while_another_rises_is_told_of(bench: Bench) -> None:
    before = {"Old": (40, 100), "New": (40, 100), "Few": (20, 100)}
    found = told(loaded(bench, company(before, {"Old": 60, "New": 140, "Few": 200}), history=True))
    # 40 x 60 and 40 x 140; the few also doubled, which is too few to be told of alone, and 20 % more in total.
    assert found == ["MRR of 2026-11 is 1.2e+04, 20% over the expected 1e+04 (by the last 22 months)"]
    found = told(loaded(bench, company(before, {"Old": 60, "New": 140}), history=True))
    assert [words.split(" is ")[0] for words in found] == [
        "MRR (segment New) of 2026-11",
        "MRR (segment Old) of 2026-11",
    ]
    assert "40% over the expected 4,000" in found[0]
    assert "40% under the expected 4,000" in found[1]


def test_segments_of_few_accounts_are_left_to_the_total(bench: Bench) -> None:
    assert told(loaded(bench, company({"Few": (20, 100), "Many": (400, 100)}, {"Few": 200}), history=True)) == []
