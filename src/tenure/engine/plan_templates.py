"""Templates of success plans: a file of the workspace, or the one that comes with Tenure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

from tenure.core.toml_reader import ListReader
from tenure.core.toml_text import parsed

#: How a workspace's own templates are called, in its folder.
OWN = "plans.toml"
_SIDES = ("customer", "us")
#: The keys of a plan, of a goal, and of a step.
_PLAN, _GOAL, _STEP = ("name", "about", "goal"), ("name", "measure", "target", "due", "step"), ("name", "side", "due")


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
    document, said = parsed(text, place, "bad_plans"), ListReader(place, "bad_plans")
    said.known(document, ("plan",))
    found = tuple(_plan(one, said) for one in said.entries(document, "plan", _PLAN))
    names = [one.name for one in found]
    if len(set(names)) < len(names):
        raise said.wrong("Two plans have the same name.", "Give each a name of its own.")
    return found


def _plan(given: dict[str, Any], said: ListReader) -> PlanTemplate:
    goals = tuple(_goal(one, said) for one in said.entries(given, "goal", _GOAL))
    name = said.text(given, "name")
    if not goals:
        raise said.wrong(f"The plan {name!r} has no goal.", "Give it a [[plan.goal]].")
    return PlanTemplate(name, said.text(given, "about", needed=False), goals)


def _goal(given: dict[str, Any], said: ListReader) -> GoalTemplate:
    target = given.get("target")
    if target is not None and (isinstance(target, bool) or not isinstance(target, int | Decimal)):
        raise said.wrong("A goal's target is no number.", "Write it as target = 80.")
    steps = tuple(_step(one, said) for one in said.entries(given, "step", _STEP))
    measure = said.text(given, "measure", needed=False)
    return GoalTemplate(
        said.text(given, "name"), measure, None if target is None else Decimal(target), _due(given, said), steps
    )


def _step(given: dict[str, Any], said: ListReader) -> StepTemplate:
    side = given.get("side", "us")
    if side not in _SIDES:
        raise said.wrong(f"A step's side is {side!r}.", "It is customer or us.")
    return StepTemplate(said.text(given, "name"), side, _due(given, said))


def _due(given: dict[str, Any], said: ListReader) -> int | None:
    due = given.get("due")
    if due is not None and (isinstance(due, bool) or not isinstance(due, int) or not 0 <= due <= 3_650):
        raise said.wrong(f"due is {due!r}.", "It is a number of days after the plan begins.")
    return due
