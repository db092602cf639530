"""Making a workspace: a folder with settings, an empty warehouse and an empty inbox."""

from __future__ import annotations

import shutil
from pathlib import Path

from tenure.core import config, newconfig
from tenure.core.acts import Act
from tenure.core.chain import By, Note, moment
from tenure.core.chainfiles import FOLDER as AUDIT
from tenure.core.errors import UsageError
from tenure.engine import noticed
from tenure.engine.desk import utc_now


def create(home: Path, *, currency: str, timezone: str, fiscal_year_start: int, by: By) -> Path:
    """Make the workspace ``home``, a new or an empty folder (hidden files don't count), and give its settings' path.

    The settings are written last: what has none is no workspace, however far it came. Raises ``UsageError`` for a
    folder that is not empty and for values that are not taken, ``UnavailableError`` where nothing can be written.
    """
    from tenure.warehouse import versions
    from tenure.warehouse.inbox import Inbox
    from tenure.warehouse.store import FILE as WAREHOUSE
    from tenure.warehouse.store import Store

    if home.exists() and not home.is_dir():
        raise UsageError(f"{home} is a file.", code="no_folder", fix="Name a new or an empty folder.")
    if (home / config.FILE).exists():
        raise UsageError(
            f"{home} is a workspace already.", code="workspace_exists", fix="Use it, or name another folder."
        )
    if home.exists() and any(not path.name.startswith(".") for path in home.iterdir()):
        raise UsageError(f"The folder {home} is not empty.", code="not_empty", fix="Name a new or an empty folder.")
    made = not home.exists()
    settings = None
    try:
        settings = newconfig.write_default(
            home / ".new", currency=currency, timezone=timezone, fiscal_year_start=fiscal_year_start
        )
        with Store.create(home) as store, Inbox.open(home) as inbox:
            versions.derive(store.con, timezone)  # of nothing: later only what is loaded is looked at
            inbox.log.by, inbox.log.at = by, utc_now()
            inbox.note(Note(Act.CREATED))
            said = {config.FILE: noticed.hash_of(settings)}
            inbox.say(noticed.KEY, noticed.told(said, noticed.values(settings.parent), moment(inbox.log.at)), (), by)
        settings.replace(home / config.FILE)
    except BaseException:
        for path in (home / WAREHOUSE, home / "inbox.db", settings):
            if path:
                path.unlink(missing_ok=True)
        shutil.rmtree(home / AUDIT, ignore_errors=True)
        if made and home.exists():
            _remove_empty(home / ".new", home)
        raise
    _remove_empty(home / ".new")
    return home / config.FILE


def _remove_empty(*folders: Path) -> None:
    for folder in folders:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
