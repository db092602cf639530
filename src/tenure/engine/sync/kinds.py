"""The kinds of sources there are, and what each needs to be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tenure.engine.sync.configured import SQL
from tenure.sources.api import fetched, find


@dataclass(frozen=True)
class Kind:
    """``options`` and ``secrets``: what each is, by name, in the order in which to ask. ``streams``: what is fetched, in plain
    words by the streams' names. ``defaults``: of the options that have one. ``spare``: secrets that need not be given.
    """

    name: str
    title: str
    options: Mapping[str, str]
    secrets: Mapping[str, str]
    streams: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    spare: frozenset[str] = frozenset()


def kinds() -> list[Kind]:
    """All kinds, by name; databases are the last."""
    return [kind_of(name) for name in (*fetched(), SQL)]


def kind_of(name: str) -> Kind:
    """A kind. Raises ``UsageError`` with the nearest ones."""
    if name == SQL:
        password = {"password": "the password of the database's user"}
        return Kind(
            SQL,
            "A database of your own",
            {},
            password,
            {SQL: "Whatever a query on PostgreSQL or MySQL gives, for any table"},
            spare=frozenset(password),
        )
    source = find(name)
    return Kind(
        name, source.title, {option.name: option.about for option in source.options},
        {secret.name: secret.about for secret in source.secrets if not secret.kept},
        {stream.name: stream.name for stream in source.streams if not source.about} | dict(source.about),
        {option.name: option.default for option in source.options if option.default is not None},
        frozenset(secret.name for secret in source.secrets if secret.optional),
    )  # fmt: skip
