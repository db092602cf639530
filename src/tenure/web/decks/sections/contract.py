"""The contract as it was signed; amounts only where the author asks for them. What we expect to become of it is not told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.web.decks.slides import Grid, Slide, Stat
from tenure.web.kit import formats

if TYPE_CHECKING:
    from tenure.web.decks.gathered import Gathered


def contract(of: Gathered) -> list[Slide]:
    """The terms that run now."""
    rows = [row for row in of.rows.get("contract", ()) if row["started_at"] <= of.as_of < row["ended_at"]]
    if not rows:
        return []
    as_of = _("As of %(day)s") % {"day": formats.day(of.today)}
    if len(rows) == 1:
        return [_one(rows[0], of, as_of)]
    heads = [_("Contract"), _("Began"), _("Runs until"), _("Renewal"), _("Notice by")]
    widths = [2.0, 1.5, 1.5, 2.6, 1.5]
    if of.asked.amounts:
        heads.append(_("Value a year"))
        widths.append(1.8)
    grid = Grid(tuple(heads), tuple(_row(row, of) for row in rows), tuple(widths), (5,) if of.asked.amounts else ())
    title = ngettext("%(count)s contract", "%(count)s contracts", len(rows)) % {"count": formats.number(len(rows))}
    return [Slide(title, as_of, grid=grid)]


def _one(row: dict[str, Any], of: Gathered, as_of: str) -> Slide:
    """A single contract: its facts as figures."""
    name, began, until, renews, notice, *value = _row(row, of)
    title = _("The contract runs until %(day)s") % {"day": until}
    if row["evergreen"]:
        title = _("The contract runs on from month to month")
    stats = [
        Stat(until, _("end of the term"), renews),
        Stat(notice, _("last day to give notice")),
        Stat(began, _("began")),
    ]
    told = [stat for stat in stats if stat.value != formats.UNKNOWN]
    told += [Stat(amount, _("value a year")) for amount in value]
    return Slide(title, f"{name} · {as_of}", tuple(told))


def _row(row: dict[str, Any], of: Gathered) -> tuple[str, ...]:
    if row["evergreen"]:
        renews = _("runs on from month to month")
    else:
        renews = _("renews by itself") if row["auto_renew"] else _("is to be renewed")
    until = formats.UNKNOWN if row["evergreen"] else formats.day(row["ended_at"])
    told = (row["contract_id"], formats.day(row["started_at"]), until, renews, formats.day(row["notice_by"]))
    return (*told, formats.money(row["value"], row["currency"] or of.currency)) if of.asked.amounts else told
