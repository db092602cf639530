"""Static files: named by their content, compressed once at start, cached for ever, and served without Django."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from whitenoise import WhiteNoise
from whitenoise.storage import CompressedManifestStaticFilesStorage

from tenure.web.kit.headers import ALWAYS

#: Of what django-htmx brings, only htmx 4 and its server-sent events are used.
UNUSED = ["htmax*", "htmx-2*", "htmx-4.js", "django-htmx.js", "hx-[!s]*", "hx-sse-2*", "hx-sse-4.js"]
_CHUNK = 65_536

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # WhiteNoise has no types
    """Names files by their content, also where one script imports another."""

    support_js_module_import_aggregation = True
    keep_only_hashed_files = True


def collect() -> None:
    """Gather the static files of all folders, named and compressed."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=UNUSED)


def with_static_files(application: Application) -> Application:
    """The application behind its static files. Django's middleware and threads are not troubled with those."""
    shelf = WhiteNoise(
        None, settings.STATIC_ROOT, settings.STATIC_URL, allow_all_origins=False,
        immutable_file_test=_is_named_by_content, add_headers_function=_add_security,
    )  # fmt: skip

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        found = shelf.files.get(scope["path"]) if scope["type"] == "http" else None
        if found is None:
            await application(scope, receive, send)
            return
        asked = {f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}": value.decode("latin-1")
                 for name, value in scope["headers"]}  # fmt: skip
        answer = found.get_response(scope["method"], asked)
        headers = [(name.lower().encode("latin-1"), str(value).encode("latin-1")) for name, value in answer.headers]
        await send({"type": "http.response.start", "status": int(answer.status), "headers": headers})
        if answer.file is not None:
            with answer.file:
                while chunk := answer.file.read(_CHUNK):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    return serve


def _is_named_by_content(path: str, _url: str) -> bool:
    """Whether a file's name changes with its content, as that of all but the manifest does."""
    name = Path(path).relative_to(settings.STATIC_ROOT).as_posix()
    return name in set(getattr(staticfiles_storage, "hashed_files", {}).values())


def _add_security(headers: Headers, _path: str, _url: str) -> None:
    for name, value in ALWAYS.items():
        headers[name] = value
