"""Django's settings. ``TENURE_HOME`` names the workspace, ``TENURE_HOSTS`` the host names it is reached by."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from tenure.web import folders, secret

HOME = Path(os.environ.get("TENURE_HOME") or ".").resolve()

DEBUG = False
SECRET_KEY = secret.read(HOME)
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *os.environ.get("TENURE_HOSTS", "").split()]

INSTALLED_APPS = [
    *(f"tenure.web.{name}" for name in folders()),
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",  # its templates, which those of the kit draw upon
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
]
MIDDLEWARE = [
    "tenure.web.kit.headers.SecurityHeaders",
    "tenure.web.kit.reading.ReadersLocale",
    "tenure.web.access.sessions.Sessions",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tenure.web.kit.errors.Told",
    "tenure.web.access.gate.Gate",
]
ROOT_URLCONF = "tenure.web.urls"
APPEND_SLASH = False  # a URL is right or it is not there

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "tenure.web.access.shell.shell",
                "tenure.web.post.shell.post",
            ],
            "builtins": [
                "tenure.web.kit.templatetags.formats",
                "tenure.web.kit.templatetags.here",
                "tenure.web.kit.templatetags.icons",
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
        },
    }
]
FORM_RENDERER = "tenure.web.kit.fields.Renderer"

# The application's own database. What is a fact goes through the engine instead.
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": HOME / "app.db",
        "OPTIONS": {
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;",
            "transaction_mode": "IMMEDIATE",  # two writers wait for each other instead of failing half-way
            "timeout": 10,
        },
    }
}
# Jobs wait in the database, too (post/queue.py): what is started with a change is started if the change is made.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["quick", "long"]}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Access. Cookies are marked Secure by SecurityHeaders on every answer that goes over TLS.
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "log_in"
PASSWORD_HASHERS = ["tenure.web.access.passwords.Argon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ("email", "name")}},
]  # fmt: skip
SESSION_ENGINE = "tenure.web.access.sessions"
SESSION_COOKIE_NAME = "tenure_session"
SESSION_COOKIE_AGE = int(timedelta(hours=8).total_seconds())  # of rest; in all, see access/sessions.py
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "tenure_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "tenure.web.kit.errors.stale_form"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Larger bodies are a matter of the intake, which reads them itself.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000

STATIC_URL = "static/"
STATIC_ROOT = HOME / ".web" / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "tenure.web.kit.assets.Storage"},
}

# Texts are translated where a catalogue is; numbers and dates follow the reader's own locale (kit/reading.py).
LANGUAGES = [("en", "English")]
LANGUAGE_CODE = "en"
USE_TZ = True
TIME_ZONE = "UTC"

# Faults of our own go to the workspace's log, without data (kit/errors.py). Nothing else prints what a request held.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {
        "django": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "django.request": {"level": "CRITICAL"},
        "django.security": {"level": "CRITICAL"},
    },
}
