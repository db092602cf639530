"""Templates of success plans: a file of the workspace, or the one that comes with Tenure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

from tenure.core.errors import UsageError
from tenure.core.toml_text import parsed

#: How a workspace's own templates are called, in its folder.
OWN = "plans.toml"
_SIDES = ("customer", "us")


@dataclass(frozen=True)
class StepTemplate:
    """A step that the customer or we (``side``) are to do, ``due`` so many days after the plan begins (None: some time)."""

    name: str
    side: str
    due: int | None


@dataclass(frozen=True)
class GoalTemplate:
    """A goal with its steps; ``measure``, ``target`` and ``due`` (days after the plan begins) may be left open."""

    name: str
    measure: str
    target: Decimal | None
    due: int | None
    steps: tuple[StepTemplate, ...]


@dataclass(frozen=True)
class PlanTemplate:
    """A plan that can be begun with. ``about``: when it fits."""

    name: str
    about: str
    goals: tuple[GoalTemplate, ...]


def templates(home: Path) -> tuple[PlanTemplate, ...]:
    """The templates in force. Raises ``UsageError`` for a file that is wrong."""
    own = home / OWN
    if own.is_file():
        return read(own.read_bytes().decode("utf-8-sig", "replace"), OWN)
    shipped = resources.files("tenure.engine").joinpath("success_plans.toml").read_text(encoding="utf-8")
    return read(shipped, "success_plans.toml")


def read(text: str, place: str) -> tuple[PlanTemplate, ...]:
    """The templates that a text holds. Raises ``UsageError`` with what is wrong in ``place``."""
    document = parsed(text, place, "bad_plans")
    found = tuple(_plan(one, place) for one in _tables(document, "plan", place))
    names = [one.name for one in found]
    if len(set(names)) < len(names):
        raise _wrong(place, "Two plans have the same name.", "Give each a name of its own.")
    return found


def _plan(given: dict[str, Any], place: str) -> PlanTemplate:
    goals = tuple(_goal(one, place) for one in _tables(given, "goal", place))
    name = _text(given, "name", place)
    if not goals:
        raise _wrong(place, f"The plan {name!r} has no goal.", "Give it a [[plan.goal]].")
    return PlanTemplate(name, _text(given, "about", place, needed=False), goals)


def _goal(given: dict[str, Any], place: str) -> GoalTemplate:
    target = given.get("target")
    if target is not None and (isinstance(target, bool) or not isinstance(target, int | Decimal)):
        raise _wrong(place, "A goal's target is no number.", "Write it as target = 80.")
    steps = tuple(_step(one, place) for one in _tables(given, "step", place))
    measure = _text(given, "measure", place, needed=False)
    return GoalTemplate(
        _text(given, "name", place), measure, None if target is None else Decimal(target), _due(given, place), steps
    )


def _step(given: dict[str, Any], place: str) -> StepTemplate:
    side = given.get("side", "us")
    if side not in _SIDES:
        raise _wrong(place, f"A step's side is {side!r}.", "It is customer or us.")
    return StepTemplate(_text(given, "name", place), side, _due(given, place))


def _due(given: dict[str, Any], place: str) -> int | None:
    due = given.get("due")
    if due is not None and (isinstance(due, bool) or not isinstance(due, int) or not 0 <= due <= 3_650):
        raise _wrong(place, f"due is {due!r}.", "It is a number of days after the plan begins.")
    return due


def _text(given: dict[str, Any], name: str, place: str, *, needed: bool = True) -> str:
    value = given.get(name, "")
    if not isinstance(value, str) or (needed and not value.strip()):
        raise _wrong(place, f"{name} is missing, or no text.", f'Write it as {name} = "...".')
    return value.strip()


def _tables(given: dict[str, Any], name: str, place: str) -> list[dict[str, Any]]:
    found = given.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise _wrong(place, f"{name} is no list of tables.", f"Begin each with [[{name}]].")
    return found


def _wrong(place: str, message: str, fix: str) -> UsageError:
    return UsageError(message, code="bad_plans", where=place, fix=fix)
