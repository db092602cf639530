"""A JSON document of many lines (an array, or objects one after the other) as one value a line, with its line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import BinaryIO

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|[{}\[\],\n]|"', re.DOTALL)
_BLOCK = 1 << 20
_LONGEST = 64 << 20


def split(source: Path, target: Path) -> list[int]:
    """Write each value of ``source`` to ``target`` on a line of its own; gives the line on which each began.

    Values are the elements of the array if the document is one, else the values that follow each other. What is
    broken stays so, for the reader of the result to refuse. Memory is bounded: a value longer than 64 MB is cut.
    """
    with source.open("rb") as file, target.open("wb") as out:
        return _Splitter(out).run(file)


class _Splitter:
    def __init__(self, out: BinaryIO) -> None:
        self.out = out
        self.parts: list[bytes] = []
        self.size = 0
        self.depth = self.base = 0
        self.line = self.began = 1
        self.lines: list[int] = []

    def run(self, file: BinaryIO) -> list[int]:
        rest = b""
        first = True
        while block := file.read(_BLOCK):
            buffer = rest + block
            if first:
                body = buffer.removeprefix(b"\xef\xbb\xbf")
                self.line += body[: len(body) - len(body.lstrip())].count(b"\n")
                buffer, first = body.lstrip(), False
                if buffer.startswith(b"["):
                    self.base = self.depth = 1
                    buffer = buffer[1:]
            rest = self.block(buffer)
        if rest:
            self.add(rest, is_text=True)
        if self.base and self.depth:
            self.add(b" \x01", is_text=False)  # the array was not closed: its last value may be cut short
            if not b"".join(self.parts).strip(b" \x01"):
                self.parts = []
        self.end()
        return self.lines

    def block(self, buffer: bytes) -> bytes:
        """Take a piece of the document; what may go on in the next piece is given back."""
        at = 0
        for match in _TOKEN.finditer(buffer):
            token = match[0]
            if token == b'"':  # opened, and closed in the next piece
                self.add(buffer[at : match.start()], is_text=False)
                if len(buffer) - match.start() > _LONGEST:
                    self.add(b"\x01", is_text=False)
                    return b""
                return buffer[match.start() :]
            self.add(buffer[at : match.start()], is_text=False)
            at = match.end()
            self.token(token)
        self.add(buffer[at:], is_text=False)
        return b""

    def token(self, token: bytes) -> None:
        if token == b"\n":
            self.line += 1
            self.add(b" ", is_text=False)
        elif token == b"," and self.depth == self.base and self.base:
            self.end(always=True)
        elif token in (b"{", b"["):
            if self.depth == self.base == 0 and b"".join(self.parts).strip():
                self.end()  # something that is no value stood before it
            self.add(token, is_text=False)
            self.depth += 1
        elif token in (b"}", b"]"):
            self.depth -= 1
            if self.base and self.depth == 0:  # the array's own end
                self.end()
                self.base = 0
                return
            self.add(token, is_text=False)
            if self.depth <= 0:
                self.depth = 0
                self.end()
        else:
            self.add(token, is_text=True)
            self.line += token.count(b"\n")

    def add(self, part: bytes, *, is_text: bool) -> None:
        """Add to the value at hand. A line end inside a text is an error in JSON, and stays one (a control character)."""
        if not self.parts:
            part = part.lstrip()
            self.began = self.line
        if not part or self.size > _LONGEST:
            return
        self.parts.append(part.replace(b"\n", b"\x01" if is_text else b" "))
        self.size += len(part)

    def end(self, *, always: bool = False) -> None:
        value = b"".join(self.parts).rstrip()
        if value or always:
            self.out.write(value.replace(b"\r", b" ") + b"\n")
            self.lines.append(self.began if value else self.line)
        self.parts, self.size = [], 0
