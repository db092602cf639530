"""Pages for what goes wrong: what happened, and what to do."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from tenure.core.errors import DataError, TenureError, UnavailableError, UsageError
from tenure.keeper import faults
from tenure.keeper.place import Place

_STATUS: tuple[tuple[type[TenureError], int], ...] = ((UnavailableError, 503), (UsageError, 400), (DataError, 409))
#: What names something in an address that is not there, or not for this person to know of.
_NOT_THERE = {"not_found", "unknown_metric", "unknown_table"}
#: What was sent, and makes no sense or is too much.
_UNFIT = {
    "no_rows": 422,
    "bad_column": 422,
    "too_many_columns": 422,
    "uneven_rows": 422,
    "key_reused": 422,
    "too_many_rows": 413,
}
#: Below this, addresses are for programs: those that nothing is at, too.
_FOR_PROGRAMS = "/api/"
_RETRY_SECONDS = 5


@dataclass(frozen=True)
class Fault:
    """``fix`` says what to do. ``reference`` finds it in the log; empty where nothing is logged. ``code``: a word for programs,
    and ``where`` the place that they are told.
    """

    status: int
    title: str
    message: str
    fix: str
    reference: str = ""
    code: str = ""
    where: str = ""


class Told:
    """Turns an error of Tenure's own, raised by a view, into its page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """As Django calls it."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page of a ``TenureError``; anything else is Django's to handle."""
        if not isinstance(error, TenureError) or error.code == "internal":
            return None
        status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
        if error.code in _NOT_THERE:
            status = 404
        status = _UNFIT.get(error.code, status)
        title = _("Not now") if status == 503 else _("That cannot be done")
        return answer(request, Fault(status, title, error.message, error.fix, code=error.code, where=error.where))


def answer(request: HttpRequest, fault: Fault) -> HttpResponse:
    """A fault as a page, or as JSON for programs and for who asks for that."""
    if _is_program(request):
        told = {
            "code": fault.code or f"http_{fault.status}", "message": str(fault.message), "where": fault.where,
            "fix": str(fault.fix),
        }  # fmt: skip
        response: HttpResponse = JsonResponse(told, status=fault.status)
    else:
        response = render(request, "kit/error.html", {"page": fault}, status=fault.status)
    if fault.status == 503:
        response.headers["Retry-After"] = str(_RETRY_SECONDS)
    return response


def _disk(request: HttpRequest) -> HttpResponse:
    """503: the application's database cannot be read or written, which a page with its frame would need."""
    fix = _("Try again. If it stays so, look at the disk and at the rights of the workspace.")
    fault = Fault(503, _("Not now"), _("The database cannot be used just now."), fix, code="database")
    if _is_program(request):
        return answer(request, fault)
    response = render(request, "kit/error_plain.html", {"page": fault}, status=503)
    response.headers["Retry-After"] = str(_RETRY_SECONDS)
    return response


def _is_program(request: HttpRequest) -> bool:
    page = getattr(request, "page", None)
    if (page is not None and page.data) or request.path_info.startswith(_FOR_PROGRAMS):
        return True
    return not request.accepts("text/html") and request.accepts("application/json")


def no_key(request: HttpRequest) -> HttpResponse:
    """401: a program without a key that works."""
    message = _("This needs a key that works, or somebody who is logged in.")
    fix = _("Make a key under Your account, and send it with the header: Authorization: Bearer KEY")
    response = answer(request, Fault(401, _("Who asks?"), message, fix))
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def reads_only(request: HttpRequest) -> HttpResponse:
    """403: a key that may not write."""
    message = _("This key only reads.")
    fix = _("Make one that may send this, under Your account.")
    return answer(request, Fault(403, _("Not for you"), message, fix, code="reads_only"))


def lacks_right(request: HttpRequest, right: str) -> HttpResponse:
    """403: a key that is for something else."""
    message = _("This key lacks the right: %(right)s.") % {"right": right}
    fix = _("Make one that has it, under Your account.")
    return answer(request, Fault(403, _("Not for you"), message, fix, code="lacks_right"))


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """429: too many keys that do not work came from there."""
    message = _("Too many keys that do not work came from your address.")
    response = answer(
        request, Fault(429, _("Not now"), message, _("Look which program has an old key, and wait."), code="too_many")
    )
    response.headers["Retry-After"] = str(seconds)
    return response


def no_factor(request: HttpRequest) -> HttpResponse:
    """403: logged in, but without the second factor that the role asks for."""
    message = _("Your role asks for a second factor, which this session has not shown.")
    fix = _("Open Tenure in the browser and show it, or ask with a key.")
    return answer(request, Fault(403, _("Not yet"), message, fix, code="no_factor"))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - as Django calls it
    """400: the address is not one of ours, or the request makes no sense."""
    fix = _("If you reach Tenure under another name, start it with that address: tenure serve --address https://...")
    fault = Fault(
        400, _("This request is not understood"), _("The browser sent something that Tenure does not take."), fix
    )
    return render(request, "kit/error_plain.html", {"page": fault}, status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - as Django calls it
    """403: logged in, but not for this."""
    message = _("Your roles do not include this page.")
    fix = _("If you need it, ask an administrator for the role.")
    return answer(request, Fault(403, _("Not for you"), message, fix))


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - as Django calls it
    """403: a form that is not from this session."""
    message = _("The form was too old, or came from another page, so nothing was changed.")
    fix = _("Go back, reload the page and try again. Cookies must be allowed for this site.")
    return answer(request, Fault(403, _("Please try again"), message, fix))


def wrong_method(request: HttpRequest) -> HttpResponse:
    """405: a button's address, opened as a page."""
    message = _("This address does something, and shows nothing.")
    fix = _("Go to the page with the button that leads here.")
    return answer(request, Fault(405, _("Not a page"), message, fix))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - as Django calls it
    """404: not there, or not for this person to know of."""
    message = _("There is nothing under this address that you could see.")
    fix = _("Check the address, or find the page from here.")
    return answer(request, Fault(404, _("Not found"), message, fix))


def broken(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours, logged under a reference, without data; 503 where it is the disk's."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError):
        return _disk(request)
    reference = faults.logged(error, Place(settings.HOME)) if error else ""
    message = _("Something in Tenure itself failed.")
    fix = _("Try again. If it happens again, tell who runs Tenure, with the reference.")
    fault = Fault(500, _("That went wrong"), message, fix, reference)
    if _is_program(request):
        return answer(request, replace(fault, where=reference))
    return render(request, "kit/error_plain.html", {"page": fault}, status=500)
