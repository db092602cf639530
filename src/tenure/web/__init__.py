"""The web application: what a browser sees of a workspace. One folder a feature, on top of ``access`` and ``kit``.

A folder with a module or package ``pages`` is a feature: its pages, templates, static files and tables are found, and
no list names it.
"""

from __future__ import annotations

import pkgutil


def folders() -> list[str]:
    """The packages of the application: ``kit``, ``access`` and every feature, by name."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)
