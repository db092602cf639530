"""Start a new thing from its template: ``./dev new metric NAME FAMILY``.

A metric is one file and its test, nothing else: it is registered by existing.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from string import Template

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = Path(__file__).with_name("templates")
USAGE = "./dev new metric NAME FAMILY"


class Refused(Exception):  # noqa: N818, it is an answer to a person
    """Why nothing was written, for the person who asked."""


def main(words: list[str], root: Path = ROOT) -> int:
    """Write the files and say which. Returns an exit code."""
    try:
        written = metric(root, *asked(words, root))
    except Refused as reason:
        print(reason, file=sys.stderr)
        return 2
    for path in written:
        print(path.relative_to(root))
    print("Write the definition and the test first; then `./dev check`, and `./dev docs` for the reference page.")
    return 0


def asked(words: list[str], root: Path) -> tuple[str, str]:
    """The metric's name and family. Raises ``Refused``."""
    if len(words) not in (2, 3) or words[0] != "metric":
        raise Refused(f"Usage: {USAGE}.")
    name, family = words[1], words[2] if len(words) == 3 else ""
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        raise Refused(f"{name!r} is no name for a metric: lower case words joined by _, as in net_revenue_retention.")
    folders = sorted(path.parent.name for path in (root / "src/tenure/metrics").glob("*/__init__.py"))
    if family not in folders:
        missing = f"There is no family {family!r}." if family else f"Usage: {USAGE}."
        raise Refused(f"{missing} Families: {', '.join(folders)}.")
    return name, family


def metric(root: Path, name: str, family: str) -> list[Path]:
    """Write a metric and its test; gives their paths. Raises ``Refused`` where the name is taken."""
    places = {
        root / "src/tenure/metrics" / family / f"{name}.py": "metric.py.txt",
        root / "tests/metrics" / family / f"test_{name}.py": "test_metric.py.txt",
    }
    taken = [*(root / "src/tenure/metrics").glob(f"*/{name}.py"), *(path for path in places if path.exists())]
    if taken:
        raise Refused(f"The name is taken: {taken[0].relative_to(root)}.")
    for path, template in places.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(Template((TEMPLATES / template).read_text(encoding="utf-8")).substitute(slug=name))
    return list(places)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
