"""What can be asked of a workspace: one file a verb, registered by existing.

A verb's module ``name`` holds a function ``name(desk, request)``; the request is a frozen dataclass of the module, the
answer any frozen dataclass or a tuple of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tenure.engine.desk import Desk


def carry_out(desk: Desk, verb: str, request: Any) -> Any:
    """Carry out a verb at a desk. Raises ``TenureError`` with a sentence; ``LookupError`` for a verb there is not."""
    import importlib

    if not verb.isidentifier():
        raise LookupError(verb)
    module = importlib.import_module(f"{__name__}.{verb}")
    return getattr(module, verb)(desk, request)
