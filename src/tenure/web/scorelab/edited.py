"""A health model with other weights and bands: its text, of which all else stays as it was written."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from tenure.core.errors import UsageError
from tenure.core.titles import titled

_LINE = re.compile(r"""^(\s*)([\w.\-"' ]+?)(\s*=\s*)([0-9][0-9._eE+-]*)(\s*(?:\#.*)?)$""")
_TABLE = re.compile(r"^\s*\[([^\[\]]+)\]")
_MOST = 1_000_000


@dataclass(frozen=True)
class Knob:
    """A number of the model that can be turned. ``name``: of its field; ``most``: up to which a slider goes."""

    name: str
    at: tuple[str, ...]
    label: str
    value: Decimal
    most: int


def knobs(text: str) -> tuple[Knob, ...]:
    """The weights of the components, and from which scores on bands begin."""
    said: dict[str, Any] = tomllib.loads(text, parse_float=Decimal)
    weights = {name: Decimal(component["weight"]) for name, component in said["components"].items()}
    most = max(100, int(2 * max(weights.values(), default=Decimal(0))))
    found = [Knob(f"weight-{n}", ("components", n, "weight"), titled(n), weight, most) for n, weight in weights.items()]
    bands = {"good": _("Good from"), "fair": _("Fair from")}
    found += [Knob(band, ("bands", band), label, Decimal(said["bands"][band]), 100) for band, label in bands.items()]
    return tuple(found)


def numbers(of: tuple[Knob, ...], given: Mapping[str, str]) -> dict[str, Decimal]:
    """The numbers that a form gives, by the fields' names; those of the model where it gives none. Raises ``UsageError``."""
    found = {}
    for knob in of:
        text = given.get(knob.name, "").strip()
        try:
            number = Decimal(text) if text else knob.value
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or not 0 <= number <= _MOST:
            raise UsageError(
                _("%(name)s is no number from 0 on.") % {"name": knob.label}, code="bad_model", fix=_("Write one.")
            )
        found[knob.name] = number
    return found


def edited(text: str, of: tuple[Knob, ...], wanted: Mapping[str, Decimal]) -> str:
    """The text with other numbers. Raises ``UsageError`` where a number stands in a way that is not changed here."""
    to = {knob.at: wanted[knob.name] for knob in of if wanted[knob.name] != knob.value}
    lines, done = [], set()
    table: tuple[str, ...] = ()
    for line in text.splitlines(keepends=True):
        body = line.rstrip("\r\n")
        end, here = line[len(body) :], line
        if head := _TABLE.match(body):
            table = _split(head[1])
        elif (key := _LINE.match(body)) and (at := (*table, *_split(key[2]))) in to:
            here = f"{key[1]}{key[2]}{key[3]}{to[at]:f}{key[5]}{end}"
            done.add(at)
        lines.append(here)
    if missing := set(to) - done:
        where = ".".join(min(missing))
        raise UsageError(
            _("%(where)s is written in a way that cannot be changed here.") % {"where": where}, code="bad_model",
            fix=_("It is in models/health.toml of the workspace: write the number there as a plain number after the equals sign, and it can be turned here."),
        )  # fmt: skip
    return "".join(lines)


def _split(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
