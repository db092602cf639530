"""Who may log in to the example company: one person for each role, all under one password that is told at the start."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from tenure.web.access import people
from tenure.web.access.models import User
from tenure.web.access.roles import Role

_WORDS = "amber birch cedar delta ember fjord grove harbour island juniper kelp lagoon meadow north orchid pine".split()
_DOMAIN = "demo.example"
#: Who leads is made first: somebody has to admit the others.
_ORDER = (
    Role.ADMINISTRATOR, Role.EXECUTIVE, Role.MANAGER, Role.CSM, Role.OPERATIONS, Role.FINANCE, Role.VIEWER,
)  # fmt: skip


@dataclass(frozen=True)
class Member:
    """One of the cast: what to log in with, and the CSM whose book or line she sees, if she is tied to one."""

    role: Role
    name: str
    email: str
    csm_id: str


def admit(csm: str, manager: str, names: dict[str, str]) -> tuple[tuple[Member, ...], str]:
    """Make the cast, or give it a new password where it is there already; the members and the password.

    ``csm`` and ``manager``: ids of those whom the two are tied to; ``names``: what staff are called, by id.
    """
    tied = {Role.CSM: csm, Role.MANAGER: manager}
    members = tuple(_member(role, tied.get(role, ""), names) for role in _ORDER)
    password = "-".join([*(secrets.choice(_WORDS) for _ in range(4)), str(secrets.randbelow(900) + 100)])
    for member in members:
        _admit(member, password)
    return members, password


def chosen(books: Sequence[tuple[str, int]], managers: dict[str, str]) -> tuple[str, str]:
    """The CSM with the most accounts among those who report to somebody, and whom she reports to.

    ``books``: owners with how many accounts they own; ``managers``: who reports to whom now.
    """
    led = [(accounts, owner) for owner, accounts in books if managers.get(owner)]
    if not led:
        return "", ""
    owner = max(led)[1]
    return owner, managers[owner]


def _member(role: Role, csm_id: str, names: dict[str, str]) -> Member:
    return Member(role, names.get(csm_id) or f"Demo {role.label}", f"{role.value}@{_DOMAIN}", csm_id)


def _admit(member: Member, password: str) -> None:
    found = User.objects.filter(email=member.email).first()
    if found is None:
        people.create(
            email=member.email, name=member.name, csm_id=member.csm_id, roles=(member.role,), password=password
        )
    else:
        people.change_password(found, password)
