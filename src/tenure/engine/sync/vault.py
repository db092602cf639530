"""Secrets of sources, of single sign-on and of second factors, encrypted: a file that is of no use without the workspace's key.

``secrets.json`` holds them by source and name, each encrypted and signed (Fernet: AES-128 in CBC, HMAC-SHA-256), together
with whose it is, so that none can be put in another's place. The key is the file ``secrets.key``, which its owner alone can
read and which a backup leaves out, or the environment variable ``TENURE_SECRET_KEY``.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from tenure.core.errors import UnavailableError, UsageError

FILE, KEY_FILE, KEY_NAME = "secrets.json", "secrets.key", "TENURE_SECRET_KEY"
_SHORTEST_KEY = 32
_LOCK = ".secrets.lock"


def names(home: Path, source: str) -> list[str]:
    """Which secrets of a source there are. Needs no key."""
    return sorted(_read(home).get(source, {}))


def secrets(home: Path, source: str) -> dict[str, str]:
    """The secrets of a source, by name. Raises ``UnavailableError`` where the key is missing or another."""
    found = _read(home).get(source, {})
    return {name: _opened(home, token, source, name) for name, token in found.items()} if found else {}


def keep(home: Path, source: str, fresh: Mapping[str, str]) -> None:
    """Keep secrets of a source, beside those it has; an empty one is forgotten."""
    with _locked(home):
        box = _box(home, make=True)
        found = _read(home)
        own = found.setdefault(source, {})
        for name, value in fresh.items():
            if value:
                own[name] = box.encrypt(json.dumps([source, name, value]).encode()).decode()
            else:
                own.pop(name, None)
        _write(home, found)


def forget(home: Path, source: str) -> None:
    """Forget all secrets of a source."""
    with _locked(home):
        found = _read(home)
        if found.pop(source, None) is not None:
            _write(home, found)


def rotate(home: Path) -> int:
    """Encrypt all secrets anew: under a new key, or under the first of those in the environment. Gives how many."""
    with _locked(home):
        found = _read(home)
        opened = {
            (source, name): _opened(home, token, source, name)
            for source, own in found.items()
            for name, token in own.items()
        }
        old = (
            (home / KEY_FILE).read_text("ascii") if (home / KEY_FILE).is_file() and not os.environ.get(KEY_NAME) else ""
        )
        if not os.environ.get(KEY_NAME):  # both keys, until what they open is written
            _private(home / KEY_FILE, Fernet.generate_key().decode() + "\n" + old)
        box = _box(home, make=False)
        for (source, name), value in opened.items():
            found[source][name] = box.encrypt(json.dumps([source, name, value]).encode()).decode()
        _write(home, found)
        if not os.environ.get(KEY_NAME):
            _private(home / KEY_FILE, (home / KEY_FILE).read_text("ascii").split("\n")[0] + "\n")
        return len(opened)


def _opened(home: Path, token: str, source: str, name: str) -> str:
    try:
        whose, called, value = json.loads(_box(home, make=False).decrypt(token.encode()))
    except (InvalidToken, ValueError):
        whose = called = value = None
    if (whose, called) != (source, name):
        raise UnavailableError(
            f"The secrets of {source} cannot be read with this key.", code="wrong_secret_key", where=str(home / FILE),
            fix=f"Set the key that they were kept with ({KEY_FILE} or {KEY_NAME}), or the secrets anew: "
            f"tenure source secret {source}",
        )  # fmt: skip
    return str(value)


def _box(home: Path, *, make: bool) -> MultiFernet:
    """What encrypts with the first key and opens with any. ``make``: a key where there is none."""
    said = os.environ.get(KEY_NAME, "")
    if said:
        keys = [key.strip() for key in said.split(",") if key.strip()]
        if any(len(key) < _SHORTEST_KEY for key in keys):
            raise UsageError(
                f"{KEY_NAME} is too short to be a key.",
                code="bad_secret_key",
                fix=f"It needs {_SHORTEST_KEY} characters by chance.",
            )
        return MultiFernet([Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())) for key in keys])
    path = home / KEY_FILE
    if not path.is_file() and make:
        _private(path, Fernet.generate_key().decode() + "\n")
    try:
        return MultiFernet([Fernet(key) for key in path.read_text("ascii").split()])
    except (OSError, ValueError):
        raise UnavailableError(
            "The key of the secrets is missing.", code="no_secret_key", where=str(path),
            fix=f"Put the file back, or set {KEY_NAME}; without it the secrets have to be set anew.",
        ) from None  # fmt: skip


def _read(home: Path) -> dict[str, dict[str, str]]:
    try:
        found: dict[str, dict[str, str]] = json.loads((home / FILE).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        raise UnavailableError(
            "The file of secrets cannot be read.", code="unreadable_secrets", where=str(home / FILE),
            fix="Restore it from a backup, or remove it and set the secrets anew.",
        ) from None  # fmt: skip
    return found


def _write(home: Path, found: Mapping[str, Mapping[str, str]]) -> None:
    _private(home / FILE, json.dumps(found, indent=1, sort_keys=True) + "\n")


def _private(path: Path, text: str) -> None:
    """Write a file that its owner alone can read: the old one or the new one, never half of it."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.unlink(missing_ok=True)
    with open(part, "x", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    """One writer at a time: the keeper may renew a token while somebody sets another."""
    with open(home / _LOCK, "w", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
