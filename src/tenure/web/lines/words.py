"""What is said of reporting lines, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.titles import titled
from tenure.web.kit import formats
from tenure.web.kit.gaps import GAPS
from tenure.web.kit.table import address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenure.engine.lines.line import Level, Unit
    from tenure.engine.lines.rolled import Kind
    from tenure.engine.lines.standing import Cell, Told
    from tenure.web.kit.shell import Text

LEVELS: dict[Level, Text] = {
    "executive": gettext_lazy("Executive"), "head": gettext_lazy("Head"), "team": gettext_lazy("Team leader"),
    "person": gettext_lazy("Person"),
}  # fmt: skip
BESIDE: dict[Kind, Text] = {
    "own": gettext_lazy("own accounts"), "left": gettext_lazy("left, in this line last"),
    "other": gettext_lazy("a pool, or an owner that is nobody of us"), "nobody": gettext_lazy("Nobody's accounts"),
}  # fmt: skip


@dataclass(frozen=True)
class Pill:
    """A word in its colour."""

    tone: str
    word: Text


@dataclass(frozen=True)
class Link:
    """Something that has a page."""

    name: str
    link: str


@dataclass(frozen=True)
class Teller:
    """Tells names: ``people`` by id; ``units`` of the day; ``day`` as it was asked for, empty for today."""

    people: Mapping[str, str]
    units: Mapping[str, Unit]
    day: str

    def person(self, csm_id: str) -> Link:
        """Somebody and her page."""
        return Link(self.name(csm_id), self.at(reverse("person_answers", args=[csm_id])))

    def name(self, csm_id: str) -> str:
        """Somebody's name."""
        return self.people.get(csm_id, csm_id)

    def metric(self, slug: str) -> Link:
        """A metric and its page along the line."""
        return Link(titled(slug), self.at(reverse("metric_lines", args=[slug])))

    def unit(self, unit: str) -> str:
        """``The company``, ``Line of Sabine Vogt``, ``Accounts of Lena Hartmann``."""
        if unit == "":
            return _("The company")
        one = self.units.get(unit)
        told = _("Accounts of %(name)s") if one is not None and one.level == "person" else _("Line of %(name)s")
        return told % {"name": self.name(unit)}

    def at(self, url: str) -> str:
        """The same address on the day that is looked at."""
        return url + (address({"day": self.day}) if self.day else "")

    def held(self, one: Told) -> str:
        """``since 1 Jan 2026``, or from when until when."""
        if one.until is None:
            return _("since %(day)s") % {"day": formats.day(one.since)}
        last = one.until - timedelta(days=1)
        return _("%(start)s to %(end)s") % {"start": formats.day(one.since), "end": formats.day(last)}


def gap(cell: Cell) -> Pill | None:
    """What is wrong about a cell; None where nothing is."""
    return Pill(*GAPS[cell.gap]) if cell.gap else None
