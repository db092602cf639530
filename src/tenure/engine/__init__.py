"""The only door: open a workspace, and ask it by a handful of verbs.

``Workspace`` says what can be asked; who answers is an executor (``Local`` here, or the keeper's over its socket), so
that everything behaves the same with and without a server.
"""

from tenure.engine.workspace import Executor, Workspace

__all__ = ["Executor", "Workspace"]
