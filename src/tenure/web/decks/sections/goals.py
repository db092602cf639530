"""The goals of the success plan, and how far each is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from tenure.web.decks.slides import Grid, Slide, Stat
from tenure.web.kit import formats
from tenure.web.kit.goals import progress

if TYPE_CHECKING:
    from tenure.web.decks.gathered import Gathered


def goals(of: Gathered) -> list[Slide]:
    """Where the customer wants to go, by which measure, and how far it is."""
    rows, steps = of.rows.get("goal", ()), of.rows.get("step", ())
    if not rows:
        return []
    reached = sum(row["reached_at"] is not None for row in rows)
    confirmed = sum(_is_confirmed(row) for row in rows)
    counts = {"reached": formats.number(reached), "all": formats.number(len(rows))}
    title = _("Goals: %(reached)s of %(all)s reached") % counts
    stats = [
        Stat(_("%(reached)s of %(all)s") % counts, _("goals reached")),
        Stat(_("%(count)s of %(all)s") % {"count": formats.number(confirmed), "all": counts["all"]}, _("goals confirmed by you")),
    ]  # fmt: skip
    for side, name in (("us", _("of our steps done")), ("customer", _("of your steps done"))):
        mine = [row for row in steps if row["side"] == side]
        done = formats.number(sum(row["done_at"] is not None for row in mine))
        if mine:
            stats.append(Stat(_("%(done)s of %(all)s") % {"done": done, "all": formats.number(len(mine))}, name))
    heads = (
        _("Goal"),
        _("Measured by"),
        _("Began at"),
        _("Now"),
        _("Target"),
        _("Way there"),
        _("By when"),
        _("Confirmed by"),
    )
    grid = Grid(heads, tuple(_row(row, of.called) for row in rows), (3.2, 2.1, 1, 1, 1, 1, 1.6, 2), (2, 3, 4, 5))
    return [Slide(title, _("Success plan, as of %(day)s") % {"day": formats.day(of.today)}, tuple(stats), grid=grid)]


def _is_confirmed(row: Mapping[str, Any]) -> bool:
    """A customer confirms through a link; a file may know of it without the moment."""
    return bool(row["confirmed_by"]) or row["confirmed_at"] is not None


def _row(row: Mapping[str, Any], called: Mapping[str, str]) -> tuple[str, ...]:
    way = 100 if row["reached_at"] else progress(row)
    due = (
        _("reached %(day)s") % {"day": formats.day(row["reached_at"])} if row["reached_at"] else formats.day(row["due_at"])
    )  # fmt: skip
    by = called.get(row["confirmed_by"] or "", row["confirmed_by"] or "") or _("the customer")
    if row["confirmed_at"]:
        by = _("%(name)s, %(day)s") % {"name": by, "day": formats.day(row["confirmed_at"])}
    return (
        row["name"], row["measure"] or "", *(formats.number(row[name]) for name in ("baseline", "current", "target")),
        formats.UNKNOWN if way is None else formats.percent(way / 100, 0), due,
        by if _is_confirmed(row) else _("not yet"),
    )  # fmt: skip
