"""The keeper: the one process that holds a workspace, and the way to it.

``open`` gives a workspace whose verbs are carried out by the keeper that serves it (``python -m tenure.keeper DIR``),
or, where none does, by this process, which then takes the workspace's lock for as long as the verb takes.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.core import config
from tenure.core.chain import By
from tenure.engine.desk import Clock, Progress, silent, utc_now
from tenure.engine.workspace import Workspace
from tenure.keeper.executor import AtNeed
from tenure.keeper.place import Place

if TYPE_CHECKING:
    from tenure.engine.restoring import Restored

__all__ = ["create", "of_the_machine", "open", "restore"]


def open(  # noqa: A001 - as tenure.open
    home: Path, *, progress: Progress = silent, clock: Clock = utc_now, by: By | None = None
) -> Workspace:
    """The workspace in the folder ``home``. Nothing is locked until a verb needs the warehouse.

    ``progress`` is told how far long work is. ``by``: who asks, for the audit log (default: the machine's user, from Python).
    Raises ``UsageError`` where the folder is no workspace.
    """
    if not (home / config.FILE).is_file():
        config.read(home)  # says what is wrong
    return Workspace(home, AtNeed(Place(home), clock, by or of_the_machine("python")), clock=clock, progress=progress)


def of_the_machine(via: str) -> By:
    """The user of the machine who runs this process, by number, with a name for what is done now."""
    return By(f"os:{os.getuid()}", via, secrets.token_hex(8))


def create(home: Path, *, currency: str, timezone: str, fiscal_year_start: int, by: By | None = None) -> Path:
    """Make the workspace ``home``, a new or an empty folder; the path of its settings. Raises ``TenureError``."""
    from tenure.engine import creation
    from tenure.keeper import faults

    try:
        return creation.create(
            home, currency=currency, timezone=timezone, fiscal_year_start=fiscal_year_start,
            by=by or of_the_machine("python"),
        )  # fmt: skip
    except Exception as error:
        raise faults.told(error, Place(home)) from error


def restore(
    file: Path, home: Path, *, replace: bool = False, progress: Progress = silent, clock: Clock = utc_now,
    by: By | None = None,
) -> Restored:  # fmt: skip
    """Make the workspace ``home`` of a backup. Raises ``TenureError``; ``UnavailableError`` where the workspace that it is to
    replace is being used.
    """
    from tenure.engine import restoring
    from tenure.keeper import faults
    from tenure.keeper.client import await_turn
    from tenure.keeper.lock import Lock

    place = Place(home)
    lock = await_turn(place, serves=True) if replace and (home / config.FILE).is_file() else None
    try:
        return restoring.restore(file, home, clock, progress, by or of_the_machine("python"), replace=replace)
    except Exception as error:
        raise faults.told(error, place) from error
    finally:
        if isinstance(lock, Lock):
            lock.release()
