"""What is known of the people to be erased, and what is put in its place."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tenure.engine.erasure import telling
from tenure.engine.erasure.stored import stored
from tenure.warehouse.store import literal
from tenure.warehouse.table import Column, Type

if TYPE_CHECKING:
    from tenure.warehouse.store import Store

#: In the place of a name inside a text.
ERASED = "erased"
#: How files write texts that are not in UTF-8.
_CODES = ("utf-8", "cp1252", "utf-16-le", "utf-16-be")
#: An id is looked for in any text if it is as long as this: a short one may be anything else.
TELLING = 6


@dataclass
class Subject:
    """``tokens``: by id, the one that takes its place. ``emails``, ``names``: all that were ever known of these people; ``shared``:
    names that others bear as well, so that nobody can tell whom a text means by them. ``values``: what else tells of them wherever
    it stands, as telephone numbers (``telling``), and of nobody else. ``aliases``: as ``tokens``, other ids that sources have for them.

    Texts get words of their own, the same for the same text while this lasts: they are kept nowhere.
    """

    tokens: Mapping[str, str]
    emails: tuple[str, ...]
    names: tuple[str, ...]
    shared: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    _words: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, store: Store, tokens: Mapping[str, str]) -> Subject:
        """What the warehouse knows of them, in whatever version."""
        listed = ", ".join(literal(person) for person in tokens)
        rows = store.rows(f"SELECT DISTINCT email, name FROM main.person WHERE person_id IN ({listed})")
        emails = {email.strip() for email, _ in rows if email and "@" in email}
        emails.update(person for person in tokens if "@" in person)
        names = {
            name.strip() for _, name in rows if name and " " in name.strip()
        }  # a first name alone may be anybody's
        others = store.rows(
            f"SELECT lower(trim(name)) FROM main.person WHERE person_id NOT IN ({listed}) AND name IS NOT NULL UNION"
            " SELECT lower(trim(name)) FROM main.csm WHERE name IS NOT NULL"
        )
        shared = {name for name in names if (name.lower(),) in others}
        own, of_others = (_told(store, f"person_id {which} ({listed})") for which in ("IN", "NOT IN"))
        values = own - of_others - names - emails
        return cls(
            tokens, tuple(sorted(emails)), tuple(sorted(names - shared)), tuple(sorted(shared)), tuple(sorted(values))
        )

    def called(self, aliases: Mapping[str, str]) -> Subject:
        """The same, with other ids by which sources call them: in files that were made of these they hold tables together, and stay."""
        return replace(self, aliases=dict(aliases))

    def knowing(self, values: Iterable[str]) -> Subject:
        """The same, of whom more is known that tells of them wherever it stands."""
        more = {value.strip() for value in values} - {*self.names, *self.emails, *self.shared, *self.tokens}
        return replace(self, values=tuple(sorted({*self.values, *more})))

    @property
    def needles(self) -> tuple[str, ...]:
        """What may be looked for anywhere: the person is there where one of these is."""
        return (*(person for person in self.tokens if len(person) >= TELLING), *self.emails, *self.names, *self.values)

    def mentioned(self, sql: str) -> str:
        """SQL: a text may hold what is looked for anywhere. ``sql``: the text, in small letters."""
        tests = [f"contains({sql}, {literal(needle.lower())})" for needle in self.needles]
        tests += [
            f"regexp_matches({sql}, {literal(telling.dialled(one))})" for one in self.values if telling.is_phone(one)
        ]
        return f"({' OR '.join(tests or ['false'])})"

    def word(self, text: str, kind: Type = Type.TEXT) -> str:
        """What stands in the place of a text that tells of the person."""
        new = text if text in self._words.values() else self._words.setdefault(text, f"{ERASED}-{secrets.token_hex(4)}")
        return json.dumps(new) if kind is Type.JSON else new

    def named(self, text: str, column: Column) -> str:
        """A text that names people by their ids, with those of others as they are."""
        if column.type is not Type.LIST:
            return self.tokens.get(text.strip(), text)
        return self._ids.sub(lambda found: self.tokens[found[0]], text)

    def concerns(self, text: str, column: Column) -> bool:
        """Whether a text names one of them."""
        return self.named(text, column) != text

    def everywhere(self, text: str) -> str:
        """Any text without their addresses and long ids, which name nobody else."""
        return self._anywhere(text) if self._anywhere else text

    def told(self, text: str) -> str:
        """A free text, without their names also, and what else tells of them."""
        for pattern in self._named:
            text = pattern.sub(ERASED, text)
        return self.everywhere(text)

    def stored(self, text: str) -> str:
        """A text as a database has it, JSON and addresses too, without them."""
        return stored(text, self.told)

    def is_in(self, content: bytes) -> bool:
        """Whether these people are in some bytes, as text."""
        return bool(self._found and self._found.search(content))

    def __post_init__(self) -> None:
        self._found = None
        if self.needles:
            listed = {
                re.escape(needle.encode(code)) for needle in self.needles for code in _CODES if _fits(needle, code)
            }
            listed |= {telling.dialled(one).encode() for one in self.values if telling.is_phone(one)}
            listed |= {re.escape(json.dumps(needle)[1:-1].encode()) for needle in self.needles}
            either = b"|".join(listed)
            begins = rb"(?:(?<![\w+-])|(?<=\\[bfnrt]))"  # as a line in JSON does
            self._found = re.compile(begins + rb"(?:" + either + rb")(?![\w+-])", re.IGNORECASE)
        self._ids = _words_of(self.tokens)
        told = sorted((*self.names, *self.values), key=len, reverse=True)
        self._named = [_words_of([text]) for text in told]
        self._named += [
            re.compile(rf"(?<![\w+])(?:{telling.dialled(one)})(?!\w)") for one in told if telling.is_phone(one)
        ]
        places = {person.lower(): token for person, token in self.tokens.items() if len(person) >= TELLING}
        places |= {
            email.lower(): f"{self.word(email.lower())}@{email.partition('@')[2]}"
            for email in self.emails
            if email.lower() not in places
        }
        self._anywhere: Callable[[str], str] | None = None
        if places:
            pattern = _words_of(places)
            self._anywhere = lambda text: pattern.sub(lambda found: places[found[0].lower()], text)


def _words_of(texts: Sequence[str] | Mapping[str, str]) -> re.Pattern[str]:
    """Any of these texts where it stands as a word of its own, the longest first, whatever its capitals."""
    listed = "|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True))
    return re.compile(rf"(?<![\w.+-])(?:{listed})(?![\w+-]|\.\w)", re.IGNORECASE)


def _fits(text: str, code: str) -> bool:
    try:
        text.encode(code)
    except UnicodeEncodeError:
        return False
    return True


def _told(store: Store, where: str) -> set[str]:
    """What rows of ``person`` say beside names and addresses that tells of whose they are."""
    found = set()
    for title, custom in store.rows(f"SELECT DISTINCT title, custom FROM main.person WHERE {where}"):
        own = [("title", title or ""), *telling.values(json.loads(custom) if custom else {})]
        found |= {text.strip() for name, text in own if telling.tells(name, text)}
    return found
