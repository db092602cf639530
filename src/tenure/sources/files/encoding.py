"""Which characters the bytes of a file mean, when they are not valid UTF-8.

A file is UTF-16 or UTF-32 by its first bytes, or written in one of the old encodings, which all read the same bytes,
each differently. The words that tell them apart are read in every encoding; readings that no text would have (a capital
accent inside a word, a currency sign between letters, two alphabets in one word) rule an encoding out. If more than one
is left and they disagree on any word of the file, the file does not say what it means, and the map has to.
"""

from __future__ import annotations

import codecs
import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tenure.core.errors import DataError

# By how often business files come in them; the first of those that agree gives its name.
_OLD = (
    "cp1252",
    "cp1250",
    "cp1251",
    "iso8859-15",
    "iso8859-2",
    "cp1253",
    "cp1254",
    "cp1257",
    "mac_roman",
    "cp850",
    "cp437",
    "cp852",
    "koi8-r",
    "cp932",
    "gb18030",
    "big5",
    "cp949",
)
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NEVER = ("Cc", "Co", "Cn", "Lm", "Sk", "No")  # controls, private use, unassigned; marks that no keyboard has
_USUAL_SIGNS = "™®©°"  # what may touch a letter
_EAST = {"CJK", "HIRAGANA", "KATAKANA", "HANGUL"}
_BLOCK = 1 << 20
_WORDS = re.compile(rb"[A-Za-z0-9'\x80-\xff]*[\x80-\xff][A-Za-z0-9'\x80-\xff]*")
_MOST_WORDS = 20_000
_TOLERATED = 0.05  # so much more nonsense than in the best reading does not rule an encoding out


def by_first_bytes(head: bytes) -> str | None:
    """The encoding that a file's first bytes give away: a byte order mark, or the NULs of UTF-16. Else None."""
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name
    first, second = head[0:8:2], head[1:8:2]  # of each of the first four characters, which a header writes in ASCII
    if len(second) == 4 and not any(second) and all(first):
        return "utf-16-le"
    if len(second) == 4 and not any(first) and all(second):
        return "utf-16-be"
    return None


def is_mostly_utf8(path: Path) -> bool:
    """Whether a file that is not valid UTF-8 is UTF-8 with a few damaged lines, and no file of an old encoding."""
    good = bad = 0
    for line in _lines_beyond_ascii(path):
        try:
            line.decode("utf-8")
            good += 1
        except UnicodeDecodeError:
            bad += 1
    return good > bad


def old_encoding(path: Path, name: str) -> str:
    """The one-byte or East Asian encoding of a file that is not UTF-8. ``name`` stands for it in messages.

    Raises ``DataError`` (``ambiguous_encoding``) where several are plausible and read a word differently.
    """
    words = _words(path)
    readings = [reading for encoding in _OLD if (reading := _read(encoding, words)) is not None]
    if not readings:
        raise DataError(
            "The file is written in no encoding that is known.",
            code="unknown_encoding",
            where=name,
            fix='Save it as UTF-8, or name its encoding in a map: encoding = "..."',
        )
    least = min(reading.nonsense for reading in readings)
    plausible = [reading for reading in readings if reading.nonsense <= least + _TOLERATED]
    best = plausible[0]
    for other in plausible[1:]:
        for one, two, word in zip(best.words, other.words, words, strict=True):
            if one != two:
                line = _line_of(path, word)
                raise DataError(
                    f"The file is not UTF-8, and can be read in more than one way: as {best.encoding} it says {one!r}, "
                    f"as {other.encoding} {two!r}.",
                    code="ambiguous_encoding",
                    where=f"{name}:{line}",
                    fix=f'Say which is meant in a map: encoding = "{best.encoding}" or encoding = "{other.encoding}"',
                )
    return best.encoding


def transcode(source: Path, target: Path, encoding: str, name: str) -> None:
    """Write ``source`` anew as UTF-8, in bounded memory.

    Raises ``DataError`` (``bad_encoding``) at the first byte that the encoding does not know, with its line.
    """
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line = 1
    with source.open("rb") as file, target.open("wb") as out:
        while True:
            block = file.read(_BLOCK)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                line += bytes(error.object[: error.start]).count(b"\n")
                raise DataError(
                    f"The file is not written in {encoding}: it has a byte that means nothing there.",
                    code="bad_encoding",
                    where=f"{name}:{line}",
                    fix='Name the right encoding in a map: encoding = "..."',
                ) from None
            line += text.count("\n")
            out.write(text.encode("utf-8", errors="replace"))
            if not block:
                return


@dataclass(frozen=True)
class _Reading:
    """The file's telling words in one encoding; ``nonsense``: the share of them that no text would have."""

    encoding: str
    words: tuple[str, ...]
    nonsense: float


def _read(encoding: str, words: list[bytes]) -> _Reading | None:
    try:
        read = tuple(word.decode(encoding) for word in words)
    except UnicodeDecodeError:
        return None
    return _Reading(encoding, read, sum(map(_is_nonsense, read)) / max(1, len(read)))


def _is_nonsense(word: str) -> bool:
    """Whether no text would hold such a word."""
    around = zip(" " + word, word, word[1:] + " ", strict=False)
    if any(_is_out_of_place(*three) for three in around if not three[1].isascii()):
        return True
    letters = [character for character in word if character.isalpha()]
    scripts = {"LATIN" if letter.isascii() else unicodedata.name(letter, "?").split()[0] for letter in letters}
    if len(scripts) > 1:
        return not (scripts <= _EAST | {"LATIN"}) or _in_word(word)
    accents = sum(not letter.isascii() for letter in letters)
    return scripts == {"LATIN"} and len(letters) > 4 and accents > 0.85 * len(letters)


def _is_out_of_place(before: str, character: str, after: str) -> bool:
    """Whether a character beyond ASCII does not belong between these two."""
    category = unicodedata.category(character)
    if category in _NEVER or "\u2500" <= character <= "\u25ff" or "\ufb00" <= character <= "\ufb06":
        return True
    if category[0] in "SP" and unicodedata.east_asian_width(character) == "H":
        return True
    if category[0] == "S" and character not in _USUAL_SIGNS and (before.isalpha() or after.isalpha()):
        return True
    if category[0] == "S" and before.isalpha() and after.isalpha():
        return True
    if category[0] != "L":
        return False
    beside_digit = (before.isdigit() or after.isdigit()) and not (before.isalpha() or after.isalpha())
    capital_inside = category == "Lu" and (before.islower() or (before.isalpha() and after.islower()))
    return beside_digit or capital_inside or (category == "Ll" and after.isupper())


def _in_word(word: str) -> bool:
    """Whether a Latin letter stands directly beside one of another alphabet."""
    return any(
        one.isascii() != two.isascii() for one, two in itertools.pairwise(word) if one.isalpha() and two.isalpha()
    )


def _lines_beyond_ascii(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        rest = b""
        while block := file.read(_BLOCK):
            lines = (rest + block).split(b"\n")
            rest = lines.pop()
            yield from (line for line in lines if not line.isascii())
        if not rest.isascii():
            yield rest


def _words(path: Path) -> list[bytes]:
    """The different words with bytes beyond ASCII, in order of appearance."""
    found: dict[bytes, None] = {}
    for line in _lines_beyond_ascii(path):
        for word in _WORDS.findall(line):
            found.setdefault(word)
        if len(found) >= _MOST_WORDS:
            break
    return list(found)


def _line_of(path: Path, word: bytes) -> int:
    """The line of the first appearance."""
    with path.open("rb") as file:
        return next((number for number, line in enumerate(file, 1) if word in line), 1)
