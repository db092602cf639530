"""Make the small workspace that shows whether files of a storage format can still be opened: tests/fixtures/format-N.tar.xz.

    .venv/bin/python -m tools.storage_fixture [--of SRC]

Run it once when ``STORAGE_FORMAT`` in ``warehouse/store.py`` was changed; a test asks for it. The workspace is made by the
commands of the code in SRC (default: this one), so that one of an older format can be made from its commit: ``git archive
COMMIT src | tar -x -C DIR``, then ``--of DIR/src``. Beside it stands what it must answer: worked out by hand, below.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "tests" / "fixtures"
FILES = {
    "account": "account_id,name,segment\nacme,Acme,SMB\nbirch,Birch,Enterprise\n",
    "subscription": (
        "subscription_id,account_id,amount,started_at,ended_at\n"
        "s1,acme,100,2025-01-01,\ns2,birch,50,2025-02-10,2026-06-01\ns3,birch,dear,2025-02-10,\n"
    ),
}
#: A correction that comes later: 100 becomes 120 from 2026 on.
LATER = "subscription_id,account_id,amount,started_at\ns1,acme,120,2026-01-01\n"


def main(words: list[str]) -> int:
    """Make it, and say which file."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--of", type=Path, default=ROOT / "src", metavar="SRC", help="the code that makes it")
    source = options.parse_args(words).of.resolve()
    found = re.search(r"^STORAGE_FORMAT = (\d+)$", (source / "tenure/warehouse/store.py").read_text(), re.MULTILINE)
    assert found, "the code says its storage format"
    FOLDER.mkdir(exist_ok=True)
    target = FOLDER / f"format-{found[1]}.tar.xz"
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch) / "home"
        _made(source, home, Path(scratch))
        with tarfile.open(target, "w:xz") as tar:
            for path in sorted(home.rglob("*")):
                name = path.relative_to(home)
                if path.is_file() and name.parts[0] not in ("published", ".keeper"):
                    tar.add(path, str(name))
    print(f"{target.relative_to(ROOT)}: {target.stat().st_size:,} bytes")
    return 0


def _made(source: Path, home: Path, scratch: Path) -> None:
    def tenure(*words: str) -> None:
        command = [sys.executable, "-m", "tenure", *words]
        subprocess.run(command, check=True, cwd=scratch, env={**os.environ, "PYTHONPATH": str(source)})

    tenure("init", str(home), "--currency", "EUR", "--timezone", "UTC")
    for table, text in (*FILES.items(), ("subscription", LATER)):
        (scratch / f"{table}.csv").write_text(text, encoding="utf-8")
        tenure("--home", str(home), "load", table, f"{table}.csv")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
