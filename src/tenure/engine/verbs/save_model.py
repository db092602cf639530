"""``save_model``: put another health model in the place of the one in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure.core.acts import Act
from tenure.core.period import local_day
from tenure.core.written import MODELS, Written
from tenure.engine.in_force import may_replace, put
from tenure.engine.verbs.health import model_of
from tenure.engine.verbs.score import Version, tell
from tenure.figures.reader import FAR
from tenure.figures.scope import EVERYTHING, Scope
from tenure.scores.health.gathered import gathered
from tenure.scores.health.model import NAME, read

if TYPE_CHECKING:
    from tenure.engine.desk import Desk


@dataclass(frozen=True)
class SaveModel:
    """``text``: of the model, word for word; ``by``: who says so. ``over``: the version that it is to follow, where that
    matters: if another one is in force by now, nothing is saved. ``scope``: of whoever says so. ``path``: how the text is
    named where something in it is wrong.
    """

    text: str
    by: str
    over: str = ""
    scope: Scope = EVERYTHING
    path: str = f"{NAME}.toml"


@dataclass(frozen=True)
class Saved:
    """``version``: which is in force now; ``before``: which was. ``path``: of the file. Scores are kept under the new version
    from the next ``run`` on.
    """

    version: str
    before: str
    path: str


def save_model(desk: Desk, request: SaveModel) -> Saved:
    """Write the workspace's ``models/health.toml``, after both versions are kept word for word as rows of ``score_model``.

    Raises ``UsageError`` for a model that is wrong (with the line), without a name of who saves it, through a narrow scope,
    and where another version is in force than it was to follow.
    """
    before, now = model_of(desk), desk.clock()
    may_replace(request, before.version, "A health model is for all accounts.")
    new = read(Written(request.path, request.text))
    with desk.in_warehouse(desk.fresh(now)) as reader:  # what the file names must be there
        gathered(new, reader, local_day(now, desk.settings.timezone), FAR, desk.settings)
    for model, by in ((before, "tenure"), (new, request.by)):
        tell(desk, Version((NAME,), model.version, now, model.written.text), by)
    path = desk.home / MODELS / f"{NAME}.toml"
    put(path, request.text)
    desk.note(Act.MODEL_SAVED, "model", NAME, before=before.version, after=new.version)
    return Saved(new.version, before.version, str(path))
