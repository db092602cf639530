"""An account of a vendor or a database that is fetched from once, or kept as a source, from the command line."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.cli.request import opened
from tenure.core.acts import Act
from tenure.core.errors import TenureError

if TYPE_CHECKING:
    import argparse

    from tenure.engine.sync.once import Account
    from tenure.engine.sync.pull import Synced


def pulled(home: Path, args: argparse.Namespace) -> Synced:
    """Fetch what the words of the command say, and load it. What it needs to know comes from the environment, else it is asked for."""
    from tenure.engine.sync.means import Means
    from tenure.engine.sync.once import account, once, variable

    kind, (url,) = args.vendor, args.words

    def ask(name: str, about: str) -> str:
        own = os.environ.get(variable(kind, name), "")
        if own or not sys.stdin.isatty():
            return own
        return getpass.getpass(f"{name} ({about}): ").strip()

    found = account(kind, url, ask, args.query, internal=args.internal)
    with opened(home) as workspace:
        if args.keep:
            return _kept(home, args.keep, found, workspace)
        return once(workspace.home, found, Means(), workspace.call, workspace.progress, history=args.history)


def _kept(home: Path, name: str, found: Account, workspace: object) -> Synced:
    """Keep the account as a source, and fetch from it as ever."""
    from tenure.engine.sync import configured, vault
    from tenure.engine.sync.means import Means
    from tenure.engine.sync.pull import removed, sync, tried
    from tenure.engine.workspace import Workspace

    assert isinstance(workspace, Workspace)
    source = configured.add(home, name, {"every": "1h", **found.says})
    vault.keep(home, name, found.secrets)
    try:
        tried(workspace.home, source, Means())
    except TenureError:  # as on the page of sources, what is not accepted does not stay
        removed(workspace.home, name)
        raise
    workspace.note_source(Act.SOURCE_ADDED, name, vendor=found.kind)
    return sync(workspace.home, source, Means(), workspace.call, workspace.progress)
