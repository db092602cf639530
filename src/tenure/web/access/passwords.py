"""How passwords are stored."""

from __future__ import annotations

from threading import BoundedSemaphore

from django.contrib.auth.hashers import Argon2PasswordHasher

#: Hashes at a time. Each takes 64 MiB: a storm of guesses must wait, not fill the memory.
_AT_ONCE = BoundedSemaphore(2)


class Argon2(Argon2PasswordHasher):
    """Argon2id with 64 MiB and three passes: about a sixth of a second on one core."""

    time_cost = 3
    memory_cost = 65_536
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """A password as it is stored."""
        with _AT_ONCE:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Whether it is that password."""
        with _AT_ONCE:
            return super().verify(password, encoded)
