"""The file of settings as it is written: of a new workspace with every key, what it does and its default; and with other values."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from dataclasses import MISSING, Field
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenure.core.config import FILE, Settings, checked, group_of, keys_of
from tenure.core.errors import UsageError

if TYPE_CHECKING:
    from tomlkit.items import Table
    from tomlkit.toml_document import TOMLDocument


def write_default(home: PathLike[str] | str, *, currency: str, timezone: str, fiscal_year_start: int) -> Path:
    """Write ``tenure.toml`` with every key, what it does and its default, into the folder ``home``; its path.

    ``UsageError`` if a value is not taken or the file is already there.
    """
    import tomlkit  # slow to import, and only needed here

    given = {"currency": currency, "timezone": timezone, "fiscal_year_start": fiscal_year_start}
    document = tomlkit.document()
    _comment(document, "The settings of this Tenure workspace. A key that is left out has its default.")
    for key in keys_of(Settings):
        if key.name in given:
            where = f"--{key.name.replace('_', '-')}"
            document.add(tomlkit.nl())
            _write_key(document, key, checked(key.metadata["check"], given[key.name], key.name, where))
            continue
        table = tomlkit.table()
        _comment(table, key.metadata["doc"])
        if "example" in key.metadata:
            _comment(table, key.metadata["example"])
        else:
            for inner in keys_of(group_of(key)):
                table.add(tomlkit.nl())
                _write_key(table, inner, inner.default)
        document.add(tomlkit.nl())
        document.add(key.name, table)
    path = Path(home) / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(tomlkit.dumps(document))
    except FileExistsError:
        fix = "Edit that file, or name another folder."
        raise UsageError(f"{home} is a workspace already.", code="workspace_exists", where=str(path), fix=fix) from None
    return path


def rewritten(text: str, values: Mapping[str, Any]) -> str:
    """The ``text`` of a file of settings with other ``values``, by dotted name, as TOML takes them; of a table whose keys the user names
    all of them. Comments stay, and so does whatever is not named.
    """
    import tomlkit

    document = tomlkit.parse(text)
    for name, value in values.items():
        table, _, key = name.rpartition(".")
        into = document.setdefault(table, tomlkit.table()) if table else document
        if not isinstance(value, Mapping):
            into[key] = value
            continue
        named = into.setdefault(key, tomlkit.table())
        for gone in [one for one in named if one not in value]:
            del named[gone]
        for one, said in value.items():
            named[one] = said
    return tomlkit.dumps(document)


def _write_key(into: TOMLDocument | Table, key: Field[Any], value: Any) -> None:
    default = "none" if key.default is MISSING else json.dumps(key.default)
    _comment(into, key.metadata["doc"])
    _comment(into, f"Default: {default}.")
    into.add(key.name, list(value) if isinstance(value, tuple) else value)


def _comment(into: TOMLDocument | Table, text: str) -> None:
    import tomlkit

    for line in textwrap.wrap(text, 110):
        into.add(tomlkit.comment(line))
