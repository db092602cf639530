"""Write the lock files of ``requirements/`` anew: exact versions and hashes, for every platform, without any address.

Run ``.venv/bin/python tools/lock.py`` after changing what ``pyproject.toml`` depends on; add ``--upgrade`` to take the
newest versions that it allows.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FLAGS = ("--universal", "--generate-hashes", "--no-header", "--no-annotate", "--python-version", "3.11", "--quiet")
LOCKS: dict[str, tuple[str, ...]] = {
    "bootstrap": ("requirements/bootstrap.in",),
    "run": ("pyproject.toml",),
    # what the tests run on is what users run on
    "test": ("pyproject.toml", "--extra", "test", "--constraint", "requirements/run.txt"),
}


def main(options: list[str]) -> int:
    """Compile every lock file; ``options`` go to uv as they are. Returns an exit code."""
    uv = Path(sys.executable).with_name("uv")
    for name, sources in LOCKS.items():
        output = ("--output-file", f"requirements/{name}.txt")
        done = subprocess.run([uv, "pip", "compile", *sources, *FLAGS, *output, *options], cwd=ROOT, check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
