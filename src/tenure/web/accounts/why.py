"""Why an account's health score is what it is, and why it is another one than on an earlier day."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.core.errors import UsageError
from tenure.core.titles import titled
from tenure.web.kit import figure, formats, scores
from tenure.web.kit.charts import Cascade, Chart, Scale, Step, Table, Tone

if TYPE_CHECKING:
    from tenure.engine import Sight
    from tenure.engine.verbs.health import AccountHealth, Change, Component, HealthFound
    from tenure.web.kit.asking import Answers


@dataclass(frozen=True)
class Why:
    """``day``, ``since``: of which days, as the form's fields hold them; ``latest``: what they can be at most. ``fault``: what
    is wrong with the days asked for. ``reason``: why there is no score. ``made``, ``moved``: what the score is made of, and
    what changed it; ``unmoved`` says why nothing did. ``notes``: what is not known, and what CSMs write.
    """

    id: str
    name: str
    day: str
    since: str
    latest: str
    fault: str = ""
    score: str = ""
    band: str = ""
    tone: str = ""
    coverage: str = ""
    reason: str = ""
    definition: str = ""
    made: Chart | None = None
    notes: tuple[str, ...] = ()
    since_told: str = ""
    change: str = ""
    moved: Chart | None = None
    unmoved: str = ""
    told: tuple[str, ...] = ()


def why(answers: Answers, account_id: str, name: str, today: date, asked: dict[str, str]) -> Why:
    """The explanation for the days asked for (default: today against a quarter before)."""
    day, since = asked.get("at", ""), asked.get("since", "")
    try:
        found = answers.health(account_id, at=day, since=since)
    except UsageError as error:
        if error.code not in ("no_date", "no_period", "not_found"):
            raise
        fault = _("It was no customer on that day.") if error.code == "not_found" else f"{error.message} {error.fix}"
        return Why(account_id, name, day, since, today.isoformat(), fault=fault)
    account = found.accounts[0]
    read = _Reading(answers.sight)
    return Why(
        id=account_id,
        name=name,
        day=found.day.isoformat(),
        since=found.since.isoformat(),
        latest=today.isoformat(),
        score=formats.number(account.score, 1),
        band=str(scores.HEALTH.get(account.band or "", account.band or "")),
        tone=scores.TONES.get(account.band or "", ""),
        coverage=formats.percent(account.coverage, 0),
        reason=account.reason,
        definition=found.definition,
        made=read.made(account) if account.score is not None else None,
        notes=tuple(read.notes(account)),
        since_told=formats.day(found.since),
        change=_change(account),
        moved=read.moved(found, account) if any(line.change for line in account.why) else None,
        unmoved=_unmoved(found, account),
        told=tuple(_told(account)),
    )


def _change(account: AccountHealth) -> str:
    if account.score is None or account.before is None:
        return ""
    return scores.signed(account.score - _start(account))


def _start(account: AccountHealth) -> Decimal:
    """The score of then, as it was told."""
    return (account.score or Decimal(0)) - sum((line.change for line in account.why), Decimal(0))


def _unmoved(found: HealthFound, account: AccountHealth) -> str:
    if account.score is None:
        return ""
    if account.before is None:
        return _("On %(day)s it had no score, with which it could be compared.") % {"day": formats.day(found.since)}
    return "" if any(line.change for line in account.why) else _("Nothing changed it.")


def _told(account: AccountHealth) -> list[str]:
    """What a line that is no component means, where there is one."""
    meanings = {
        "late data": _("“Learned later”: what became known of that day only after it."),
        "model": _("“Model changed”: the same facts by another definition of the score."),
    }
    return [meanings[line.what] for line in account.why if line.what in meanings and line.change]


class _Reading:
    """Components in words: their metrics' units, and what the model says of them."""

    def __init__(self, sight: Sight) -> None:
        model: dict[str, Any] = tomllib.loads(sight.health_model().text)
        self._metrics = sight.metrics()
        self._currency = sight.settings().currency
        self._components = model["components"]
        self._good, self._fair = (Decimal(str(model["bands"][band])) for band in ("good", "fair"))

    def made(self, account: AccountHealth) -> Cascade:
        """What each known component adds to the score, the most first."""
        known = sorted((c for c in account.components if c.points is not None), key=lambda c: (-c.adds, c.name))
        steps = [Step(self._named(c), float(c.adds), self._tone(c.points)) for c in known]
        steps.append(Step(_("Score"), float(account.score or 0), "muted", level=True))
        unknown = [c for c in account.components if c.points is None]
        rows = [*(self._row(c) for c in known), *(self._row(c) for c in unknown)]
        rows.append((_("Score"), "", "", "", "", formats.number(account.score, 2)))
        columns = (_("Component"), _("Value"), _("Stands on"), _("Points"), _("Weight"), _("Adds"))
        says = _("The score of %(score)s is made of: %(parts)s.") % {
            "score": formats.number(account.score, 1),
            "parts": ", ".join(f"{self._named(c)} {formats.number(c.adds, 1)}" for c in known),
        }
        return Cascade(says, Table(columns, tuple(rows)), Scale("number", 1), tuple(steps))

    def moved(self, found: HealthFound, account: AccountHealth) -> Cascade:
        """What changed the score, as far as it did, in lines that add up."""
        lines = [line for line in account.why if line.change]
        steps = [
            Step(_line(line), float(line.change), scores.DRAWN["good" if line.change > 0 else "poor"]) for line in lines
        ]
        whole = sum((line.change for line in lines), Decimal(0))
        steps.append(Step(_("Together"), float(whole), "muted", level=True))
        rows = [(formats.day(found.since), "", "", formats.number(_start(account), 2))]
        rows += [
            (_line(line), self._end(line, line.before), self._end(line, line.after), scores.signed(line.change, 2))
            for line in lines
        ]
        rows.append((formats.day(found.day), "", "", formats.number(account.score, 2)))
        says = _("From %(before)s on %(since)s to %(after)s: %(lines)s.") % {
            "before": formats.number(_start(account), 1), "since": formats.day(found.since),
            "after": formats.number(account.score, 1),
            "lines": ", ".join(f"{_line(line)} {scores.signed(line.change)}" for line in lines),
        }  # fmt: skip
        table = Table(("", _("Before"), _("After"), _("Points")), tuple(rows))
        return Cascade(says, table, Scale("number", 1), tuple(steps))

    def notes(self, account: AccountHealth) -> list[str]:
        """What is not known and so left out, how old judgements are, and what CSMs write themselves."""
        said = []
        unknown = [titled(c.name) for c in account.components if c.points is None]
        if unknown:
            said.append(
                _("Not known, and left out: %(names)s. The others count for more.") % {"names": ", ".join(unknown)}
            )
        if any(c.by_csm for c in account.components):
            said.append(_("* CSMs write it themselves."))
        said += [
            ngettext("%(name)s is %(days)s day old.", "%(name)s is %(days)s days old.", c.age)
            % {"name": titled(c.name), "days": formats.number(c.age)}
            for c in account.components
            if c.age and c.points is not None
        ]
        return said

    def _row(self, c: Component) -> tuple[str, ...]:
        if c.points is None:
            return self._named(c), _("unknown"), "", "", "", ""
        return (
            self._named(c), self._value(c.name, c.value), formats.number(c.things or None), formats.number(c.points, 0),
            formats.percent(c.weighs, 0), formats.number(c.adds, 2),
        )  # fmt: skip

    def _named(self, c: Component) -> str:
        return titled(c.name) + ("*" if c.by_csm else "")

    def _end(self, line: Change, value: Decimal | None) -> str:
        if line.what in ("late data", "model"):
            return ""
        return self._value(line.what, value)

    def _value(self, name: str, value: Decimal | None) -> str:
        """A component's value in the unit of its metric; of a trend how many times what was before."""
        if value is None:
            return _("unknown")
        of = self._components.get(name, {})
        if of.get("trend"):
            return f"{formats.number(value, 2)} ×"
        entry = self._metrics.get(of.get("metric", ""))
        if entry is None or entry.unit == "count":
            return formats.number(value, 2 if value % 1 else 0)
        return figure.told(value, entry.unit, self._currency, short=True)

    def _tone(self, points: Decimal | None) -> Tone:
        worth = points or Decimal(0)
        return scores.DRAWN["good" if worth >= self._good else "fair" if worth >= self._fair else "poor"]


def _line(line: Change) -> str:
    """What a line of a change is called."""
    return {"late data": _("Learned later"), "model": _("Model changed")}.get(line.what, titled(line.what))
