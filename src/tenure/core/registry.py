"""Register by existing: what lies in a package is what there is."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from types import ModuleType


def discover(package: str) -> dict[str, ModuleType]:
    """The modules of ``package`` and of the packages within it, imported, by their own name, sorted.

    Names with a leading underscore, and all that lies below them, are left out. Packages are walked into, not listed.
    ``ImportError`` if two modules have the same name: one name means one thing.
    """
    return {name: importlib.import_module(path) for name, path in locate(package).items()}


def locate(package: str) -> dict[str, str]:
    """As ``discover``, but the full names, and no module is imported but the packages: for looking up one of many."""
    found: dict[str, str] = {}
    for path in _walk(package, importlib.import_module(package).__path__):
        name = path.rpartition(".")[2]
        if name in found:
            raise ImportError(f"{found[name]} and {path} have the same name: rename one")
        found[name] = path
    return dict(sorted(found.items()))


def _walk(package: str, folders: Iterable[str]) -> Iterator[str]:
    for module in pkgutil.iter_modules(folders, prefix=f"{package}."):
        if module.name.rpartition(".")[2].startswith("_"):
            continue
        if module.ispkg:
            yield from _walk(module.name, importlib.import_module(module.name).__path__)
        else:
            yield module.name
