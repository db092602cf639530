"""Asking again what pages asked for of late, once new figures are there, before somebody waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.core.errors import TenureError
from tenure.engine import PublishedOnly, Workspace
from tenure.keeper import faults
from tenure.keeper.place import Place
from tenure.web.kit import asking

if TYPE_CHECKING:
    from tenure.engine.state import State

#: Seconds between two looks.
LOOK = 2.0
#: Seconds for which what was asked for is asked again: who was here before the weekend finds it on Monday.
LATELY = 3 * 86_400.0
#: Seconds that are rested at most after an answer. As long as an answer takes is rested, so that others have the cores meanwhile.
_REST = 1.0
#: What was given up and could not be asked again, as something was told meanwhile, by workspace.
_left: dict[Path, list[asking.Asked]] = {}


class Renewing(threading.Thread):
    """Looks whether there are new figures, until the process ends."""

    def __init__(self, home: Path) -> None:
        super().__init__(daemon=True, name="renewing")
        self._home = home

    def run(self) -> None:
        """Look after look. What goes wrong is logged."""
        while True:
            time.sleep(LOOK)
            try:
                renew(self._home)
            except Exception as error:  # noqa: BLE001 - a thread that ends would leave all to wait again
                faults.logged(error, Place(self._home))


def renew(home: Path, rest: Callable[[float], None] = time.sleep) -> int:
    """Ask what no longer holds once more, what was asked for last first; how much of it there was. What published files do not answer
    is left to whoever asks for it.
    """
    workspace = Workspace(home, PublishedOnly())
    state = _state(workspace)
    if state is None:  # something waits to be worked in
        return 0
    asked = asking.take_stale(state, time.monotonic() - LATELY, _left.pop(home, ()))
    for place, one in enumerate(asked):
        began = time.monotonic()
        try:
            one.again(workspace.seen_by(one.scope))
        except TenureError:  # a name that has gone, say: whoever asks for it again is told
            if _state(workspace) is None:  # something was told meanwhile: the rest when that is published
                _left[home] = asked[place:]
                return place
            continue
        rest(min(time.monotonic() - began, _REST))
    return len(asked)


def _state(workspace: Workspace) -> State | None:
    try:
        return workspace.state()
    except TenureError:  # a file of settings half written, say: another look will do
        return None
