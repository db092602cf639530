"""Scores and risks as a reader knows them: bands as words and colours, changes with their sign."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from django.utils.translation import gettext_lazy

from tenure.web.kit import formats
from tenure.web.kit.charts import Tone as ChartTone
from tenure.web.kit.shell import Text

Tone = Literal["", "good", "warn", "bad"]
#: The bands of the health score, the worst first, and those of the risk of leaving within 90 days, the highest first.
HEALTH: dict[str, Text] = {"poor": gettext_lazy("poor"), "fair": gettext_lazy("fair"), "good": gettext_lazy("good")}
RISK: dict[str, Text] = {"high": gettext_lazy("high"), "raised": gettext_lazy("raised"), "low": gettext_lazy("low")}
TONES: dict[str, Tone] = {
    "good": "good", "fair": "warn", "poor": "bad", "low": "", "raised": "warn", "high": "bad",
}  # fmt: skip
#: Their colours in charts, which are areas and not text.
DRAWN: dict[str, ChartTone] = {"good": "expansion", "fair": "contraction", "poor": "churn"}
#: A change of so many points is worth a colour.
_MUCH = 5


@dataclass(frozen=True)
class Score:
    """A health score: ``value`` of 100, ``band`` as a word, ``change`` with its sign (empty where it is not known).
    ``tone``: of the band, ``change_tone``: of a large change.
    """

    value: str
    band: Text
    tone: Tone
    change: str
    change_tone: Tone


@dataclass(frozen=True)
class Risk:
    """A probability of leaving within 90 days, its band as a word, and its colour."""

    value: str
    band: Text
    tone: Tone


def score_of(row: dict[str, Any], days: int = 91) -> Score:
    """The score of a row of the list of accounts, with its change over so many days (30, 91 or 182)."""
    change = row[f"health_change_{days}"]
    band = row["health_band"] or ""
    tone: Tone = "" if change is None or abs(change) < _MUCH else "good" if change > 0 else "bad"
    return Score(formats.number(row["health"], 0), HEALTH.get(band, band), TONES.get(band, ""), signed(change), tone)


def risk_of(row: dict[str, Any]) -> Risk:
    """The risk of a row of the list of accounts."""
    band = row["risk_band"] or ""
    return Risk(probability(row["churn_risk_90"]), RISK.get(band, band), TONES.get(band, ""))


def probability(share: Decimal | None) -> str:
    """A probability with two digits that matter: ``25%``, ``0.4%``, ``< 0.1%``."""
    if share is not None and 0 < share < Decimal("0.001"):
        return f"< {formats.percent(Decimal('0.001'), 1)}"
    return formats.percent(share, 0 if share is None or share >= Decimal("0.0995") else 1)


def signed(change: Decimal | None, decimals: int = 1) -> str:
    """A change with its sign; empty where there is none to tell."""
    if change is None:
        return ""
    text = formats.number(abs(change), decimals)
    shows = any(sign in "123456789" for sign in text)
    return ("±" if not shows else "+" if change > 0 else "−") + text
