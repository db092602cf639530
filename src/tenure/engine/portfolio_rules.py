"""The workspace's levels of service and rules of work: the file in force."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from tenure.core import written
from tenure.portfolio.rules import FILE, read, shipped

if TYPE_CHECKING:
    from pathlib import Path

    from tenure.portfolio.rules import Rules, Tier

__all__ = ["FILE", "KEPT", "of_the_demo", "rules_of", "tiers_of"]

#: What a version of the file is called among the models that are kept.
KEPT = "portfolio"


def rules_of(home: Path) -> Rules:
    """What ``portfolio.toml`` says, over what comes with Tenure. Raises ``UsageError`` with the line for a file that is wrong."""
    path = home / FILE
    return read(written.read(path) if path.exists() else shipped())


def tiers_of(text: str) -> tuple[Tier, ...]:
    """The levels of service that a text defines. Raises ``UsageError`` as ``rules_of`` does."""
    return read(written.Written(FILE, text)).tiers


def of_the_demo() -> str:
    """The file of the example company."""
    from tenure.sources import demo

    return (files(demo) / FILE).read_text("utf-8")
