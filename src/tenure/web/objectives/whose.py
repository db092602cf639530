"""Who sees objectives at all: results of people are no business of those who only read accounts."""

from __future__ import annotations

from tenure.web.access.roles import LEAD, Role

SEES = LEAD | {Role.CSM, Role.FINANCE}
