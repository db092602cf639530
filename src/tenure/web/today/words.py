"""Causes to act in words: a sentence for each, out of its numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenure.core.titles import titled
from tenure.web.kit import formats, scores

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tenure.engine.verbs.agenda import Cause
    from tenure.web.kit.shell import Text

    Says = Callable[[Cause, str], str]

#: What each kind is called in a word or two.
LABELS: Mapping[str, Text] = {
    "escalated": gettext_lazy("Escalation"),
    "renewal_near": gettext_lazy("Renewal"),
    "risk_high": gettext_lazy("Risk"),
    "risk_risen": gettext_lazy("Risk"),
    "champion_left": gettext_lazy("People"),
    "inquiry_unanswered": gettext_lazy("Question"),
    "health_dropped": gettext_lazy("Health"),
    "use_falling": gettext_lazy("Use"),
    "gone_quiet": gettext_lazy("Silence"),
    "low_answer": gettext_lazy("Survey"),
    "ticket_overdue": gettext_lazy("Ticket"),
    "invoice_overdue": gettext_lazy("Invoice"),
    "milestone_overdue": gettext_lazy("Milestone"),
    "handover_open": gettext_lazy("Hand-over"),
    "goal_overdue": gettext_lazy("Goal"),
    "growth_candidate": gettext_lazy("Growth"),
    "judgement_stale": gettext_lazy("Judgement"),
}
#: What may lie ahead, in a word.
AHEAD: Mapping[str, Text] = {
    "renewal": gettext_lazy("Renewal"),
    "goal": gettext_lazy("Goal"),
    "milestone": gettext_lazy("Milestone"),
    "handover": gettext_lazy("Hand-over"),
}


def sentence(cause: Cause, currency: str) -> str:
    """Why something is to be done, in a sentence."""
    return _SAYS[cause.kind](cause, currency)


def days(number: int) -> str:
    """``3 days``."""
    return ngettext("%(number)s day", "%(number)s days", number) % {"number": formats.number(number)}


def _escalated(cause: Cause, _currency: str) -> str:
    told = {"days": days(cause.parts["days"]), "number": cause.number}
    if cause.number > 1:
        return _("%(number)s tickets are escalated, the first for %(days)s.") % told
    return _("A ticket has been escalated for %(days)s.") % told


def _renewal(cause: Cause, _currency: str) -> str:
    parts = cause.parts
    told = {"days": days(parts["days"])}
    silent = parts["silent"]
    if not parts["opportunity"] and not parts["contact"]:
        if silent is None:
            return _("The renewal is due in %(days)s: no opportunity yet, and nobody was ever spoken to.") % told
        told["silent"] = days(silent)
        return _("The renewal is due in %(days)s: no opportunity yet, and no contact for %(silent)s.") % told
    if not parts["opportunity"]:
        return _("The renewal is due in %(days)s, and there is no opportunity yet.") % told
    if silent is None:
        return _("The renewal is due in %(days)s, and nobody was ever spoken to.") % told
    told["silent"] = days(silent)
    return _("The renewal is due in %(days)s, and there was no contact for %(silent)s.") % told


def _risk(cause: Cause, _currency: str) -> str:
    told = {
        "risk": scores.probability(_decimal(cause.parts["risk"])),
        "before": scores.probability(_decimal(cause.parts["before"])),
    }
    if cause.parts["before"] is None or cause.parts["before"] >= cause.parts["risk"]:
        return _("The risk of leaving within 90 days is %(risk)s.") % told
    return _("The risk of leaving within 90 days rose from %(before)s to %(risk)s.") % told


def _champion(cause: Cause, _currency: str) -> str:
    told = {"days": days(cause.parts["days"])}
    if not cause.parts["remaining"]:
        return _("The champion left %(days)s ago, and no other is known.") % told
    return _("A champion left %(days)s ago; others are still there.") % told


def _waits(one: str, several: str) -> Says:
    def says(cause: Cause, _currency: str) -> str:
        waited, target = (formats.lasted(cause.parts[name], cause.parts["clock"]) for name in ("waited", "target"))
        return (one if cause.number == 1 else several) % {"number": cause.number, "waited": waited, "target": target}

    return says


def _inquiry(cause: Cause, currency: str) -> str:
    return _waits(
        _("A question has waited %(waited)s for an answer; %(target)s are allowed."),
        _("%(number)s questions wait for an answer, the first for %(waited)s; %(target)s are allowed."),
    )(cause, currency)


def _ticket(cause: Cause, currency: str) -> str:
    return _waits(
        _("A ticket has waited %(waited)s; %(target)s are promised."),
        _("%(number)s tickets wait too long, the first for %(waited)s; %(target)s are promised."),
    )(cause, currency)


def _health(cause: Cause, _currency: str) -> str:
    parts = cause.parts
    return _("Health fell from %(before)s (%(was)s) to %(health)s (%(band)s) in a month.") % {
        "before": formats.number(_decimal(parts["before"]), 0), "health": formats.number(_decimal(parts["health"]), 0),
        "was": scores.HEALTH.get(parts["band_before"], parts["band_before"]), "band": scores.HEALTH.get(parts["band"], parts["band"]),
    }  # fmt: skip


def _use(cause: Cause, _currency: str) -> str:
    parts = cause.parts
    told = {"last": formats.number(parts["last"]), "before": formats.number(_decimal(parts["before"]), 0)}
    if parts["what"] == "people":
        return _("People who use the product fell from %(before)s a month to %(last)s.") % told
    return _("Uses of the product fell from %(before)s a month to %(last)s.") % told


def _quiet(cause: Cause, _currency: str) -> str:
    parts = cause.parts
    told = {"days": days(parts["days"]), "most": days(parts["most"]), "usual": days(parts["usual"] or 0)}
    if parts["never"]:
        return _("Nobody has spoken to them since they became a customer %(days)s ago.") % told
    if parts["by_usual"]:
        return _("Nobody has spoken to them for %(days)s; usual are %(usual)s.") % told
    return _("Nobody has spoken to them for %(days)s; %(most)s are allowed.") % told


def _low(cause: Cause, _currency: str) -> str:
    parts = cause.parts
    told = {
        "score": formats.number(_decimal(parts["score"])), "best": parts["scale"].rpartition("-")[2], "survey": titled(parts["survey"]),
        "days": days(parts["days"]), "number": cause.number,
    }  # fmt: skip
    if cause.number > 1:
        return (
            _(
                "%(number)s people were unhappy, the last with %(score)s of %(best)s (%(survey)s), and nobody has come back to them."
            )
            % told
        )
    return _("Somebody gave %(score)s of %(best)s (%(survey)s) %(days)s ago, and nobody has come back to them.") % told


def _late(one: str, several: str) -> Says:
    def says(cause: Cause, _currency: str) -> str:
        name = cause.parts["name"]
        told = {
            "name": titled(name) if name and name.islower() else name,
            "days": days(cause.parts["days"]),
            "number": cause.number,
        }
        return (one if cause.number == 1 else several) % told

    return says


def _goal(cause: Cause, currency: str) -> str:
    return _late(
        _("The goal “%(name)s” has been overdue for %(days)s."),
        _("%(number)s goals are overdue, the first (“%(name)s”) for %(days)s."),
    )(cause, currency)


def _milestone(cause: Cause, currency: str) -> str:
    return _late(
        _("The milestone “%(name)s” has been overdue for %(days)s."),
        _("%(number)s milestones are overdue, the first (“%(name)s”) for %(days)s."),
    )(cause, currency)


def _handover(cause: Cause, _currency: str) -> str:
    name = cause.parts["name"]
    told = {"name": titled(name) if name.islower() else name, "number": cause.number, "day": formats.day(cause.due)}
    if cause.number > 1:
        return _("%(number)s items of the hand-over are open, “%(name)s” first.") % told
    if cause.due is None:
        return _("“%(name)s” of the hand-over is open.") % told
    if cause.parts["days"] >= 0:
        return _("“%(name)s” of the hand-over is open; it was due on %(day)s.") % told
    return _("“%(name)s” of the hand-over is open; it is due on %(day)s.") % told


def _invoice(cause: Cause, currency: str) -> str:
    owed = cause.parts["owed"]
    told = {"owed": formats.money(_decimal(owed), currency), "days": days(cause.parts["days"]), "number": cause.number}
    if owed is None:
        return _("%(number)s invoices are overdue, the first for %(days)s.") % told
    return _("%(owed)s have been overdue for %(days)s.") % told


def _growth(cause: Cause, _currency: str) -> str:
    told = {name: formats.number(cause.parts[name]) for name in ("users", "seats")}
    return _("%(users)s people used %(seats)s seats last month, and no opportunity is open.") % told


def _judgement(cause: Cause, _currency: str) -> str:
    return _("The last judgement of this account is %(days)s old.") % {"days": days(cause.parts["days"])}


_SAYS: Mapping[str, Says] = {
    "escalated": _escalated, "renewal_near": _renewal, "risk_high": _risk, "risk_risen": _risk, "champion_left": _champion,
    "inquiry_unanswered": _inquiry, "health_dropped": _health, "use_falling": _use, "gone_quiet": _quiet, "low_answer": _low,
    "ticket_overdue": _ticket, "invoice_overdue": _invoice, "milestone_overdue": _milestone, "handover_open": _handover,
    "goal_overdue": _goal, "growth_candidate": _growth, "judgement_stale": _judgement,
}  # fmt: skip


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)
