"""How values and differences of one metric are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from tenure.web.kit import formats
from tenure.web.kit.charts import Scale

if TYPE_CHECKING:
    from tenure.engine.verbs.effect import Effect

#: Below this, shares have a second decimal.
_SMALL = 0.1
_LEAST_P = 0.001
Ends = tuple[float | None, float | None]


@dataclass(frozen=True)
class Words:
    """``digits``: of a share in percent."""

    unit: str
    digits: int
    currency: str

    @classmethod
    def of(cls, found: Effect, currency: str) -> Words:
        """Those of the metric in which an effect was measured."""
        values = [abs(v) for group in found.groups for v in (group.value, group.before) if v is not None]
        return cls(found.unit, 2 if values and max(values) < _SMALL else 1, currency)

    def value(self, value: float | None) -> str:
        """A value in its unit."""
        match self.unit:
            case "share":
                return formats.percent(value, self.digits)
            case "money":
                return formats.money(value, self.currency)
            case "minutes" | "days":
                return formats.lasting(value, self.unit)
        return formats.number(value, 1 if self.unit == "points" else 2)

    def change(self, value: float | None) -> str:
        """A difference, signed; of shares in percentage points."""
        if value is None:
            return formats.UNKNOWN
        size = self.size(value)
        shows = any(sign in "123456789" for sign in size)
        return ("±" if not shows else "+" if value > 0 else "−") + size

    def size(self, value: float) -> str:
        """How large a difference is, whichever way it goes."""
        return (
            f"{formats.number(abs(value) * 100, self.digits)} {_('pp')}"
            if self.unit == "share"
            else self.value(abs(value))
        )

    def between(self, ends: Ends, *, change: bool = False) -> str:
        """Both ends of an interval; empty where there is none."""
        if ends == (None, None):
            return ""
        write = self.change if change else self.value
        return " – ".join("…" if end is None else write(end) for end in ends)

    @property
    def scale(self) -> Scale:
        """How charts write values."""
        match self.unit:
            case "share":
                return Scale("percent", self.digits)
            case "money":
                return Scale("currency", 2, self.currency)
        return self.scale_of_change

    @property
    def scale_of_change(self) -> Scale:
        """How charts write differences (``drawn``)."""
        match self.unit:
            case "share":
                return Scale("number", self.digits)
            case "money":
                return Scale("currency", 2, self.currency)
            case "points" | "minutes" | "days":
                return Scale("number", 1)
        return Scale("number", 2)

    @property
    def unit_of_change(self) -> str:
        """What differences in charts are counted in; empty for plain numbers and money, which has its sign."""
        named = {
            "share": _("in percentage points"), "points": _("in points"), "minutes": _("in minutes"), "days": _("in days"),
        }  # fmt: skip
        return named.get(self.unit, "")

    def drawn(self, difference: float | None) -> float | None:
        """A difference as charts have it."""
        return difference * 100 if difference is not None and self.unit == "share" else difference


def probability(p: float) -> str:
    """How often chance alone does it: ``p = 0.03``."""
    if p < _LEAST_P:
        return _("p < %(least)s") % {"least": formats.number(_LEAST_P, 3)}
    return _("p = %(p)s") % {"p": formats.number(p, 3 if p < 0.01 else 2)}
