"""What scorecards show and how parts of them are blended: a file of the workspace, ``scorecard.toml``, over what comes with Tenure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from tenure.core import accept
from tenure.core.accept import RefusedError
from tenure.core.errors import UsageError
from tenure.core.toml_reader import Check, TomlReader, plain
from tenure.core.toml_text import parsed
from tenure.core.written import Written
from tenure.figures import kept
from tenure.figures.request import variants

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenure.core.config import Settings

CODE = "bad_scorecard"
FILE = "scorecard.toml"
#: Scores that people move themselves are no measure of people.
_APART = "health"
_HASH = 12


@dataclass(frozen=True)
class Measure:
    """A metric with the variants that are not its first ones. ``weight``: among the measures that have a target."""

    metric: str
    variant: tuple[str, ...]
    weight: Decimal

    @property
    def key(self) -> str:
        """What it is called in addresses."""
        return "-".join((self.metric, *self.variant))


@dataclass(frozen=True)
class Group:
    """Measures that stand together. ``beside``: for information, without targets and conclusions."""

    slug: str
    name: str
    beside: bool
    measures: tuple[Measure, ...]


@dataclass(frozen=True)
class Rules:
    """What a file says. ``individual``: the part of one's own results in the blend; ``most``: more than this is not counted of a
    target; ``inherited``: days; ``floor``: how many have to share a team's results for its members to see them.
    """

    written: Written
    definition: str
    groups: tuple[Group, ...]
    individual: Decimal
    most: Decimal
    inherited: int
    floor: int

    @property
    def version(self) -> str:
        """A name for what the file means, whatever its comments say."""
        meaning = json.dumps(plain(parsed(self.written.text, self.written.path, CODE)))
        return hashlib.sha256(meaning.encode()).hexdigest()[:_HASH]

    def group(self, slug: str) -> Group | None:
        """The group of that name."""
        return next((one for one in self.groups if one.slug == slug), None)

    def measure(self, key: str) -> Measure | None:
        """The measure of that key."""
        return next((one for group in self.groups for one in group.measures if one.key == key), None)


def shipped() -> Written:
    """The file that comes with Tenure."""
    return Written(FILE, (files(__package__) / FILE).read_text("utf-8"))


def read(written: Written) -> Rules:
    """What a file says. Raises ``UsageError`` with file, line and what to do, for the first thing that is wrong."""
    ours = parsed(shipped().text, FILE, CODE)
    said = TomlReader(written, CODE)
    top = said.inside((), _TOP)

    def table(name: str, keys: Mapping[str, Check]) -> dict[str, Any]:
        standing = {key: check(ours[name][key]) for key, check in keys.items()}
        return standing | said.inside((name,), keys)

    weights = top.get("weights", {name: _weight(value) for name, value in ours["weights"].items()})
    own = "groups" in top
    groups = []
    for slug in top["groups"] if own else ours["groups"]:
        given = said.inside(("groups", slug), _GROUP) if own else _checked(ours["groups"][slug])
        measures = tuple(
            Measure(metric, tuple(variant), weights.get(metric, Decimal(1)))
            for metric, *variant in given.get("measures", ())
        )
        groups.append(Group(slug, given.get("name", slug), given.get("beside", False), measures))
    rules = Rules(
        written, top.get("definition", ours["definition"]), tuple(groups), **table("blend", _BLEND),
        inherited=table("inherited", _DAYS)["days"], floor=table("shown", _SHOWN)["team"],
    )  # fmt: skip
    _once(rules, said)
    return rules


def sensible(rules: Rules, settings: Settings) -> Rules:
    """The rules, if they name metrics and variants that there are. Raises ``UsageError`` for others, and where health is not beside."""
    for group in rules.groups:
        for one in group.measures:
            entry = kept.entry(one.metric, settings)
            variants(entry, one.variant)
            if entry.family == _APART and not group.beside:
                raise UsageError(
                    f"{one.metric} is no measure of people: they would be judged by what they judge themselves.",
                    code=CODE, where=f"{rules.written.path}: groups.{group.slug}", fix="Put it into a group with beside = true.",
                )  # fmt: skip
    return rules


def _once(rules: Rules, said: TomlReader) -> None:
    seen: set[str] = set()
    for group in rules.groups:
        for one in group.measures:
            if one.key in seen:
                raise said.bad(
                    ("groups", group.slug), f"{one.key.replace('-', ' ')} stands here twice.", "Name it once."
                )
            seen.add(one.key)


def _checked(given: dict[str, Any]) -> dict[str, Any]:
    return {key: check(given[key]) for key, check in _GROUP.items() if key in given}


def _measures(value: Any) -> tuple[tuple[str, ...], ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one.split() for one in value):
        raise RefusedError('a list of metrics, each with its variants after it, as ["response_time csm"]')
    return tuple(tuple(one.split()) for one in value)


def _share(value: Any) -> Decimal:
    return _between(value, 0, 1)


def _most(value: Any) -> Decimal:
    return _between(value, 1, 10)


def _weight(value: Any) -> Decimal:
    return _between(value, 0, 100)


def _between(value: Any, least: int, most: int) -> Decimal:
    must_be = f"a number from {least} to {most}"
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise RefusedError(must_be)
    number = Decimal(value)
    if not number.is_finite() or not least <= number <= most:
        raise RefusedError(must_be)
    return number


def _tables(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or not all(isinstance(inner, dict) for inner in value.values()):
        raise RefusedError("a table for each group, as [groups.retention]")
    for name in value:
        if not name.isidentifier():
            raise RefusedError("tables with names of small letters and underscores")
    return value


def _table(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise RefusedError("a table, as [blend]")
    return value


def _weights(value: Any) -> dict[str, Decimal]:
    return {name: _weight(weight) for name, weight in _table(value).items()}


_TOP: dict[str, Check] = {
    "definition": accept.text, "groups": _tables, "weights": _weights, "blend": _table, "inherited": _table,
    "shown": _table,
}  # fmt: skip
_GROUP: dict[str, Check] = {"name": accept.text, "beside": accept.boolean, "measures": _measures}
_BLEND: dict[str, Check] = {"individual": _share, "most": _most}
_DAYS: dict[str, Check] = {"days": accept.whole(1, 730)}
_SHOWN: dict[str, Check] = {"team": accept.whole(1, 1_000)}
