"""What the application remembers of people: who may log in, as what, and what was done with that."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from tenure.web.access.rights import Right
from tenure.web.access.roles import Role


class Theme(models.TextChoices):
    """How pages look. Empty: as the system does."""

    SYSTEM = "", _("As the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Users(BaseUserManager["User"]):
    """Finds people by their e-mail address, however it is spelled."""

    def get_by_natural_key(self, username: str | None) -> User:
        """As log-in asks. Raises ``User.DoesNotExist``."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person who may log in. Nobody is ever deleted here, as records name people; they are deactivated.

    ``csm_id`` ties the person to the CSM of that id, where she is one.
    """

    email = models.EmailField(unique=True)  # in lower case
    name = models.CharField(max_length=200)
    csm_id = models.CharField(max_length=200, blank=True)
    theme = models.CharField(max_length=5, blank=True, choices=Theme.choices)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    objects: ClassVar[Users] = Users()

    @cached_property
    def roles(self) -> frozenset[Role]:
        """The roles this person has now."""
        return frozenset(Role(grant.role) for grant in self.grants.all())


class Grant(models.Model):
    """One role of one person."""

    user = models.ForeignKey(User, models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="one_grant_per_role")]


class Session(AbstractBaseSession):
    """A browser that is logged in, or was on its way there. ``session_key`` is a hash: who reads this cannot log in."""

    session_key = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    created_at = models.DateTimeField(db_index=True)
    seen_at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True)
    browser = models.CharField(max_length=200, blank=True)

    @classmethod
    def get_session_store_class(cls) -> type[Any]:
        """As Django asks."""
        from tenure.web.access.sessions import SessionStore

        return SessionStore


class Link(models.Model):
    """A link that works once. Its secret is stored as a hash. ``user``: whom it lets in; nobody for the set-up."""

    secret_hash = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="links")
    expires_at = models.DateTimeField()


class ApiKey(models.Model):
    """A key with which a program asks as a person. Its secret is stored as a hash. ``name``: what the person calls it.
    ``scope``: its rights, with spaces between.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="keys")
    name = models.CharField(max_length=100)
    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    scope = models.CharField(max_length=200)

    @property
    def rights(self) -> tuple[Right, ...]:
        """What it may be used for, of what there is now."""
        return tuple(right for right in Right if right in self.scope.split())


class Identity(models.Model):
    """A person as a provider of single sign-on knows her: by its name for itself and for her, which never change."""

    user = models.ForeignKey(User, models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=500)
    subject = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="one_person_per_subject"),
            models.UniqueConstraint(fields=["user", "issuer"], name="one_subject_per_person"),
        ]


class App(models.Model):
    """An app that shows codes (TOTP). The secret is among the workspace's secrets. ``last_step``: of the last code that was
    taken; neither that one nor an earlier one is taken again.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="app")
    created_at = models.DateTimeField(default=timezone.now)
    last_step = models.BigIntegerField(default=0)


class RecoveryCode(models.Model):
    """A code that stands once for a second factor that is lost. It is stored as a hash."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)


class Passkey(models.Model):
    """A passkey: the public half of a key pair that a device keeps. ``host``: the name of the site that it was made for."""

    user = models.ForeignKey(User, models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=100)
    host = models.CharField(max_length=253)
    credential = models.TextField(unique=True)  # base64url, as browsers write it
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField()
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)


class Attempt(models.Model):
    """A guess at a secret, counted under a keyed hash of the account or of the address it came from."""

    counted_under = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["counted_under", "at"])]


class EntryQuery(models.QuerySet["AuditEntry"]):
    """Reads entries; changing or removing them is refused."""

    def update(self, **_values: Any) -> NoReturn:
        """Refused."""
        raise TypeError("Entries of the audit log are only ever added.")

    def delete(self) -> NoReturn:
        """Refused."""
        raise TypeError("Entries of the audit log are only ever added.")


class AuditEntry(models.Model):
    """An entry of the web's chain of the audit log (``core.chain.Entry``, whose ``id`` is ``object_id`` here): append-only, which
    the database holds too. People are named by their ids alone. Written by ``access.log`` only.
    """

    seq = models.BigIntegerField(primary_key=True)
    at = models.CharField(max_length=32)
    who = models.CharField(max_length=200, db_index=True)
    via = models.CharField(max_length=100)
    request = models.CharField(max_length=32)
    act = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    object_id = models.TextField(db_column="id")
    detail = models.TextField()
    key = models.CharField(max_length=32)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = EntryQuery.as_manager()

    def save(self, **options: Any) -> None:
        """Add the entry. One that is there already is refused."""
        if not self._state.adding:
            raise TypeError("Entries of the audit log are only ever added.")
        super().save(**options)

    def delete(self, **_options: Any) -> NoReturn:  # type: ignore[override]
        """Refused."""
        raise TypeError("Entries of the audit log are only ever added.")
