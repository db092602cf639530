"""Files that tell by themselves whether they are whole: what is made anew easily, and must not be wrong without a word.

Behind the content stands its hash. Who reads a file that was changed or cut is told as if it were not there.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from threading import Lock

#: Bytes of the hash and the line's end before it.
_TRAILER = 65


class NotWholeError(OSError):
    """The file is not what was written."""


def sealed(content: bytes) -> bytes:
    """A content with its hash behind it, as it is written."""
    return content + _hash(content)


def put(path: Path, content: bytes) -> None:
    """Put a content with its hash in a file's place: written beside it, so that who reads finds all of it, or what was there. Several
    threads may.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    with _putting:
        part.write_bytes(sealed(content))
        part.replace(path)


_putting = Lock()


def read(path: Path) -> bytes:
    """The content of a file. Raises ``OSError`` where it is not there or cannot be read, ``NotWholeError`` where it is not what
    was written.
    """
    found = path.read_bytes()
    content = found[:-_TRAILER]
    if found[-_TRAILER:] != _hash(content):
        raise NotWholeError(f"{path.name} is damaged, or was written by another version of Tenure")
    return content


def is_spoilt(path: Path) -> bool:
    """Whether a file has a hash that is not its content's. One without, as an older Tenure wrote it or as is left of one that was
    cut, is no file at all to who reads it. Raises ``OSError`` where it cannot be read.
    """
    found = path.read_bytes()
    own = _hash(found[:-_TRAILER])
    has_one = found[-_TRAILER : -_TRAILER + 1] == b"\n" and not found[-_TRAILER + 1 :].strip(b"0123456789abcdef")
    return has_one and found[-_TRAILER:] != own


def _hash(content: bytes) -> bytes:
    return b"\n" + hashlib.sha256(content).hexdigest().encode()
