"""Memory that is free again, given back to the system: the C library keeps it otherwise, in every thread's own heap."""

from __future__ import annotations

import ctypes
import sys

#: Of <malloc.h>: the most heaps that threads share between them.
_ARENA_MAX = -8
_HEAPS = 2


def share_heaps() -> None:
    """Let the threads of this process share two heaps, where there would be eight a core. Before threads are started."""
    _call("mallopt", _ARENA_MAX, _HEAPS)


def give_back() -> None:
    """Return what is free in the heaps to the system. Costs milliseconds."""
    _call("malloc_trim", 0)


def _call(name: str, *arguments: int) -> None:
    """Call a function of the GNU C library; other libraries have none of it, and give back by themselves."""
    if not sys.platform.startswith("linux"):
        return
    function = getattr(ctypes.CDLL(None), name, None)
    if function is not None:
        function(*arguments)
