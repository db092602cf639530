"""Invitations and answers, as a story tells them."""

from __future__ import annotations

from itertools import count
from typing import Any

from tests.world import World

_NUMBERS = count(1)


def nps(score: float | None, on: str | None = "2026-03-10", **more: Any) -> dict[str, Any]:
    """An answer to the relational survey on 0-10, sent before March unless said otherwise."""
    return _row("nps", (0, 10), score, on, {"kind": "relational", **more})


def csat(
    score: float | None, on: str | None = "2026-03-10", scale: tuple[int, int] = (1, 5), **more: Any
) -> dict[str, Any]:
    """An answer to a satisfaction survey."""
    return _row("csat", scale, score, on, {"kind": "transactional", **more})


def ces(
    score: float | None, on: str | None = "2026-03-10", scale: tuple[int, int] = (1, 7), **more: Any
) -> dict[str, Any]:
    """An answer to an effort survey."""
    return _row("ces", scale, score, on, {"kind": "transactional", **more})


def invited(on: str, **more: Any) -> dict[str, Any]:
    """An invitation to the relational survey, so far without an answer."""
    return nps(None, None, sent_at=on, **more)


def told(*rows: dict[str, Any], **world: Any) -> World:
    """A world in which just these were asked."""
    return World(**world).add("survey_answer", *rows)


def _row(
    survey: str, scale: tuple[int, int], score: float | None, on: str | None, more: dict[str, Any]
) -> dict[str, Any]:
    low, high = scale
    row = {"answer_id": f"S{next(_NUMBERS):06}", "survey": survey, "scale_min": low, "scale_max": high}
    return {**row, "score": score, "answered_at": on, **more}
