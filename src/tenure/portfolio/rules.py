"""Levels of service and how work is counted: a file in the workspace, ``portfolio.toml``, over what comes with Tenure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, partial
from importlib.resources import files
from typing import Any

from tenure.core import accept
from tenure.core.accept import RefusedError
from tenure.core.toml_reader import Check, TomlReader, plain
from tenure.core.toml_text import parsed
from tenure.core.written import Written

CODE = "bad_portfolio"
FILE = "portfolio.toml"
OWNER, POOL = "owner", "pool"


@dataclass(frozen=True)
class Tier:
    """A level of service. ``where``: conditions that all hold of its accounts. ``contact_days``: an account that was not
    contacted for longer lacks contact; null: the organisation's usual. ``by``: who looks after it, an owner or a pool.
    ``hours``: a month; null: as elsewhere declared. ``accounts_per_csm``: how many of them one full-time person takes; null: not said.
    """

    name: str
    where: tuple[tuple[str, str, Any], ...] = ()
    contact_days: int | None = None
    by: str = OWNER
    hours: Decimal | None = None
    accounts_per_csm: Decimal | None = None
    skills: tuple[str, ...] = ()


@dataclass(frozen=True)
class Work:
    """Hours of an account a month: ``hours`` where its level says none; for each open ``ticket`` and ``project``; ``renewal``
    where one is due within ``renewal_days``; by ``lifecycle``. ``history``: how much what was logged over ``history_days`` counts
    against what the level says, from 0 to 1; ``per_contact_hour``: the hours of work that one logged hour of contact stands for.
    """

    hours: Decimal
    ticket: Decimal
    project: Decimal
    renewal: Decimal
    renewal_days: int
    history: Decimal
    history_days: int
    per_contact_hour: Decimal
    lifecycle: Mapping[str, Decimal]


@dataclass(frozen=True)
class Time:
    """``hours`` with customers in a month of full time; ``ramp``: the share of it that somebody has in the first months here."""

    hours: Decimal
    ramp: tuple[Decimal, ...]


@dataclass(frozen=True)
class Guards:
    """What a proposal may not do. ``most_moves``: the share of accounts that move at most. No move within ``renewal_days`` of a
    renewal, nor, unless its owner leaves or has left, ``settled_days`` after the last change of hands. Nobody takes over who is away for more than ``absent_share`` of
    the month or leaves within ``leaving_days``. ``relation``: what a long, recent relation costs; ``arr``, ``risk``: what fairness of these
    weighs against hours.
    """

    most_moves: Decimal
    renewal_days: int
    settled_days: int
    absent_share: Decimal
    leaving_days: int
    relation: Decimal
    arr: Decimal
    risk: Decimal


@dataclass(frozen=True)
class Hiring:
    """``load``: how full people are meant to be; ``months``: how far to look ahead, by ``history_months``; ``hiring_days``: how
    long it takes to hire.
    """

    load: Decimal
    months: int
    history_months: int
    hiring_days: int


@dataclass(frozen=True)
class Rules:
    """What the file says. ``otherwise``: the level of customers that no rule catches; empty: they keep theirs."""

    written: Written
    definition: str
    attribute: str
    otherwise: str
    tiers: tuple[Tier, ...]
    work: Work
    time: Time
    guards: Guards
    hiring: Hiring

    @cached_property
    def version(self) -> str:
        """A name for what the file means, whatever its comments say. The order of levels has a meaning."""
        meaning = json.dumps(plain(parsed(self.written.text, self.written.path, CODE)))
        return hashlib.sha256(meaning.encode()).hexdigest()[:12]

    def tier(self, name: str | None) -> Tier:
        """The level of that name; one that says nothing where the file has none."""
        return next((tier for tier in self.tiers if tier.name == name), Tier(name or ""))


def shipped() -> Written:
    """The file that comes with Tenure."""
    return Written(FILE, (files(__package__) / FILE).read_text("utf-8"))


def read(written: Written) -> Rules:
    """What a file says. Raises ``UsageError`` with file, line and what to do, for the first thing that is wrong."""
    ours = parsed(shipped().text, FILE, CODE)
    said = TomlReader(written, CODE)
    top = said.inside((), _TOP)

    def group(name: str) -> dict[str, Any]:
        keys = _GROUPS[name]
        standing = {key: check(ours[name].get(key, {})) for key, check in keys.items()}
        return standing | said.inside((name,), keys)

    tiers = tuple(Tier(name, **said.inside(("tiers", name), _TIER)) for name in top.get("tiers", {}))
    return Rules(
        written, top.get("definition", ""), top.get("attribute", "tier"), top.get("otherwise", ""), tiers,
        Work(**group("workload")), Time(**group("capacity")), Guards(**group("balance")), Hiring(**group("headcount")),
    )  # fmt: skip


def _number(value: Any, *, most: int) -> Decimal:
    must_be = f"a number from 0 to {most}"
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise RefusedError(must_be)
    number = Decimal(value)
    if not number.is_finite() or not 0 <= number <= most or number != round(number, 4):
        raise RefusedError(must_be + ", of four decimals at most")
    return number


_share, _weight = partial(_number, most=1), partial(_number, most=100)


def _full(value: Any) -> Decimal:
    number = _number(value, most=10_000)
    if not number:
        raise RefusedError("a number above 0")
    return number


def _ramp(value: Any) -> tuple[Decimal, ...]:
    must_be = "a share from 0 to 1 for each of the first months, as [0.25, 0.5, 0.75]"
    if not isinstance(value, list) or len(value) > 24:
        raise RefusedError(must_be)
    try:
        return tuple(_share(one) for one in value)
    except RefusedError:
        raise RefusedError(must_be) from None


def _group(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise RefusedError("a table, as [workload]")
    return value


def _hours_by_name(value: Any) -> dict[str, Decimal]:
    return {name: accept.hours(hours) for name, hours in _group(value).items()}


def _tables(value: Any) -> dict[str, Any]:
    if not all(isinstance(inner, dict) for inner in _group(value).values()):
        raise RefusedError("a table for each level, as [tiers.Platinum]")
    return _group(value)


def _by(value: Any) -> str:
    if value not in (OWNER, POOL):
        raise RefusedError(f'"{OWNER}" or "{POOL}"')
    return str(value)


def _where(value: Any) -> tuple[tuple[str, str, Any], ...]:
    must_be = 'conditions, each a column, an operator and a value, as [["arr", "at_least", 24000]]'
    if not isinstance(value, list) or not all(
        isinstance(one, list) and len(one) == 3 and isinstance(one[0], str) and isinstance(one[1], str) for one in value
    ):
        raise RefusedError(must_be)
    return tuple((one[0], one[1], one[2]) for one in value)


_days = accept.whole(1, 1_100)
_TOP: dict[str, Check] = {
    "definition": accept.text, "attribute": accept.word, "otherwise": accept.text, "tiers": _tables,
    "workload": _group, "capacity": _group, "balance": _group, "headcount": _group,
}  # fmt: skip
_TIER: dict[str, Check] = {
    "where": _where, "contact_days": _days, "by": _by, "hours": accept.hours, "accounts_per_csm": _full,
    "skills": accept.words,
}  # fmt: skip
_GROUPS: dict[str, dict[str, Check]] = {
    "workload": {
        "hours": accept.hours, "ticket": accept.hours, "project": accept.hours, "renewal": accept.hours,
        "renewal_days": _days, "history": _share, "history_days": _days, "per_contact_hour": _weight,
        "lifecycle": _hours_by_name,
    },
    "capacity": {"hours": _full, "ramp": _ramp},
    "balance": {
        "most_moves": _share, "renewal_days": _days, "settled_days": _days, "absent_share": _share, "leaving_days": _days,
        "relation": _weight, "arr": _weight, "risk": _weight,
    },
    "headcount": {
        "load": _full, "months": accept.whole(1, 36), "history_months": accept.whole(6, 120), "hiring_days": _days,
    },
}  # fmt: skip
