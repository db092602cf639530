"""The only door: open a workspace, and ask it by a handful of verbs.

``Workspace`` says what can be asked; who answers is an executor (``Local`` here, or the keeper's over its socket), so
that everything behaves the same with and without a server. ``Workspace.seen_by(Scope(...))`` gives a ``Sight``: the same
verbs, as far as a scope reaches. ``Watch`` tells whether asking again may give something else.
"""

from tenure.engine.sight import Executor, Sight
from tenure.engine.watch import Watch
from tenure.engine.workspace import PublishedOnly, Workspace
from tenure.figures.listing import Query
from tenure.figures.scope import EVERYTHING, Scope
from tenure.metrics.kinds import Entry

__all__ = ["EVERYTHING", "Entry", "Executor", "PublishedOnly", "Query", "Scope", "Sight", "Watch", "Workspace"]
