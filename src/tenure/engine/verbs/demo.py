"""``demo``: the exports of a small simulated company, slightly dirty, as a user would have them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.core.period import local_day

if TYPE_CHECKING:
    from tenure.engine.desk import Desk

MAP = "map.toml"


@dataclass(frozen=True)
class Demo:
    """``folder``: where to write, absolute, new or empty. ``accounts``: how many customers there ever were."""

    folder: str
    accounts: int = 300
    zone: str = "Europe/Berlin"
    currency: str = "EUR"


@dataclass(frozen=True)
class Written:
    """The exports, and the map that says what they are."""

    files: tuple[str, ...]
    map: str


def demo(desk: Desk, request: Demo) -> Written:
    """Write the exports and their map. Needs no workspace; the company ends today.

    Raises ``UsageError`` for a folder that is not empty, and for too few accounts.
    """
    from tenure.sources.demo import simulate, write_files

    folder = Path(request.folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"The folder {folder} is not empty.", code="not_empty", fix="Name a new or an empty folder.")
    today = local_day(desk.clock(), request.zone)
    desk.progress("a company", 0, 0)
    company = simulate(request.accounts, today=today, zone=request.zone, currency=request.currency)
    return Written(tuple(str(path) for path in write_files(company, folder)), str(folder / MAP))
