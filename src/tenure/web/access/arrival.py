"""Who comes in through single sign-on: the person whom the provider has proven, as somebody of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from tenure.web.access import events, people
from tenure.web.access.events import Kind
from tenure.web.access.models import Identity, User
from tenure.web.access.people import LastAdministratorError
from tenure.web.access.policy import DOMAIN, Policy
from tenure.web.access.provider import Proven
from tenure.web.access.roles import Role

_LONGEST = 200


class NotLetInError(Exception):
    """Somebody whom the provider knows, and who does not come in. ``reason``: a word for the audit log."""

    def __init__(self, reason: str, user: User | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.user = user


def person(found: Proven, how: Policy) -> User:
    """The person, with the roles that the provider's claims give; made or tied where that is allowed. Raises ``NotLetInError``."""
    refused: NotLetInError | None = None
    with transaction.atomic():
        user = _known(found, how)
        if not user.is_active:
            raise NotLetInError("deactivated", user)
        _note_claims(user, found.claims, how)
        if not user.roles:  # what the provider took away is taken away, whether she comes in or not
            refused = NotLetInError("no_role", user)
    if refused:
        raise refused
    return user


def _known(found: Proven, how: Policy) -> User:
    """Whose this identity is. One that is new here is tied by its address, which must be the person's own, once."""
    identity = Identity.objects.filter(issuer=found.issuer, subject=found.subject).select_related("user").first()
    if identity is not None:
        return identity.user
    email = address(found.claims, how)
    user = User.objects.filter(email=email).first()
    if user is None:
        if how.who != DOMAIN or email.rpartition("@")[2] not in how.domains:
            raise NotLetInError("not_invited")
        user = people.create(email=email, name=called(found.claims, email), roles=_first_roles(found.claims, how))
    elif not user.is_active:
        raise NotLetInError("deactivated", user)
    elif Identity.objects.filter(user=user, issuer=found.issuer).exists():
        raise NotLetInError("another_subject", user)  # the provider has given the address to somebody else
    Identity.objects.create(user=user, issuer=found.issuer, subject=found.subject)
    events.record(Kind.IDENTITY_LINKED, actor=user, subject=user)
    return user


def address(claims: Mapping[str, Any], how: Policy) -> str:
    """The e-mail address of somebody, in small letters, which the provider has verified. Raises ``NotLetInError``."""
    email, verified = claims.get("email"), claims.get("email_verified")
    if not isinstance(email, str):
        raise NotLetInError("no_email")
    trusted = verified in (True, "true") or (
        verified is None and how.provider is not None and how.provider.unverified_email
    )
    if not trusted:
        raise NotLetInError("email_not_verified")
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise NotLetInError("no_email") from None
    return email


def roles_by_claim(claims: Mapping[str, Any], how: Policy) -> frozenset[Role]:
    """The roles that somebody's groups mean."""
    said = claims.get(how.claim) if how.claim else None
    groups = said if isinstance(said, list) else [said]
    return frozenset(how.roles[group] for group in groups if isinstance(group, str) and group in how.roles)


def called(claims: Mapping[str, Any], email: str) -> str:
    """What somebody is called."""
    name = claims.get("name")
    return name.strip()[:_LONGEST] if isinstance(name, str) and name.strip() else email.partition("@")[0]


def _first_roles(claims: Mapping[str, Any], how: Policy) -> frozenset[Role]:
    return roles_by_claim(claims, how) or frozenset({how.role})


def _note_claims(user: User, claims: Mapping[str, Any], how: Policy) -> None:
    """Give the roles that the claims mean, and take those that they could mean and do not; others are an administrator's matter."""
    if how.claim:
        first = frozenset({how.role}) if how.who == DOMAIN else frozenset()
        wanted = (user.roles - frozenset(how.roles.values()) - first) | roles_by_claim(claims, how)
        wanted = wanted or first
        try:
            people.give_roles(user, wanted, by=None)
        except LastAdministratorError:
            people.give_roles(user, wanted | {Role.ADMINISTRATOR}, by=None)
    csm_id = claims.get(how.csm_claim) if how.csm_claim else None
    if isinstance(csm_id, str) and csm_id.strip() and csm_id.strip()[:_LONGEST] != user.csm_id:
        user.csm_id = csm_id.strip()[:_LONGEST]
        user.save(update_fields=["csm_id"])
        events.record(Kind.PERSON_CHANGED, actor=None, subject=user, csm_id=user.csm_id)
