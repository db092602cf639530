"""What the server calls: events and static files first, then Django, then what follows an answer of Django's."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenure.web.settings")
_django = get_asgi_application()

from django.conf import settings  # noqa: E402 - as the next

from tenure.engine.intake import Writer  # noqa: E402 - likewise
from tenure.web.api.rows import MOST  # noqa: E402 - likewise
from tenure.web.book.round import Round  # noqa: E402 - likewise
from tenure.web.intake.door import with_intake  # noqa: E402 - likewise
from tenure.web.intake.keys import Sources  # noqa: E402 - likewise
from tenure.web.kit.assets import with_static_files  # noqa: E402 - reads Django's settings, which are ready only now
from tenure.web.kit.packed import with_bound  # noqa: E402 - likewise
from tenure.web.kit.renewing import Renewing  # noqa: E402 - likewise
from tenure.web.kit.streams import with_streams  # noqa: E402 - likewise
from tenure.web.post.worker import Worker  # noqa: E402 - likewise

#: Bytes of any request: what a form that brings files may hold, and what stands around them.
_BODY = 210_000_000

writer = Writer(settings.HOME)
writer.start()
worker = Worker(settings.HOME)
worker.start()
Round().start()
Renewing(settings.HOME).start()
sources = Sources()
application = with_intake(
    with_static_files(with_bound(with_bound(with_streams(_django), "/api/", MOST), "/", _BODY)),
    writer,
    sources.of,
    sources.fresh,
)
