"""What of the audit log lies outside its databases: the keys that sign it, and where each chain ends.

Both are files of the workspace's folder ``audit``, which its owner alone can read. The keys may come from the environment
instead (``TENURE_AUDIT_KEY``), so that they are not beside what they sign.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tenure.core.chain import Head, Keys
from tenure.core.errors import DataError, UnavailableError, UsageError

FOLDER = "audit"
#: Names one key or several with white space between; the last one signs.
VARIABLE = "TENURE_AUDIT_KEY"
_KEY, _HEAD = "key", ".head"
#: Characters of a key in the environment, at least.
_SHORTEST = 32


@dataclass(frozen=True)
class KeyRing:
    """Keys by their ids; ``current`` signs."""

    current: str
    secrets: Mapping[str, bytes]

    def of(self, key: str) -> bytes | None:
        """A key's secret; None where it is not here."""
        return self.secrets.get(key)


def keys(home: Path, *, make: bool = True) -> KeyRing:
    """The keys of a workspace. Where there are none one is made, or, without ``make``, the ring is empty.

    Raises ``UnavailableError`` where they cannot be read or written, ``UsageError`` for one in the environment that is too
    short to be one.
    """
    told = os.environ.get(VARIABLE, "").split()
    if any(len(text) < _SHORTEST for text in told):
        raise UsageError(
            f"A key of the audit log has at least {_SHORTEST} characters.", code="bad_key", where=VARIABLE,
            fix="Make one: python -c 'import secrets; print(secrets.token_hex(32))'",
        )  # fmt: skip
    if not told:
        try:
            told = _kept(home)
            if not told and make:
                _make(home)
                told = _kept(home)
        except OSError as error:
            raise _unusable(home, error) from error
    ring = {key_id(text): text.encode() for text in told}
    return KeyRing(key_id(told[-1]) if told else "", ring)


def add_key(home: Path) -> KeyRing:
    """A new key that signs from now on; the others still verify. Raises ``UsageError`` where keys come from the environment."""
    if os.environ.get(VARIABLE):
        raise UsageError(
            "The keys of the audit log come from the environment.", code="key_elsewhere", where=VARIABLE,
            fix="Add a new one at the end of it, after a space.",
        )  # fmt: skip
    ring = keys(home)
    try:
        _write(home / FOLDER / _KEY, "\n".join([*_kept(home), secrets.token_hex(32)]) + "\n")
    except OSError as error:
        raise _unusable(home, error) from error
    assert ring.current
    return keys(home)


def key_id(text: str) -> str:
    """What a key is called in entries: it tells nothing of the key, and fits no other."""
    return hashlib.sha256(b"tenure audit key " + text.encode()).hexdigest()[:12]


def note_head(home: Path, chain: str, ring: Keys, before: Head, head: Head, hash_of: Callable[[int], str]) -> None:
    """Note where a chain ends now, outside its database. ``before``: its end until now; ``hash_of``: of the entry of a number.

    A head that the chain does not hold any more is left as it is, as it proves that something was cut off.
    """
    noted = noted_head(home, chain, ring)
    if noted is not None and noted != before and (noted.count >= head.count or hash_of(noted.count) != noted.hash):
        return
    if noted is None and (home / FOLDER / f"{chain}{_HEAD}").exists():
        return
    try:
        _write(
            home / FOLDER / f"{chain}{_HEAD}", f"{head.count} {head.hash} {ring.current} {_mac(chain, ring, head)}\n"
        )
    except OSError:
        return  # what it stands for is done, and the next one notes it again


def noted_head(home: Path, chain: str, ring: Keys) -> Head | None:
    """Where a chain ended when that was last noted; None where it is not, or what is noted was changed (``head_state``)."""
    try:
        text = (home / FOLDER / f"{chain}{_HEAD}").read_text("ascii")
        count, last, key, mac = text.removesuffix("\n").split(" ")
        head = Head(int(count), last)
        secret = ring.of(key)
        whole = text == f"{head.count} {last} {key} {mac}\n"
        good = whole and secret is not None and hmac.compare_digest(_signed(chain, secret, head), mac)
    except (OSError, ValueError):
        return None
    return head if good else None


def has_head(home: Path, chain: str) -> bool:
    """Whether there is a file that tells where a chain ends, whatever it holds."""
    return (home / FOLDER / f"{chain}{_HEAD}").exists()


def parsed_head(text: str) -> tuple[str, Head]:
    """The name and the head of a chain as ``told`` writes it. Raises ``UsageError``."""
    chain, _, rest = text.partition(":")
    count, _, last = rest.partition(":")
    if not chain or not count.isdecimal() or len(last) != len("0" * 64):
        raise UsageError(
            f"{text!r} is no head of a chain.", code="bad_head", fix="Give it as verify printed it: inbox:1204:9f86d0...",
        )  # fmt: skip
    return chain, Head(int(count), last)


def told(chain: str, head: Head) -> str:
    """A head as one keeps it elsewhere."""
    return f"{chain}:{head.count}:{head.hash}"


def _mac(chain: str, ring: Keys, head: Head) -> str:
    secret = ring.of(ring.current)
    assert secret is not None, "the current key is known"
    return _signed(chain, secret, head)


def _signed(chain: str, secret: bytes, head: Head) -> str:
    return hmac.new(secret, f"head {chain} {head.count} {head.hash}".encode(), hashlib.sha256).hexdigest()


def _kept(home: Path) -> list[str]:
    """The keys in the workspace's file, the oldest first; none where there is no file."""
    try:
        found = (home / FOLDER / _KEY).read_text("ascii").split()
    except FileNotFoundError:
        return []
    except UnicodeDecodeError:
        found = [""]
    if not all(len(text) >= _SHORTEST for text in found) or not found:
        raise DataError(
            "The keys of the audit log are damaged.", code="damaged", where=str(home / FOLDER / _KEY),
            fix="Restore the file from a backup.",
        )  # fmt: skip
    return found


def _make(home: Path) -> None:
    """Make the first key. Of two that come at once one wins, and both use it."""
    folder = home / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    part = folder / f".{secrets.token_hex(4)}"
    _put(part, f"{secrets.token_hex(32)}\n")
    try:
        os.link(part, folder / _KEY)
    except FileExistsError:
        return
    except OSError:  # a disk without links
        part.replace(folder / _KEY)
    finally:
        part.unlink(missing_ok=True)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    part = path.with_name(f".{secrets.token_hex(4)}")
    _put(part, text)
    part.replace(path)


def _put(path: Path, text: str) -> None:
    with open(path, "x", encoding="ascii", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _unusable(home: Path, error: OSError) -> UnavailableError:
    return UnavailableError(
        f"The keys of the audit log cannot be used: {error.strerror}.", code="not_writable", where=str(home / FOLDER),
        fix="Make the folder readable and writable for the user who runs this.",
    )  # fmt: skip
