"""Many small stories in one world: each account is a case, and figures are sliced by it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.world import World


class Cases(World):
    """A world whose accounts each tell one case (a custom attribute); figures by case come out as plain numbers."""

    def case(self, name: str, *lines: dict[str, Any], **account: Any) -> Cases:
        """An account of that name with subscription lines; each line is a row without its ids."""
        self.account(name, case=name, **account)
        rows = [
            {"subscription_id": f"{name}-{n}", "account_id": name, "started_at": "2024-01-01", **row}
            for n, row in enumerate(lines)
        ]
        if rows:
            self.add("subscription", *rows)
        return self

    def by_case(self, metric: str, period: str, **more: Any) -> dict[str, float | None]:
        """One period's values by case."""
        return {case: _plain(value) for case, value in self.values(metric, period, "case", **more).items()}

    def by_kind(self, period: str, **more: Any) -> dict[tuple[str, ...], float | None]:
        """The movements of a period by case and kind (and whatever else is sliced by)."""
        by = ("case", *more.pop("by", ()))
        return {
            tuple(figure.slice[name] for name in (by[0], "kind", *by[1:])): _plain(figure.value)
            for figure in self.ask("mrr_movements", period, period, by=by, **more)
        }


def _plain(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
