"""Reading what a user wrote into a TOML file: each key checked, and every complaint with its place and what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tenure.core.accept import RefusedError
from tenure.core.errors import UsageError
from tenure.core.toml_text import parsed, place_of
from tenure.core.written import Written

#: Gives a value as it is meant, or raises ``RefusedError``.
Check = Callable[[Any], Any]


class TomlReader:
    """A file of tables, and where each of its keys stands. ``code``: of the errors."""

    def __init__(self, written: Written, code: str) -> None:
        """Raises ``UsageError`` for a file that could not be read, and for what is not TOML."""
        if written.trouble:
            raise UsageError(written.trouble, code=code, where=written.path, fix="Save it as a text file in UTF-8.")
        self.written = written
        self.code = code
        self.content = parsed(written.text, written.path, code)

    def inside(self, at: tuple[str, ...], keys: Mapping[str, Check]) -> dict[str, Any]:
        """The keys of a table, each checked. Raises ``UsageError`` for one that there is not, and for a value not taken."""
        table: Any = self.content
        for name in at:
            table = table.get(name, {})
            if not isinstance(table, dict):
                raise self.bad(at, f"{at[-1]} must be a table.", f"As: [{'.'.join(at)}]")
        found = {}
        for name, value in table.items():
            if name not in keys:
                raise self.bad((*at, name), f"There is no key {name} here.", f"There are: {', '.join(keys)}.")
            try:
                found[name] = keys[name](value)
            except RefusedError as refusal:
                near = f" Did you mean {refusal.near}?" if refusal.near else ""
                raise self.bad((*at, name), f"{name} must be {refusal}.", f"Change it.{near}") from None
        return found

    def need(self, at: tuple[str, ...]) -> None:
        """Raise ``UsageError`` where a key is missing."""
        table: Any = self.content
        for name in at:
            if not isinstance(table, dict) or name not in table:
                inside = f" in [{'.'.join(at[:-1])}]" if at[1:] else ""
                raise self.bad(at[:-1], f"{at[-1]} is missing{inside}.", "Add it.")
            table = table[name]

    def bad(self, at: tuple[str, ...], message: str, fix: str) -> UsageError:
        """The error of a key."""
        where = place_of(self.written.text, self.written.path, at) if at else self.written.path
        return UsageError(message, code=self.code, where=where, fix=fix)


@dataclass(frozen=True)
class ListReader:
    """Reads files of ``[[...]]``, whose keys have no place of their own. ``place`` names the file, ``code`` its errors."""

    place: str
    code: str

    def entries(self, given: dict[str, Any], name: str, keys: tuple[str, ...]) -> list[dict[str, Any]]:
        """The tables of a list. Raises ``UsageError`` for what is none, and for a key that there is not."""
        found = given.get(name, [])
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise self.wrong(f"{name} is no list of tables.", f"Begin each with [[{name}]].")
        self.known(dict.fromkeys(key for one in found for key in one), keys, f"in [[{name}]]")
        return found

    def known(self, given: dict[str, Any], keys: tuple[str, ...], inside: str = "here") -> None:
        """Raise ``UsageError`` for a key that there is not: mistyped, it would say nothing."""
        for key in given:
            if key not in keys:
                raise self.wrong(f"There is no key {key} {inside}.", f"There are: {', '.join(keys)}.")

    def text(self, given: dict[str, Any], name: str, *, needed: bool = True) -> str:
        """A text, without spaces around it; empty where there is none."""
        value = given.get(name, "")
        if not isinstance(value, str) or (needed and not value.strip()):
            raise self.wrong(f"{name} is missing, or no text.", f'Write it as {name} = "...".')
        return value.strip()

    def texts(self, given: dict[str, Any], name: str) -> tuple[str, ...]:
        """A list of texts."""
        found = given.get(name, [])
        if not isinstance(found, list) or not all(isinstance(one, str) and one.strip() for one in found):
            raise self.wrong(f"{name} is no list of texts.", f'Write it as {name} = ["...", "..."].')
        return tuple(one.strip() for one in found)

    def wrong(self, message: str, fix: str) -> UsageError:
        """The error of a file."""
        return UsageError(message, code=self.code, where=self.place, fix=fix)


def plain(value: Any) -> Any:
    """Content with its numbers as texts in one form: 1, 1.0 and 1.00 mean the same."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return f"{Decimal(value).normalize():f}"
    return value
