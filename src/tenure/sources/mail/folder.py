"""Mail in files: a message each (``.eml``), or many in one (``.mbox``), in a folder and those in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tenure.sources.mail.message import Raw
from tenure.sources.parties import plain_address

#: Bytes of a message that are read.
MOST_BYTES = 1 << 20
SUFFIXES = (".eml", ".mbox")


def files_of(folder: Path) -> list[Path]:
    """The files of mail in a folder, in an order that is always the same."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in SUFFIXES and path.is_file() and not path.is_symlink()
    )


def messages_in(path: Path, folder: Path) -> Iterator[Raw]:
    """The messages in a file. A folder or file that is called like an address is the mailbox of that address."""
    mailbox = _mailbox(path, folder)
    with path.open("rb") as source:
        if path.suffix.lower() == ".eml":
            yield Raw(source.read(MOST_BYTES), mailbox=mailbox)
            return
        own: list[bytes] = []
        size, blank, begun = 0, True, False
        while line := source.readline(MOST_BYTES):
            if blank and line.startswith(b"From "):
                if begun:
                    yield Raw(b"".join(own), mailbox=mailbox)
                own, size, begun = [], 0, True
            elif size < MOST_BYTES:
                own.append(line)
                size += len(line)
            blank = line in (b"\n", b"\r\n")
        if begun:
            yield Raw(b"".join(own), mailbox=mailbox)


def _mailbox(path: Path, folder: Path) -> str:
    names = [path.stem, *reversed(path.relative_to(folder).parts[:-1])]
    return next((address for name in names if (address := plain_address(name))), "")
