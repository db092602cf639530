"""Files in which a workspace's users define things of their own, as they are written: read by whoever knows their meaning."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from pathlib import Path

#: The folders of a workspace's own metrics and models of scores: one file each, ``NAME.toml``.
METRICS, MODELS = "metrics", "models"


@dataclass(frozen=True)
class Written:
    """A file: its path as one would name it, and its text. ``trouble``: why it could not be read; then it has no text."""

    path: str
    text: str
    trouble: str = ""

    @property
    def name(self) -> str:
        """The file's name without its ending, which is the name of what it defines."""
        return Path(self.path).stem


def metrics(home: PathLike[str] | str) -> tuple[Written, ...]:
    """The definitions of the workspace's own metrics, by name. Where it has none there is no folder either."""
    return tuple(read(path) for path in metric_files(Path(home)))


def models(home: PathLike[str] | str) -> tuple[Written, ...]:
    """The workspace's own models of scores, by name."""
    return tuple(read(path) for path in _files(Path(home) / MODELS))


def metric_files(home: Path) -> list[Path]:
    """The files that define metrics of the workspace's own, by name; hidden ones are none."""
    return _files(home / METRICS)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.toml") if not path.name.startswith("."))


def read(path: Path) -> Written:
    """One file, or why it cannot be read."""
    try:
        return Written(str(path), path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        return Written(str(path), "", f"It cannot be read: {error.strerror}.")
    except UnicodeDecodeError:
        return Written(str(path), "", "It is not UTF-8.")
