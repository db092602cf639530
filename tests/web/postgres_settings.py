"""The application's settings with its database on PostgreSQL, which ``PGHOST`` and ``PGUSER`` name."""

from __future__ import annotations

import os

from tenure.web.settings import *  # noqa: F403

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql", "NAME": "postgres", "USER": os.environ["PGUSER"],
        "HOST": os.environ["PGHOST"],
    }
}  # fmt: skip
