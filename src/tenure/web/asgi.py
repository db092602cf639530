"""What the server calls: static files first, then Django, then what follows an answer of Django's."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenure.web.settings")
_django = get_asgi_application()

from tenure.web.kit.assets import with_static_files  # noqa: E402 - reads Django's settings, which are ready only now
from tenure.web.kit.streams import with_streams  # noqa: E402 - likewise

application = with_static_files(with_streams(_django))
