"""Who carries a workspace's verbs out: its keeper where one serves, else this process.

What is answered from published files never comes here, so nothing is imported before a verb needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tenure.engine.workspace import Local

if TYPE_CHECKING:
    from tenure.core.chain import By
    from tenure.engine.desk import Clock, Progress
    from tenure.keeper.lock import Lock
    from tenure.keeper.place import Place


class AtNeed:
    """Chooses at each call: the keeper where one serves, else this process, which then holds the lock for that call.

    ``by``: who asks, for the audit log. So nothing is held by a session that only reads what is published, or that rests between two questions.
    """

    def __init__(self, place: Place, clock: Clock, by: By) -> None:
        self._place = place
        self._clock = clock
        self._by = by

    def call(self, verb: str, request: Any, progress: Progress) -> Any:
        """The answer to a verb. Raises ``TenureError``."""
        from tenure.keeper.client import await_turn, converse, reach
        from tenure.keeper.lock import Lock
        from tenure.keeper.wire import Call

        found = reach(self._place) or await_turn(self._place)
        if isinstance(found, Lock):
            return self._here(found, verb, request, progress)
        return converse(found, Call(verb, request, self._by), progress)

    def _here(self, lock: Lock, verb: str, request: Any, progress: Progress) -> Any:
        from tenure.keeper import faults
        from tenure.keeper.labour import Labour

        local = Local(self._place.home, self._clock)
        try:
            return Labour(lambda: local.call(verb, request, progress, self._by), local.interrupt).result()
        except Exception as error:
            raise faults.told(error, self._place) from error
        finally:
            local.close()
            lock.release()

    def close(self) -> None:
        """Nothing is held between two calls."""
