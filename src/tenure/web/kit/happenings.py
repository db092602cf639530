"""What happened with an account, in words: a title, what more is known, an icon and a colour."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenure.core.titles import titled
from tenure.web.kit import formats, scores
from tenure.web.kit.scores import Tone
from tenure.web.kit.shell import Text

if TYPE_CHECKING:
    from tenure.engine.verbs.timeline import Happening

Row = Mapping[str, Any]

#: By kind: what it is called, many of them, and its icon (a name of Lucide's). In the order in which they are offered.
KINDS: dict[str, tuple[Text, str]] = {
    "contact": (gettext_lazy("Contacts"), "message-circle"),
    "note": (gettext_lazy("Notes"), "sticky-note"),
    "ticket": (gettext_lazy("Tickets"), "life-buoy"),
    "survey": (gettext_lazy("Survey answers"), "star"),
    "subscription": (gettext_lazy("Subscriptions"), "receipt"),
    "contract": (gettext_lazy("Contracts"), "file-pen-line"),
    "invoice": (gettext_lazy("Invoices"), "file-text"),
    "payment": (gettext_lazy("Payments"), "banknote"),
    "opportunity": (gettext_lazy("Opportunities"), "sprout"),
    "goal": (gettext_lazy("Success plan"), "target"),
    "milestone": (gettext_lazy("Milestones"), "flag"),
    "training": (gettext_lazy("Training"), "graduation-cap"),
    "use": (gettext_lazy("Use"), "activity"),
    "health": (gettext_lazy("Health"), "heart-pulse"),
    "judgement": (gettext_lazy("Judgements"), "gauge"),
    "owner": (gettext_lazy("Owners"), "user-round"),
    "handover": (gettext_lazy("Hand-overs"), "arrow-right-left"),
    "person": (gettext_lazy("People"), "users"),
    "decision": (gettext_lazy("Decisions"), "gavel"),
    "request": (gettext_lazy("Requests"), "lightbulb"),
    "escalation": (gettext_lazy("Escalations"), "siren"),
    "advocacy": (gettext_lazy("Advocacy"), "megaphone"),
    "inquiry": (gettext_lazy("Questions"), "circle-question-mark"),
    "churn": (gettext_lazy("Losses"), "log-out"),
}
CHANNELS: dict[str, Text] = {
    "call": gettext_lazy("Call"), "meeting": gettext_lazy("Meeting"), "review": gettext_lazy("Business review"),
    "email": gettext_lazy("E-mail"), "chat": gettext_lazy("Chat"), "visit": gettext_lazy("Visit"),
}  # fmt: skip
DIRECTIONS: dict[str, Text] = {
    "both": gettext_lazy("both spoke"), "out": gettext_lazy("we wrote"), "in": gettext_lazy("they wrote"),
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """Something that happened, in words. ``name`` names it for ever; ``words``: what somebody wrote, as it was written.
    ``late``: it was told, or told otherwise, since the moment asked for.
    """

    name: str
    kind: str
    called: Text
    icon: str
    at: datetime
    when: str
    title: str
    detail: str
    words: str
    tone: Tone
    late: bool = False
    key: str = ""


@dataclass(frozen=True)
class Said:
    """A title, more in a line, the words of somebody, and what it means."""

    title: str
    detail: str = ""
    words: str = ""
    tone: Tone = ""


@dataclass(frozen=True)
class Names:
    """What ids are called: of our people, of the account's, of products and features. ``currency``: of what names none."""

    staff: Mapping[str, str]
    people: Mapping[str, str]
    things: Mapping[str, str]
    currency: str

    def of(self, id_: str | None) -> str:
        """A name, or the id where there is none."""
        if not id_:
            return ""
        return self.people.get(id_) or self.staff.get(id_) or self.things.get(id_) or id_


def told(one: Happening, names: Names) -> Told:
    """What happened, in words."""
    said = _TELLERS[one.kind](one.what, one.told, names)
    called, icon = KINDS[one.kind]
    when = formats.moment(one.at) if one.kind in _MOMENTS else formats.day(one.at)
    return Told(
        one.name, one.kind, called, icon, one.at, when, said.title, said.detail, said.words, said.tone, one.late, one.id
    )  # fmt: skip


#: Of these the time of day is worth a word.
_MOMENTS = {"contact", "note", "ticket", "survey", "inquiry"}


def joined(*parts: object) -> str:
    """Parts of a line, without those that say nothing."""
    return " · ".join(str(part) for part in parts if part)


def plain(word: object) -> str:
    """A word of a list of words, as a reader writes it."""
    return str(word or "").replace("_", " ")


def _capital(word: object) -> str:
    text = plain(word)
    return text[:1].upper() + text[1:]


def money(row: Row, names: Names, column: str = "amount") -> str:
    """An amount of a row, in the row's currency or else the reporting one."""
    return formats.money(row.get(column), row.get("currency") or names.currency)


def line_price(row: Row, names: Names, before: bool = False) -> str:
    """What a line costs: ``€1,200.00 / year``, or ``12 × €8.50 / month``; ``before``: what it cost before."""
    part = "before_" if before else ""
    currency, interval = row.get("currency") or names.currency, row.get("interval") or "month"
    count = int(row.get("interval_count") or 1)
    each = _EACH.get(interval, interval) if count == 1 else f"{count} {_EACH.get(interval, interval)}"
    if row.get(f"{part}amount") is not None:
        return f"{formats.money(row[f'{part}amount'], currency)} / {each}"
    if row.get(f"{part}unit_amount") is None:
        return ""
    many = formats.number(row.get(f"{part}quantity") or Decimal(1))
    return f"{many} × {formats.money(row[f'{part}unit_amount'], currency)} / {each}"


_EACH: dict[str, Text] = {
    "month": gettext_lazy("month"), "quarter": gettext_lazy("quarter"), "year": gettext_lazy("year"),
    "week": gettext_lazy("week"),
}  # fmt: skip


def _contact(_what: str, row: Row, names: Names) -> Said:
    told = ngettext("%(count)s minute", "%(count)s minutes", row["minutes"] or 0)
    minutes = told % {"count": formats.number(row["minutes"])} if row["minutes"] else ""
    met = ", ".join(names.of(one) for one in row["person_ids"] or ())
    detail = joined(DIRECTIONS.get(row["direction"], ""), names.of(row["csm_id"]), met, minutes, plain(row["outcome"]))
    return Said(str(CHANNELS.get(row["channel"], _capital(row["channel"]))), detail, row["text"] or "")


def _note(_what: str, row: Row, names: Names) -> Said:
    return Said(row["title"] or _("Note"), joined(plain(row["kind"]), names.of(row["by"])), row["text"] or "")


def _ticket(what: str, row: Row, names: Names) -> Said:
    name = row["subject"] or row["ticket_id"]
    more = joined(plain(row["priority"]), plain(row["category"]), names.of(row["requester_id"]))
    if what == "solved":
        took = row["solved_at"] - row["created_at"] if row.get("created_at") else None
        after = _("after %(time)s") % {"time": formats.duration(took)} if took else ""
        return Said(_("Ticket solved: %(name)s") % {"name": name}, joined(after, more), tone="good")
    urgent = row["priority"] in ("urgent", "high") and not row["solved_at"]
    state = "" if row["solved_at"] else _("open")
    return Said(_("Ticket: %(name)s") % {"name": name}, joined(state, more), tone="warn" if urgent else "")


def _survey(_what: str, row: Row, names: Names) -> Said:
    score = "–" if row["score"] is None else f"{formats.number(row['score'])} / {formats.number(row['scale_max'])}"
    name = str(row["survey"])
    title = _("%(survey)s: %(score)s") % {"survey": name.upper() if len(name) < 5 else _capital(name), "score": score}
    return Said(title, joined(names.of(row["person_id"]), plain(row["theme"])), row["text"] or "", satisfied(row))


def satisfied(row: Row) -> Tone:
    """How good an answer is on its scale: NPS by its own classes, others by thirds."""
    score, low, high = row["score"], row.get("scale_min"), row.get("scale_max")
    if score is None or low is None or high is None or high <= low:
        return ""
    if row["survey"] == "nps" and (low, high) == (0, 10):
        return "good" if score >= 9 else "warn" if score >= 7 else "bad"
    share = (score - low) / (high - low)
    share = 1 - share if row.get("low_is_good") else share
    return "good" if share >= Decimal("0.7") else "warn" if share >= Decimal("0.4") else "bad"


def _subscription(what: str, row: Row, names: Names) -> Said:
    name = joined(names.of(row["product_id"]), names.of(row["plan"])) or row["subscription_id"]
    price = line_price(row, names)
    if what == "ended":
        return Said(_("Ended: %(name)s") % {"name": name}, price, tone="bad")
    if what == "began":
        return Said(_("Began: %(name)s") % {"name": name}, price, tone="good")
    before = line_price(row, names, before=True)
    plan = f"{names.of(row['before_plan'])} → {names.of(row['plan'])}" if row["before_plan"] != row["plan"] else ""
    prices = f"{before} → {price}" if before and before != price else price
    return Said(_("Changed: %(name)s") % {"name": name}, joined(prices, plan), tone=_moved(row))


def _moved(row: Row) -> Tone:
    def size(part: str) -> Decimal | None:
        if row.get(f"{part}amount") is not None:
            return Decimal(row[f"{part}amount"])
        unit = row.get(f"{part}unit_amount")
        return None if unit is None else Decimal(unit) * Decimal(row.get(f"{part}quantity") or 1)

    before, now = size("before_"), size("")
    if before is None or now is None or before == now:
        return ""
    return "good" if now > before else "bad"


_OUTCOMES: dict[str, tuple[Text, Tone]] = {
    "renewed": (gettext_lazy("renewed"), "good"), "churned": (gettext_lazy("not renewed"), "bad"),
    "reduced": (gettext_lazy("renewed for less"), "warn"), "open": (gettext_lazy("open"), ""),
}  # fmt: skip


def outcome(word: str | None) -> tuple[str, Tone]:
    """What became of a contract, and what that means."""
    called, tone = _OUTCOMES.get(word or "", (plain(word), ""))
    return str(called), tone


def _contract(what: str, row: Row, names: Names) -> Said:
    value = money(row, names, "value")
    worth = _("%(amount)s a year") % {"amount": value}
    if what == "decided":
        called, tone = outcome(row["outcome"])
        new = money(row, names, "renewed_value") if row["renewed_value"] is not None else ""
        title = _("Contract %(id)s %(outcome)s") % {"id": row["contract_id"], "outcome": called}
        return Said(title, joined(f"{value} → {new}" if new else worth, row["outcome_reason"]), tone=tone)
    if what == "notice":
        return Said(_("Last day to give notice of contract %(id)s") % {"id": row["contract_id"]}, worth)
    until = _("until %(day)s") % {"day": formats.day(row["ended_at"])}
    return Said(_("Contract %(id)s began") % {"id": row["contract_id"]}, joined(worth, until))


_INVOICES: dict[str, Text] = {
    "invoice": gettext_lazy("Invoice %(id)s: %(amount)s"), "credit_note": gettext_lazy("Credit note %(id)s: %(amount)s"),
    "write_off": gettext_lazy("Written off, %(id)s: %(amount)s"),
}  # fmt: skip


def _invoice(_what: str, row: Row, names: Names) -> Said:
    kind = row["kind"] or "invoice"
    title = str(_INVOICES.get(kind, _INVOICES["invoice"])) % {"id": row["invoice_id"], "amount": money(row, names)}
    due = _("due %(day)s") % {"day": formats.day(row["due_at"])} if row["due_at"] and kind == "invoice" else ""
    tone: Tone = "bad" if kind == "write_off" else "warn" if kind == "credit_note" else ""
    return Said(title, joined(due, plain(row["status"])), tone=tone)


_PAYMENTS: dict[str, tuple[Text, Tone]] = {
    "payment": (gettext_lazy("Paid: %(amount)s"), "good"), "refund": (gettext_lazy("Paid back: %(amount)s"), "warn"),
    "chargeback": (gettext_lazy("Charged back: %(amount)s"), "bad"),
}  # fmt: skip


def _payment(_what: str, row: Row, names: Names) -> Said:
    title, tone = _PAYMENTS.get(row["kind"] or "payment", _PAYMENTS["payment"])
    of = _("invoice %(id)s") % {"id": row["invoice_id"]}
    return Said(str(title) % {"amount": money(row, names)}, of, tone=tone)


def _opportunity(what: str, row: Row, names: Names) -> Said:
    kind, amount = _capital(row["kind"]), money(row, names)
    if what == "closed":
        won = row["status"] == "won"
        title = _("%(kind)s won") if won else _("%(kind)s lost")
        return Said(title % {"kind": kind}, joined(amount, row["lost_reason"]), tone="good" if won else "bad")
    return Said(_("%(kind)s opened") % {"kind": kind}, joined(amount, plain(row["stage"])))


def _churn(_what: str, row: Row, _names: Names) -> Said:
    lost = _("A line was lost") if row["subscription_id"] else _("The customer was lost")
    return Said(lost, joined(plain(row["kind"]), row["reason"], row["competitor"]), row["text"] or "", "bad")


def _milestone(_what: str, row: Row, names: Names) -> Said:
    return Said(_("Reached: %(name)s") % {"name": _capital(row["kind"])}, names.of(row["product_id"]), tone="good")


def _training(_what: str, row: Row, names: Names) -> Said:
    return Said(_("Finished the course %(name)s") % {"name": row["course"]}, names.of(row["person_id"]))


def _goal(what: str, row: Row, names: Names) -> Said:
    if what == "comment":
        return Said(_("Comment on the plan"), joined(sides(row["side"]), names.of(row["by"])), row["text"] or "")
    if what == "step":
        by = joined(sides(row["side"]), names.of(row["done_by"]))
        return Said(_("Step done: %(name)s") % {"name": row["name"]}, by, tone="good")
    if what == "confirmed":
        return Said(_("Goal confirmed: %(name)s") % {"name": row["name"]}, names.of(row["confirmed_by"]), tone="good")
    return Said(_("Goal reached: %(name)s") % {"name": row["name"]}, row["measure"] or "", tone="good")


def sides(side: str) -> str:
    """Whose it is, in a success plan."""
    return _("the customer") if side == "customer" else _("we")


def _owner(_what: str, row: Row, names: Names) -> Said:
    now = ", ".join(names.of(one) for one in row["owners"] or () if one) or "–"
    before = ", ".join(names.of(one) for one in row["before"] or () if one)
    title = _("Handed over to %(name)s") if before else _("Looked after by %(name)s")
    return Said(title % {"name": now}, _("before: %(name)s") % {"name": before} if before else "")


def _handover(_what: str, row: Row, names: Names) -> Said:
    return Said(
        _("Handed on: %(item)s") % {"item": row["item"]}, f"{names.of(row['from_id'])} → {names.of(row['to_id'])}"
    )


def _health(_what: str, row: Row, _names: Names) -> Said:
    before, now = (str(scores.HEALTH.get(row[end], row[end])) for end in ("before", "band"))
    title = _("Health became %(now)s") % {"now": now}
    points = f"{formats.number(row['before_score'], 0)} → {formats.number(row['score'], 0)}"
    return Said(
        title, joined(_("it was %(before)s") % {"before": before}, points), tone=scores.TONES.get(row["band"], "")
    )


def _judgement(_what: str, row: Row, names: Names) -> Said:
    return Said(
        _("Judged %(score)s of 5") % {"score": formats.number(row["score"])}, names.of(row["by"]), row["text"] or ""
    )


def _person(what: str, row: Row, _names: Names) -> Said:
    name, part = row["name"] or row["person_id"], row["title"] or plain(row["role"])
    if what == "left":
        champion = _("a champion") if row["is_champion"] else ""
        return Said(_("%(name)s left") % {"name": name}, joined(champion, part), tone="bad" if champion else "warn")
    return Said(_("%(name)s came") % {"name": name}, part)


def _decision(what: str, row: Row, names: Names) -> Said:
    if what == "done":
        return Said(_("Decision done with"), names.of(row["by"]), row["text"] or "", "good")
    again = row["follow_up"]
    look = (
        _("look again on %(day)s") % {"day": formats.day(again)}
        if isinstance(again, date) and not row["done_at"]
        else ""
    )
    return Said(_("Decided"), joined(names.of(row["by"]), look), row["text"] or "")


def _request(_what: str, row: Row, names: Names) -> Said:
    detail = joined(plain(row["theme"]), plain(row["status"]), names.of(row["person_id"]))
    return Said(_capital(row["kind"]), detail, row["text"] or "", "warn" if row["kind"] == "complaint" else "")


def _escalation(_what: str, row: Row, _names: Names) -> Said:
    state = "" if row["closed_at"] else _("open")
    title = _("Escalated to %(level)s") % {"level": plain(row["level"])}
    return Said(title, joined(state, row["cause"], row["ticket_id"]), tone="bad" if not row["closed_at"] else "warn")


def _advocacy(_what: str, row: Row, names: Names) -> Said:
    return Said(_capital(row["kind"]), joined(names.of(row["person_id"]), plain(row["outcome"])), tone="good")


def _inquiry(_what: str, row: Row, names: Names) -> Said:
    answered = row["answered_at"] or row["resolved_at"]
    state = _("answered %(day)s") % {"day": formats.day(answered)} if answered else _("not answered yet")
    title = _("A question to %(name)s") % {"name": names.of(row["csm_id"])}
    return Said(title, state, tone="" if answered else "warn")


def _use(_what: str, row: Row, names: Names) -> Said:
    name = names.things.get(row["feature"]) or titled(row["feature"])
    return Said(_("First use of %(name)s") % {"name": name}, _("in this month"))


_TELLERS: dict[str, Callable[[str, Row, Names], Said]] = {
    "contact": _contact, "note": _note, "ticket": _ticket, "survey": _survey, "subscription": _subscription,
    "contract": _contract, "invoice": _invoice, "payment": _payment, "opportunity": _opportunity, "churn": _churn,
    "milestone": _milestone, "training": _training, "goal": _goal, "owner": _owner, "handover": _handover,
    "health": _health, "judgement": _judgement, "person": _person, "decision": _decision, "request": _request,
    "escalation": _escalation, "advocacy": _advocacy, "inquiry": _inquiry, "use": _use,
}  # fmt: skip
