"""What is asked of a play: in which metric, for how many months, against which planned share; the address holds it all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.core.titles import titled
from tenure.engine.verbs.effect import MOST_MONTHS
from tenure.web.kit.choice import Choice, Option

if TYPE_CHECKING:
    from tenure.engine import Sight

_METRIC, _MONTHS = "customer_churn_rate", 3
#: Months that are offered; others can stand in the address.
_OFFERED = (1, 2, 3, 4, 6, 9, 12, 18, 24)


@dataclass(frozen=True)
class Asked:
    """``split``: the share that was planned, in percent, as it was written. ``fault``: what is wrong with it all; else empty."""

    metric: str = _METRIC
    months: int = _MONTHS
    split: str = ""
    fault: str = ""

    @property
    def planned(self) -> float | None:
        """The planned share, where one was told that makes sense."""
        return _share(self.split)

    def address(self) -> dict[str, str]:
        """The same as an address has it."""
        more = {"split": self.split} if self.split else {}
        return {"metric": self.metric, "months": f"{self.months}", **more}


def asked(given: Mapping[str, str]) -> Asked:
    """What the address asks for. Names of metrics are left to the engine to refuse."""
    metric, split = given.get("metric") or _METRIC, given.get("split", "").strip()[:12]
    text = given.get("months") or f"{_MONTHS}"
    months = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    if not 1 <= months <= MOST_MONTHS:
        fault = _("An effect is watched for 1 to %(most)s months.") % {"most": MOST_MONTHS}
        return Asked(metric, _MONTHS, split, fault)
    if split and _share(split) is None:
        return Asked(metric, months, split, _("The share that was to be treated lies between 0 and 100 %."))
    return Asked(metric, months, split)


def choices(sight: Sight, asks: Asked) -> tuple[Choice, ...]:
    """The fields of the form: metrics by their titles, the workspace's own among them, and months."""
    offered = sight.outcomes()
    if asks.metric in sight.metrics():
        offered = tuple({*offered, asks.metric})  # what was asked for is what the form shows
    metrics = sorted(((slug, titled(slug)) for slug in offered), key=lambda each: each[1].lower())
    counts = sorted({*_OFFERED, asks.months})
    months = [(f"{n}", ngettext("%(count)s month", "%(count)s months", n) % {"count": n}) for n in counts]
    return (_choice("metric", _("What it may have changed"), metrics, asks.metric),
            _choice("months", _("Watched for"), months, f"{asks.months}"))  # fmt: skip


def _choice(name: str, label: str, options: Sequence[tuple[str, str]], now: str) -> Choice:
    return Choice(name, label, tuple(Option(value, told, value == now) for value, told in options))


def _share(text: str) -> float | None:
    """A share between 0 and 1 of a text in percent; None where it is none."""
    try:
        value = float(text.removesuffix("%").replace(",", ".")) / 100
    except ValueError:
        return None
    return value if isfinite(value) and 0 < value < 1 else None
