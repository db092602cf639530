"""How mail is sent: ``mail.toml`` in the workspace, and the password beside it, encrypted as sources' secrets are."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import tomlkit

from tenure.core.errors import UsageError
from tenure.engine.sync import vault

FILE = "mail.toml"
#: Whose the password is among the secrets; no source can be called that.
_OWNER, _PASSWORD = "mail:smtp", "password"
SECURITY = ("starttls", "tls", "none")
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_KEYS = {"host", "port", "security", "user", "sender", "name", "address"}


@dataclass(frozen=True)
class MailSettings:
    """``security``: ``starttls`` (encrypted from the greeting on), ``tls`` (from the first byte) or ``none``. ``user``: empty where
    the server wants none. ``sender``: the address that mails come from, ``name`` what it is called. ``address``: where people find
    Tenure, for links in mails, as ``https://tenure.example.com``.
    """

    host: str
    port: int
    security: str
    user: str
    sender: str
    name: str
    address: str


def read(home: Path) -> MailSettings | None:
    """What is set; None where nothing is. Raises ``UsageError`` for a file that cannot be understood."""
    try:
        said = tomllib.loads((home / FILE).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _wrong(home, f"It cannot be read: {error}.") from None
    return checked(said.get("smtp", {}), home)


def checked(said: Any, home: Path) -> MailSettings:
    """Settings from what was said. Raises ``UsageError`` for what makes no sense."""
    if not isinstance(said, Mapping) or set(said) - _KEYS:
        raise _wrong(home, f"It has a section [smtp] with {', '.join(sorted(_KEYS))}, and nothing else.")
    security = str(said.get("security", "starttls"))
    if security not in SECURITY:
        raise _wrong(home, f"security is one of {', '.join(SECURITY)}.")
    port = said.get("port", _PORTS[security])
    texts = {name: str(said.get(name, "")).strip() for name in ("host", "user", "sender", "name", "address")}
    if not texts["host"] or not isinstance(port, int) or not 0 < port < 65_536:
        raise _wrong(home, "It needs a host, and a port between 1 and 65535.")
    if "@" not in parseaddr(texts["sender"])[1]:
        raise _wrong(home, "sender is the address that mails come from.")
    if not texts["address"].startswith(("http://", "https://")):
        raise _wrong(home, "address is where people find Tenure, as https://tenure.example.com.")
    return MailSettings(**{**texts, "address": texts["address"].rstrip("/")}, port=port, security=security)


def keep(home: Path, settings: MailSettings, password: str | None) -> None:
    """Keep settings, and what somebody noted beside them in the file; a password of None stays as it is, an empty one is forgotten.
    Raises ``OSError``.
    """
    if password is not None:
        vault.keep(home, _OWNER, {_PASSWORD: password})
    document = _document(home)
    table = document.setdefault("smtp", tomlkit.table())
    for name, value in asdict(settings).items():
        table[name] = value
    part = home / f".{FILE}.{os.getpid()}"
    part.write_text(tomlkit.dumps(document), encoding="utf-8")
    part.replace(home / FILE)


def _document(home: Path) -> tomlkit.TOMLDocument:
    """The file as it is; an empty one where there is none, or none that can be read."""
    try:
        found = tomlkit.parse((home / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return tomlkit.document()
    return found if isinstance(found.get("smtp", {}), dict) else tomlkit.document()


def forget(home: Path) -> None:
    """Send no mail any more."""
    (home / FILE).unlink(missing_ok=True)
    vault.forget(home, _OWNER)


def password(home: Path) -> str:
    """The password; empty where there is none. Raises ``UnavailableError`` where it cannot be read."""
    return vault.secrets(home, _OWNER).get(_PASSWORD, "")


def has_password(home: Path) -> bool:
    """Whether there is one. Needs no key."""
    return _PASSWORD in vault.names(home, _OWNER)


def _wrong(home: Path, why: str) -> UsageError:
    fix = "Mend it, or set it anew on the page Mail."
    return UsageError(f"{FILE} is not understood. {why}", code="bad_mail", where=str(home / FILE), fix=fix)
