"""How far a workspace is with the first steps: facts, read anew each time; what is done is remembered for the navigation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from babel.dates import get_month_names
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.web.access.models import User
from tenure.web.access.roles import Role
from tenure.web.guide.kinds import KINDS
from tenure.web.guide.models import Aside, How, Step
from tenure.web.kit import figure, formats
from tenure.web.kit.reading import current

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.engine import Sight
    from tenure.web.guide.kinds import Kind
    from tenure.web.kit.asking import Answers
    from tenure.web.kit.shell import Text


@dataclass(frozen=True)
class Stand:
    """How far a step is. ``told``: the fact; ``missing``: what of it is not there yet; ``url``: of its button, empty where the reader has
    none; ``next``: it is the first that asks for something.
    """

    name: str
    title: Text
    brings: Text
    done: bool
    left: bool
    spare: bool
    next: bool
    told: str
    missing: str
    url: str
    button: Text
    said: Text
    guide: str


@dataclass(frozen=True)
class _Seen:
    """What the data says of a step."""

    done: bool
    told: str = ""
    missing: str = ""


def over(user_id: int) -> bool:
    """Whether the first steps have no place in somebody's navigation any more: all are done, or she has put them aside."""
    return Aside.objects.filter(user_id=user_id).exists() or Step.objects.filter(name__in=KINDS).count() == len(KINDS)


def settle() -> None:
    """Say that no step asks for anything: of a company that came with all of them."""
    Step.objects.bulk_create((Step(name=name, how=How.SEEN) for name in KINDS), ignore_conflicts=True)


def stands(answers: Answers, user: User) -> tuple[Stand, ...]:
    """How far each step is. What the data says is remembered."""
    found = {name: _seen(name, kind, answers, user) for name, kind in KINDS.items()}
    known: dict[str, str] = dict(Step.objects.values_list("name", "how"))
    for name, seen in found.items():
        if seen.done and known.get(name) in (None, How.LEFT):
            Step.objects.update_or_create(name=name, defaults={"how": How.SEEN, "by": None})
            known[name] = How.SEEN
    first = next((name for name in KINDS if name not in known), "")
    return tuple(
        _stand(name, kind, found[name], known.get(name, ""), user, first == name) for name, kind in KINDS.items()
    )


def _stand(name: str, kind: Kind, seen: _Seen, how: str, user: User, first: bool) -> Stand:
    opens = kind.page and (name != "people" or Role.ADMINISTRATOR in user.roles)
    return Stand(
        name, kind.title, kind.brings, how in (How.SEEN, How.TOLD), how == How.LEFT, kind.spare, first, seen.told,
        seen.missing or ("" if opens or name != "people" else _("An administrator does that.")),
        reverse(kind.page) if opens else "", kind.button, kind.said, kind.guide,
    )  # fmt: skip


def _seen(name: str, kind: Kind, answers: Answers, user: User) -> _Seen:
    if name == "settings":
        return _Seen(False, _settings(answers.settings))
    if name == "figures":
        return _figures(answers)
    if name == "people":
        others = User.objects.filter(is_active=True).exclude(pk=user.pk).count()
        text = ngettext("%(number)s colleague may log in", "%(number)s colleagues may log in", others)
        return _Seen(others > 0, text % {"number": formats.number(others)} if others else "")
    counts = {table: _rows(answers.sight, table) for table in (*kind.tables, *kind.any_of)}
    there = [f"{table}: {formats.number(count)}" for table, count in counts.items() if count]
    lacking = [table for table in kind.tables if not counts[table]] or (list(kind.any_of) if not there else [])
    told = _("Rows of %(counts)s") % {"counts": ", ".join(there)} if there else ""
    missing = _("Table: %(tables)s") % {"tables": ", ".join(lacking)} if lacking else ""
    return _Seen(not lacking, told, missing)


def _rows(sight: Sight, table: str) -> int:
    return sight.rows(table, limit=1).total


def _settings(settings: Settings) -> str:
    month = get_month_names("wide", locale=current().locale)[settings.fiscal_year_start]
    told = {"currency": settings.currency, "zone": settings.timezone, "month": month}
    return _("%(currency)s, %(zone)s, the fiscal year begins in %(month)s.") % told


def _figures(answers: Answers) -> _Seen:
    found = answers.ask("arr")
    arr = [each.value for each in found if each.value]
    if not arr:
        held = next((figure.note(each) for each in reversed(found) if each.status == "held"), "")
        return _Seen(False, missing=_("ARR is held by a check: %(why)s") % {"why": held} if held else "")
    nrr = [each.value for each in answers.ask("net_revenue_retention") if each.value is not None]
    told = {
        "arr": formats.money_short(arr[-1], answers.settings.currency),
        "nrr": formats.percent(nrr[-1] if nrr else None),
    }
    if not nrr:
        return _Seen(
            True, _("ARR %(arr)s; net revenue retention comes once customers have been there for a year") % told
        )
    return _Seen(True, _("ARR %(arr)s, net revenue retention %(nrr)s") % told)
