"""``sign_on.toml``: how people log in to a workspace. No secret is ever in it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tomlkit
from django.conf import settings

from tenure.core.errors import UsageError, unknown
from tenure.core.toml_text import parsed, place_of
from tenure.engine.sync import vault
from tenure.web.access.roles import Role

FILE = "sign_on.toml"
#: Under which name the secrets of a workspace have the provider's. No source can be called so.
OWNER, SECRET = "sign-on:", "client_secret"
INVITED, DOMAIN = "invited", "domain"
_HEAD = """\
# How people log in. The page Sign-on writes this file and keeps your comments; you may edit it, too.
# What each line means: docs/how-to/sign-on.md. The provider's secret is not in here, but among the workspace's secrets.
"""
_KEYS = {
    "provider": ("name", "issuer", "client_id", "internal", "scopes", "second_factor", "unverified_email"),
    "people": ("who", "domains", "role", "claim", "csm_id", "roles"),
    "password": ("on", "but_for"),
    "second_factor": ("roles",),
}
_SCOPES = ("openid", "email", "profile")


@dataclass(frozen=True)
class Provider:
    """A provider of single sign-on (OpenID Connect). ``internal``: it may lie in an internal network, and be asked without
    TLS. ``second_factor``: it asks for one itself. ``unverified_email``: addresses are believed although it does not say that
    it verified them.
    """

    name: str
    issuer: str
    client_id: str
    internal: bool = False
    scopes: tuple[str, ...] = _SCOPES
    second_factor: bool = False
    unverified_email: bool = False


@dataclass(frozen=True)
class Policy:
    """How people log in. ``who``: may those come in through the provider who have been added here, or others of ``domains``, too,
    with ``role``? ``claim``: what of a person's claims names groups, and ``roles`` which group means which role. ``csm_claim``:
    the claim that holds the CSM id. ``passwords``: whether passwords are taken of everybody; if not, only of ``but_for``.
    ``factor_roles``: who needs a second factor.
    """

    provider: Provider | None = None
    who: str = INVITED
    domains: tuple[str, ...] = ()
    role: Role = Role.VIEWER
    claim: str = ""
    csm_claim: str = ""
    roles: Mapping[str, Role] = field(default_factory=dict)
    passwords: bool = True
    but_for: str = ""
    factor_roles: frozenset[Role] = frozenset()

    def takes_password(self, email: str) -> bool:
        """Whether somebody with this address may log in without the provider."""
        return self.passwords or email.strip().lower() == self.but_for


_read: dict[Path, tuple[tuple[int, int], Policy]] = {}


def now() -> Policy:
    """The policy of the workspace that is served, as its file says. While that makes no sense, what it said before is in force.

    Raises ``UsageError`` with the line of what is wrong, where nothing was in force before.
    """
    path = settings.HOME / FILE
    try:
        found = path.stat()
    except FileNotFoundError:
        return Policy()
    stamp = (found.st_mtime_ns, found.st_size)
    known = _read.get(path)
    if known is not None and known[0] == stamp:
        return known[1]
    try:
        fresh = checked(path.read_text(encoding="utf-8-sig"))
    except UsageError:
        if known is None:
            raise
        fresh = known[1]
    _read[path] = (stamp, fresh)
    return fresh


def fault() -> str:
    """What is wrong with the file, and where; empty where nothing is."""
    path = settings.HOME / FILE
    try:
        checked(path.read_text(encoding="utf-8-sig") if path.is_file() else "")
    except UsageError as error:
        return f"{error.where}: {error.message} {error.fix}".strip()
    return ""


def checked(text: str) -> Policy:
    """What a text says. Raises ``UsageError`` with the line of what is wrong."""
    return _Checking(text).policy(parsed(text, FILE, "bad_sign_on"))


def change(table: str, said: Mapping[str, Any]) -> Policy:
    """Write a table of the file; what ``said`` does not name stays, empty values go. Raises ``UsageError``, and writes nothing then."""
    document = _document()
    if table not in document:
        document.add(tomlkit.nl())
        document.add(table, tomlkit.table())
    own: Any = document[table]
    for key, value in said.items():
        if value in ("", [], {}, ()):
            own.pop(key, None)
        else:
            own[key] = value
    text = tomlkit.dumps(document)
    found = checked(text)
    _write(settings.HOME / FILE, text)
    return found


def forget_provider() -> None:
    """Take the provider out of the file, with its secret. Raises ``UsageError`` where passwords are off."""
    document = _document()
    document.pop("provider", None)
    text = tomlkit.dumps(document)
    checked(text)
    _write(settings.HOME / FILE, text)
    vault.forget(settings.HOME, OWNER)


def client_secret() -> str:
    """The secret that the provider gave us; empty for a client without one. Raises ``UnavailableError`` without its key."""
    return vault.secrets(settings.HOME, OWNER).get(SECRET, "")


def has_client_secret() -> bool:
    """Whether a secret of the provider's is kept."""
    return bool(vault.names(settings.HOME, OWNER))


def keep_client_secret(value: str) -> None:
    """Keep the provider's secret, encrypted."""
    vault.keep(settings.HOME, OWNER, {SECRET: value})


def _document() -> tomlkit.TOMLDocument:
    """The file, with its comments. Raises ``UsageError`` for what is not TOML."""
    path = settings.HOME / FILE
    text = path.read_text(encoding="utf-8-sig") if path.is_file() else _HEAD
    parsed(text, FILE, "bad_sign_on")
    return tomlkit.parse(text)


def _write(path: Path, text: str) -> None:
    """The file is the old one or the new one, never half of it."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


@dataclass
class _Checking:
    """The checks of the file. ``text``: of the whole, to say where."""

    text: str

    def policy(self, said: Mapping[str, Any]) -> Policy:
        """What the file says."""
        for name, table in said.items():
            if name not in _KEYS:
                raise unknown("table", name, _KEYS, listing=f"In {FILE} there are: {', '.join(_KEYS)}.")
            if not isinstance(table, dict):
                raise self._error(f"{name} is a table: [{name}].", (name,))
            for key in table:
                if key not in _KEYS[name]:
                    where = place_of(self.text, FILE, (name, key))
                    raise unknown("key", key, _KEYS[name], listing=f"In {where}.")
        provider = self._provider(said["provider"]) if "provider" in said else None
        people, factor = said.get("people", {}), said.get("second_factor", {})
        passwords, but_for = self._passwords(said.get("password", {}), provider)
        who = self._text(people, "people", "who") or INVITED
        if who not in (INVITED, DOMAIN):
            raise self._error(f'who is "{INVITED}" or "{DOMAIN}".', ("people", "who"))
        domains = tuple(one.strip().lower().lstrip("@") for one in self._texts(people, "people", "domains"))
        if who == DOMAIN and not domains:
            raise self._error("Who comes in by domain needs domains.", ("people", "who"), 'domains = ["example.com"]')
        mapping = people.get("roles", {})
        if not isinstance(mapping, dict):
            raise self._error("roles is a table: group = role.", ("people", "roles"))
        roles = {group: self._role(role, ("people", "roles", group)) for group, role in mapping.items()}
        claim = self._text(people, "people", "claim")
        if bool(roles) != bool(claim):
            raise self._error(
                "claim and roles belong together: the claim names groups, roles what they mean.", ("people",)
            )
        return Policy(
            provider, who, domains, self._role(people.get("role", Role.VIEWER), ("people", "role")), claim,
            self._text(people, "people", "csm_id"), roles, passwords, but_for, self._factor_roles(factor),
        )  # fmt: skip

    def _provider(self, said: Mapping[str, Any]) -> Provider:
        issuer = self._text(said, "provider", "issuer")
        internal = self._flag(said, "provider", "internal")
        parts = urlsplit(issuer)
        if (
            parts.scheme not in ("https", "http")
            or not parts.hostname
            or parts.query
            or parts.fragment
            or parts.username
        ):
            raise self._error("issuer is the provider's address: https://...", ("provider", "issuer"))
        if parts.scheme == "http" and not internal:
            fix = "Write https://. Only a provider inside the company (internal = true) may do without."
            raise self._error("Only HTTPS is spoken to a provider outside.", ("provider", "issuer"), fix)
        client_id = self._text(said, "provider", "client_id")
        if not client_id:
            raise self._error("The provider needs the client_id that it knows Tenure by.", ("provider",))
        scopes = tuple(self._texts(said, "provider", "scopes")) or _SCOPES
        if "openid" not in scopes:
            raise self._error("Without the scope openid nobody is told apart.", ("provider", "scopes"))
        name = self._text(said, "provider", "name") or parts.hostname
        return Provider(
            name, issuer, client_id, internal, scopes, self._flag(said, "provider", "second_factor"),
            self._flag(said, "provider", "unverified_email"),
        )  # fmt: skip

    def _passwords(self, said: Mapping[str, Any], provider: Provider | None) -> tuple[bool, str]:
        on = self._flag(said, "password", "on", default=True)
        but_for = self._text(said, "password", "but_for").strip().lower()
        if not on and provider is None:
            raise self._error("Without passwords and without a provider nobody could log in.", ("password", "on"))
        if not on and not but_for:
            fix = 'but_for = "ada@example.com": an administrator, for the day when the provider does not answer.'
            raise self._error("One administrator has to keep the password.", ("password", "on"), fix)
        return on, but_for

    def _factor_roles(self, said: Mapping[str, Any]) -> frozenset[Role]:
        return frozenset(
            self._role(name, ("second_factor", "roles")) for name in self._texts(said, "second_factor", "roles")
        )

    def _role(self, name: Any, at: tuple[str, ...]) -> Role:
        if name not in Role.values:
            raise self._error(f"{name!r} is no role.", at, f"There are: {', '.join(Role.values)}.")
        return Role(name)

    def _text(self, said: Mapping[str, Any], table: str, key: str) -> str:
        value = said.get(key, "")
        if not isinstance(value, str):
            raise self._error(f'{key} is a text: {key} = "...".', (table, key))
        return value.strip()

    def _texts(self, said: Mapping[str, Any], table: str, key: str) -> Iterable[str]:
        value = said.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            raise self._error(f'{key} is a list of texts: {key} = ["..."].', (table, key))
        return value

    def _flag(self, said: Mapping[str, Any], table: str, key: str, *, default: bool = False) -> bool:
        value = said.get(key, default)
        if not isinstance(value, bool):
            raise self._error(f"{key} is true or false.", (table, key))
        return value

    def _error(self, message: str, at: tuple[str, ...], fix: str = "") -> UsageError:
        return UsageError(message, code="bad_sign_on", where=place_of(self.text, FILE, at), fix=fix)
