"""Loading: from a reader's relation of texts to typed, judged, deduplicated rows in the warehouse."""

from __future__ import annotations

from tenure.warehouse.load.command import KIND, Place, Terms, apply, load, message_id, recover
from tenure.warehouse.load.mends import Mended, Mends
from tenure.warehouse.load.recorded import Told, record
from tenure.warehouse.load.report import Delivery, FailedRow, Report

__all__ = [
    "KIND", "Delivery", "FailedRow", "Mended", "Mends", "Place", "Report", "Terms", "Told", "apply", "load", "message_id", "record", "recover",
]  # fmt: skip
