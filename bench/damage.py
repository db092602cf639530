"""Bits flipped and ends cut at random places in every kind of file of a small workspace.

    .venv/bin/python -m bench.damage [TRIALS]

Whatever is damaged, a figure is the true one or an error; and the damage is told of by `tenure verify`, mended, or lies
where nothing is read.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tenure import keeper
from tenure.core.errors import TenureError
from tenure.engine import Workspace
from tenure.engine.verbs.verify import Verify
from tests.workspaces import clock, copy_to

#: The kinds of files, by where they are.
KINDS = {
    "warehouse": "warehouse.duckdb", "inbox": "inbox.db", "archive": "archive/*/*", "sealed": "published/sealed-*.duckdb",
    "open": "published/open-*.duckdb", "pointer": "published/current.json", "key": "audit/key", "head": "audit/inbox.head",
}  # fmt: skip
#: Each answer is asked for twice: what was found damaged is mended by the second.
ASKED = ({"metric": "mrr"}, {"metric": "customer_retention_rate"}, {"metric": "mrr", "as_of": "2026-07-14"})
Answer = list[object]


def answers(home: Path) -> list[Answer | str]:
    """The figures, or of each question why it cannot be answered."""
    workspace = keeper.open(home, clock=clock)
    return [_asked(workspace, question) for question in ASKED for _ in range(2)]


def _asked(workspace: Workspace, question: dict[str, Any]) -> Answer | str:
    try:
        found = workspace.show(end="2026-06", **question)
    except Exception as error:  # noqa: BLE001 - told apart below
        return f"{'told' if isinstance(error, TenureError) and error.code != 'internal' else 'raised'}: {error}"
    return [(each.period_start, each.value, each.numerator, each.denominator) for each in found]


def verified(home: Path) -> list[str]:
    """What verify says is damaged."""
    try:
        found = keeper.open(home, clock=clock).call("verify", Verify())
    except TenureError as error:
        return [str(error)]
    return [f"{part.part}: {one.where}: {one.message}" for part in found.parts for one in part.damage]


def damage(path: Path, chance: random.Random) -> str:
    """Flip a bit, or cut the end; what was done."""
    content = bytearray(path.read_bytes())
    path.chmod(0o600)
    place = chance.randrange(len(content))
    if chance.random() < 0.25:
        path.write_bytes(content[:place])
        return f"cut at {place} of {len(content)}"
    content[place] ^= 1 << chance.randrange(8)
    path.write_bytes(content)
    return f"a bit at {place} of {len(content)}"


def trial(home: Path, kind: str, truth: list[Answer | str], chance: random.Random) -> tuple[str, str]:
    """Damage a file of a kind, look, and say what came of it: ``told``, ``mended``, ``unread`` or ``WRONG``, and how."""
    path = chance.choice(sorted(home.glob(KINDS[kind])))
    done = f"{path.relative_to(home)}: {damage(path, chance)}"
    found = verified(home)
    came = answers(home)
    for question, (now, then) in enumerate(zip(came, truth, strict=True)):
        if isinstance(now, list) and now != then:
            return "WRONG", f"{done}: question {question} is answered by {now}"
        if isinstance(now, str) and now.startswith("raised"):
            return "RAISED", f"{done}: {now}"
    if any(isinstance(now, str) for now in came) and not found:
        return "MISSED", f"{done}: {came}"
    if not found:
        return "unread", done
    return ("told", done) if verified(home) else ("mended", done)


def trials(folder: Path, each: int, seed: int, say: Callable[[str], None]) -> Counter[tuple[str, str]]:
    """So many trials of each kind; what came of them."""
    chance, counts = random.Random(seed), Counter[tuple[str, str]]()
    whole = copy_to(folder / "whole")
    answers(whole)  # compiles the questions
    truth = answers(whole)
    assert not verified(whole)
    assert all(isinstance(one, list) for one in truth)
    for kind in KINDS:
        for _ in range(each):
            home = folder / "home"
            shutil.copytree(whole, home)
            came, how = trial(home, kind, truth, chance)
            counts[kind, came] += 1
            if came.isupper():
                say(f"{kind}: {came}: {how}")
            shutil.rmtree(home)
    return counts


def main(words: list[str]) -> int:
    if "--help" in words:
        print(__doc__)
        return 0
    each = int(words[0]) if words else 50
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        counts = trials(Path(folder), each, 1, print)
    for kind in KINDS:
        told = ", ".join(f"{came} {count}" for (name, came), count in sorted(counts.items()) if name == kind)
        print(f"= {kind:10} {told}")
    bad = sum(count for (_, came), count in counts.items() if came.isupper())
    print(f"= {sum(counts.values())} trials, {bad} against the promise, in {time.monotonic() - began:.0f} s")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
