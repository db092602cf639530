"""What parts of hours, lacks, guards and reasons are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from tenure.web.kit import formats

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenure.engine.staffed import Lack, Move, Part
    from tenure.web.kit.shell import Text

PARTS: Mapping[str, Text] = {
    "base": lazy("Level of service"), "declared": lazy("Declared in the settings"), "usual": lazy("No level, the usual"),
    "lifecycle": lazy("Lifecycle"), "tickets": lazy("Open tickets"), "projects": lazy("Open projects"), "renewal": lazy("Renewal near"),
    "history": lazy("Logged contact"), "full": lazy("Full time"), "part_time": lazy("Part time"), "holidays": lazy("Public holidays"), "away": lazy("Away"),
    "ramp": lazy("New here"),
}  # fmt: skip
LACKS: Mapping[str, Text] = {
    "no_owner": lazy("Nobody owns it"), "owner_left": lazy("Owner has left"), "owner_leaving": lazy("Owner is leaving"),
    "no_cover": lazy("Owner away, no cover"), "several_owners": lazy("Several owners"), "should_be_pool": lazy("Owned, meant for a pool"),
    "should_be_owned": lazy("In a pool, meant for an owner"), "no_contact": lazy("No contact"),
}  # fmt: skip
STAYS: Mapping[str, Text] = {
    "shared": lazy("has several owners"), "pool": lazy("is in a pool"), "planned": lazy("changes hands already"),
    "renewal": lazy("renewal near"), "settled": lazy("changed hands lately"), "nobody": lazy("nobody fits"),
}  # fmt: skip
#: What keeps a proposal from halving the spread of loads.
HOLDS: Mapping[str, Text] = {
    "renewal": lazy("Renewals hold it back: without those that are near the spread could be halved. Propose anew when they are over."),
    "settled": lazy("Accounts that changed hands lately hold it back: once they have settled the spread can be halved."),
    "nobody": lazy("Region, language and skills hold it back: if anybody could take over any account the spread could be halved."),
    "several": lazy("Several guards together hold it back: no single one of them keeps the spread from being halved."),
}  # fmt: skip
WHY: Mapping[str, Text] = {
    "load": lazy("evens out load"), "left": lazy("owner has left"), "leaving": lazy("owner is leaving"), "unowned": lazy("nobody owns it"),
}  # fmt: skip
SHORT: Mapping[str, Text] = {"region": lazy("Region"), "language": lazy("Language"), "skill": lazy("Skill")}


def hours(value: object) -> str:
    """Hours with one decimal."""
    return _("%(hours)s h") % {"hours": formats.number(value, 1)}  # type: ignore[arg-type]


def part(one: Part) -> str:
    """How a part of the hours comes about."""
    number, each = formats.number(one.number), formats.number(one.each, 2)
    match one.kind:
        case "tickets" | "projects":
            return _("%(number)s × %(each)s h") % {"number": number, "each": each}
        case "history":
            return _("%(share)s of %(each)s h against the level") % {
                "share": formats.percent(one.number, 0), "each": each,
            }  # fmt: skip
        case "part_time":
            return _("works %(share)s") % {"share": formats.percent(one.number, 0)}
        case "holidays":
            return _("open on %(share)s of the usual weekdays") % {"share": formats.percent(one.number, 0)}
        case "away":
            return _("here on %(share)s of the working days") % {"share": formats.percent(one.number, 0)}
        case "ramp":
            return _("can do %(share)s so far") % {"share": formats.percent(one.number, 0)}
        case _:
            return ""


def lack(one: Lack) -> str:
    """What a lack is, in words."""
    match one.kind:
        case "no_contact" if one.since is None:
            return _("none on record; %(allowed)s days are allowed") % {"allowed": one.allowed}
        case "no_contact":
            return _("for %(days)s days; %(allowed)s are allowed") % {"days": one.days, "allowed": one.allowed}
        case "owner_left" if one.since is not None:
            return _("since %(day)s") % {"day": formats.day(one.since)}
        case "owner_leaving":
            return _("on %(day)s") % {"day": formats.day(one.until)}
        case "no_cover":
            return _("back on %(day)s") % {"day": formats.day(one.until)}
        case _:
            return ""


def reasons(move: Move, giver_load: str, taker_load: str) -> tuple[str, ...]:
    """Why an account moves, and why it may."""
    said = [
        _("From a load of %(from)s to one of %(to)s") % {"from": giver_load, "to": taker_load}
        if move.why == "load"
        else str(WHY[move.why]).capitalize()
    ]
    fitting = [word for word in (move.region, move.language, *move.skills) if word]
    if fitting:
        said.append(_("Fits: %(words)s") % {"words": ", ".join(fitting)})
    said.append(
        _("next renewal on %(day)s") % {"day": formats.day(move.renewal)} if move.renewal else _("no renewal in sight")
    )
    if move.giver:
        last = formats.day(move.last_contact) if move.last_contact else _("none lately")
        said.append(_("owned for %(months)s months, last contact %(last)s") % {"months": move.months, "last": last})
    if move.champion:
        said.append(_("has a champion: introduce in person"))
    return tuple(said)
