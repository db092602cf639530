"""Every URL there is: those that pages declare. A folder with a module ``pages`` is found by being there."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil

from tenure.web import folders
from tenure.web.access.page import declared


def _find_pages() -> None:
    """Import the pages of every folder, which declares them."""
    for folder in folders():
        name = f"tenure.web.{folder}.pages"
        if importlib.util.find_spec(name) is None:
            continue
        module = importlib.import_module(name)
        for inner in pkgutil.iter_modules(getattr(module, "__path__", ())):
            importlib.import_module(f"{name}.{inner.name}")


_find_pages()
#: The longest first: a shorter one may end in an id that holds slashes, and would take theirs.
urlpatterns = [page.url_pattern() for page in sorted(declared(), key=lambda page: -page.route.count("/"))]

handler400 = "tenure.web.kit.errors.bad_request"
handler403 = "tenure.web.kit.errors.forbidden"
handler404 = "tenure.web.kit.errors.not_found"
handler500 = "tenure.web.kit.errors.broken"
