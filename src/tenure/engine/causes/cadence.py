"""How often accounts are to be contacted: by their tier, where the workspace says so in ``portfolio.toml`` or ``agenda.toml``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenure.core import accept
from tenure.core.accept import RefusedError
from tenure.core.errors import UsageError
from tenure.core.toml_text import parsed, place_of
from tenure.engine.portfolio_rules import rules_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenure.core.config import Settings

FILE = "agenda.toml"
_TABLE = "cadence"


def of_tiers(home: Path) -> dict[str, int]:
    """By tier, the days after which an account that was not contacted has gone quiet: as ``portfolio.toml`` says them of its levels, and
    ``agenda.toml`` over it. Raises ``UsageError`` with the line for a file that is not understood.
    """
    levels = {tier.name: tier.contact_days for tier in rules_of(home).tiers if tier.contact_days}
    return levels | _of_agenda(home)


def _of_agenda(home: Path) -> dict[str, int]:
    path = home / FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    told = parsed(text, FILE, "bad_agenda")
    for name in told:
        if name != _TABLE or not isinstance(told[name], dict):
            raise _bad(f"There is no table {name}.", text, (name,))
    return {tier: _days(text, tier, days) for tier, days in told.get(_TABLE, {}).items()}


def sql(tiers: Mapping[str, int], settings: Settings, literal: Any) -> str:
    """SQL of the days that hold for a row with ``tier``: those of the tier, else of ``relationship.coverage_days``."""
    cases = " ".join(f"WHEN {literal(tier)} THEN {days}" for tier, days in sorted(tiers.items()))
    usual = settings.relationship.coverage_days
    return f"CASE tier {cases} ELSE {usual} END" if cases else str(usual)


def _days(text: str, tier: str, days: Any) -> int:
    try:
        return accept.whole(1)(days)
    except RefusedError as refusal:
        raise _bad(f"{tier} is {days!r}, but must be {refusal}.", text, (_TABLE, tier)) from None


def _bad(message: str, text: str, at: tuple[str, ...]) -> UsageError:
    fix = f'The file has a table [{_TABLE}] with a line for a tier: "Enterprise" = 30.'
    return UsageError(message, code="bad_agenda", where=place_of(text, FILE, at), fix=fix)
