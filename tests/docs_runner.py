"""Runs what the documentation shows, so that it cannot lie.

A fenced block marked ``console`` is a session at a terminal: lines after ``$ `` are typed, lines after ``> `` continue
them, everything else is the answer, output and errors together. The blocks of a page are one session in one empty
folder: files, the current folder and exported variables last from one to the next.

In the answer, ``...`` stands for any text within a line, and alone on a line for any number of lines. A command that is
shown to fail says so itself: ``$ tenure show nothing  # exits 2``. Blocks in any other language are not run.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tenure.figures import kept

BLOCK = re.compile(r"^(?P<indent> *)```console[^\n]*\n(?P<text>.*?)^ *```\s*$", re.MULTILINE | re.DOTALL)
EXITS = re.compile(r"#\s*exits (\d+)\s*$")
LONGEST = 300  # seconds that one command may take


@dataclass(frozen=True)
class Step:
    """One command of a page and the answer it is shown to give. ``line`` is the command's line in the page."""

    line: int
    command: str
    answer: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """The exit code that the page promises."""
        match = EXITS.search(self.command)
        return int(match[1]) if match else 0


def steps(page: str) -> list[Step]:
    """The commands of a page's console blocks, in order. Raises ``ValueError`` for an answer before any command."""
    found: list[Step] = []
    for block in BLOCK.finditer(page):
        first = page.count("\n", 0, block.start("text")) + 1
        indent = len(block["indent"])
        lines = [line[indent:] if not line[:indent].strip() else line for line in block["text"].splitlines()]
        found += _steps(lines, first)
    return found


def _steps(lines: list[str], first: int) -> list[Step]:
    found: list[Step] = []
    for number, line in enumerate(lines, first):
        if line.startswith("$ "):
            found.append(Step(number, line[2:], ()))
        elif not found:
            raise ValueError(f"line {number}: a console block begins with '$ '")
        elif line.startswith("> ") and not found[-1].answer:
            found[-1] = Step(found[-1].line, f"{found[-1].command}\n{line[2:]}", ())
        else:
            found[-1] = Step(found[-1].line, found[-1].command, (*found[-1].answer, line))
    return found


def agrees(shown: tuple[str, ...] | list[str], given: list[str]) -> bool:
    """Whether an answer is as shown; spaces at the ends of lines and empty lines at the end do not count."""
    pattern = ""
    for line in _trimmed(list(shown)):
        if line == "...":
            pattern += r"(?:[^\n]*\n)*?"
        else:
            pattern += r"[^\n]*".join(re.escape(part) for part in line.split("...")) + r"\n"
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in _trimmed(given))) is not None


def _trimmed(lines: list[str]) -> list[str]:
    lines = [line.rstrip() for line in lines]
    while lines and not lines[-1]:
        lines.pop()
    return lines


class Session:
    """A terminal in one folder: what one command changes (folder, exported variables) the next one sees."""

    def __init__(self, folder: Path, variables: Mapping[str, str] | None = None) -> None:
        self.folder = folder / "work"
        self.state = folder / "state"
        self.folder.mkdir()
        self.state.write_text(f"cd '{self.folder}'\n")
        self.variables = {**environment(folder), **(variables or {})}

    def run(self, command: str) -> tuple[int, list[str]]:
        """Run a command as typed; gives its exit code and the lines it printed."""
        script = f'. "{self.state}"\n{command}\ncode=$?\n{{ export -p; printf "cd %q\\n" "$PWD"; }} > "{self.state}"\nexit $code'
        done = subprocess.run(
            ["bash", "-c", script],
            env=self.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LONGEST,
            check=False,
        )
        return done.returncode, done.stdout.splitlines()


def environment(home: Path) -> dict[str, str]:
    """The same on every machine: the tests' own ``tenure`` first on the path, UTC, 120 columns, an empty home.

    Compiled questions are kept where the tests keep theirs: a page alone would compile hundreds of them anew.
    """
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    words = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "COLUMNS": "120", "TERM": "dumb"}
    return {"PATH": path, "HOME": str(home), "TENURE_CACHE": str(kept.folder().parent), **words}


def failures(page: Path, session: Session) -> list[str]:
    """Run a page; say for each command that did not do as shown where it stands, what was shown and what was given."""
    told: list[str] = []
    for step in steps(page.read_text(encoding="utf-8")):
        code, given = session.run(step.command)
        if code != step.exit_code or not agrees(step.answer, given):
            shown = "\n".join(step.answer)
            answer = "\n".join(given)
            told.append(
                f"{page}:{step.line}: $ {step.command}\n"
                f"shown (exit {step.exit_code}):\n{shown}\ngiven (exit {code}):\n{answer}\n"
            )
    return told
