"""What was done in the period: contacts, milestones, training, steps of the plan. When and what, never what was noted of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.core.titles import titled
from tenure.web.decks.sections import months
from tenure.web.decks.slides import Grid, Slide, Stat
from tenure.web.kit import formats
from tenure.web.kit.charts import Bars, Scale, Series, Table, Tone
from tenure.web.kit.happenings import CHANNELS
from tenure.web.kit.reading import local_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tenure.web.decks.gathered import Gathered

_EACH: tuple[Tone, ...] = ("new", "expansion", "contraction", "fifth", "sixth", "muted")
_TONES = dict(zip(CHANNELS, _EACH, strict=True))


def done(of: Gathered) -> list[Slide]:
    """Contacts by month, and what was reached."""
    contacts = [row for row in of.rows.get("touchpoint", ()) if not row["is_automated"]]
    milestones = [  # what we won is ours to count, not the customer's
        row
        for row in of.rows.get("milestone", ())
        if row["kind"] != "closed_won" and of.asked.holds(row["completed_at"])
    ]
    courses = [row for row in of.rows.get("training", ()) if of.asked.holds(row["completed_at"])]
    steps = [row for row in of.rows.get("step", ()) if of.asked.holds(row["done_at"])]
    rows = _rows(of, milestones, courses, steps)
    if not (contacts or rows):
        return []
    counts = {"contacts": formats.number(len(contacts)), "all": formats.number(len(rows))}
    reached = (
        (milestones, _("milestones reached")),
        (courses, _("courses completed")),
        (steps, _("steps of the plan done")),
    )
    stats = (
        Stat(counts["contacts"], _("contacts"), _reviews(contacts)),
        *(Stat(formats.number(len(some)), name) for some, name in reached if some),
    )
    grid = Grid((_("What"), _("Kind"), _("When")), tuple(rows), (3, 1.5, 1.5))
    title = ngettext("%(count)s contact", "%(count)s contacts", len(contacts)) % {"count": counts["contacts"]}
    if milestones:
        title = ngettext(
            "%(contacts)s, and %(count)s milestone reached", "%(contacts)s, and %(count)s milestones reached", len(milestones)
        ) % {"contacts": title, "count": formats.number(len(milestones))}  # fmt: skip
    chart = _by_month(of, contacts) if contacts else None
    return [Slide(title, of.asked.period, stats, chart, _("Contacts, by month"), grid if rows else None)]


def _reviews(contacts: Sequence[dict[str, Any]]) -> str:
    count = sum(row["channel"] == "review" for row in contacts)
    told = ngettext("%(count)s of them a business review", "%(count)s of them business reviews", count)
    return told % {"count": formats.number(count)} if count else ""


def _rows(
    of: Gathered,
    milestones: Sequence[dict[str, Any]],
    courses: Sequence[dict[str, Any]],
    steps: Sequence[dict[str, Any]],
) -> list[tuple[str, str, str]]:
    """The latest first; of a course that several took, one row."""
    told = [(row["completed_at"], _reached(of, row), _("Milestone")) for row in milestones]
    told += [(row["done_at"], row["name"], _("Step")) for row in steps]
    taken = Counter(row["course"] for row in courses)
    for course, count in taken.items():
        last = max(row["completed_at"] for row in courses if row["course"] == course)
        people = ngettext("%(count)s person", "%(count)s people", count) % {"count": formats.number(count)}
        told.append((last, _("%(course)s, %(people)s") % {"course": course, "people": people}, _("Training")))
    told.sort(key=lambda each: each[0], reverse=True)
    return [(what, kind, formats.day(at)) for at, what, kind in told]


def _reached(of: Gathered, row: dict[str, Any]) -> str:
    product = of.things.get(row["product_id"] or "", row["product_id"] or "")
    return f"{titled(row['kind'])} · {product}" if product else titled(row["kind"])


def _by_month(of: Gathered, contacts: Sequence[dict[str, Any]]) -> Bars:
    every = months.between(of.asked.start, min(of.asked.last, of.today))
    names = tuple(months.called(month, short=True) for month in every)
    counted = Counter((row["channel"], local_date(row["occurred_at"]).replace(day=1)) for row in contacts)
    used = [channel for channel in CHANNELS if any(channel == each for each, _month in counted)]
    series = tuple(
        Series(str(CHANNELS[channel]), tuple(float(counted[channel, month]) for month in every), _TONES[channel])
        for channel in used
    )
    rows = tuple(
        (name, *(formats.number(counted[channel, month]) for channel in used))
        for name, month in zip(names, every, strict=True)
    )
    sums = [sum(counted[channel, month] for channel in used) for month in every]
    told = ", ".join(f"{name} {formats.number(count)}" for name, count in zip(names, sums, strict=True))
    says = _("Contacts, by month: %(told)s.") % {"told": told}
    return Bars(says, Table((_("Month"), *(str(CHANNELS[one]) for one in used)), rows), Scale("number"), names, series)
