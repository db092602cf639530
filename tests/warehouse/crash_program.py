"""Loads one file into a workspace; started by the crash tests, which kill it, and by ``bench/crash.py``."""

from __future__ import annotations

import hashlib
import resource
import sys
from datetime import datetime
from pathlib import Path

from tenure.core.errors import TenureError
from tenure.warehouse import archive
from tenure.warehouse.inbox import Inbox
from tenure.warehouse.load import Delivery, Terms, load, recover
from tenure.warehouse.store import Store
from tests.warehouse.files import incoming


def main(home: Path, table: str, file: Path, limit: int) -> int:
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        with Store.open(home, threads=2) as store, Inbox.open(home) as inbox:
            recover(store, inbox)
            kept = archive.store(home, file)
            sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
            delivery = Delivery(incoming(home / kept.path, table, name=file.name), kept.path, sha256)
            load(store, inbox, [delivery], Terms(datetime(2025, 3, 1), "UTC"))
    except TenureError as error:
        sys.stdout.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])))
