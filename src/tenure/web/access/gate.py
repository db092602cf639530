"""Who gets through: the one place where a request meets the declaration of its page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from tenure.web.access import keys, log, sight, sure
from tenure.web.access.models import ApiKey
from tenure.web.access.page import Page, page_of
from tenure.web.access.throttle import Guess
from tenure.web.kit.errors import lacks_right, no_factor, no_key, reads_only, too_many, wrong_method


class Gate:
    """Lets nobody through to a view that is no declared page, or whose roles the person has not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """As Django calls it."""
        with log.request_begun():
            return self._get_response(request)

    def process_view(
        self, request: Any, view: Callable[..., Any], _args: tuple[Any, ...], _kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Stop the request, or let it through with its page and with what the person may see."""
        page = page_of(view)
        if page is None:
            raise Http404
        request.page = page
        key = None
        if page.writes or (page.data and "Authorization" in request.headers):
            key = keys.borne(request)
            request.user = key.user if key else AnonymousUser()
        if request.user.is_authenticated:
            log.asked_by(request.user.pk, key.pk if key else None)
        stopped = None if page.public else _stopped(request, page, key)
        if stopped is not None:
            return stopped
        if request.method not in page.methods:
            response = wrong_method(request)
            response.headers["Allow"] = ", ".join(page.methods)
            return response
        if not page.public:
            request.sight = sight.Looking(request.user, page.roles)
        return None


def _stopped(request: Any, page: Page, key: ApiKey | None) -> HttpResponse | None:
    """Why somebody does not get through to a page that is not public; None where she does. Raises ``PermissionDenied``."""
    if not request.user.is_authenticated:
        if not page.data:
            return to_log_in(request)
        wait = Guess(request, kind="key").wait() if "Authorization" in request.headers else timedelta()
        return too_many(request, int(wait.total_seconds()) + 1) if wait else no_key(request)
    if not page.opens_for(request.user.roles):
        raise PermissionDenied
    if key is not None or page.writes:
        if page.right is not None and page.right not in (key.rights if key else ()):
            return reads_only(request) if page.writes else lacks_right(request, str(page.right.label))
        return None
    first = None if page.enrols else sure.missing(request)
    return to_first(request, first) if first is not None else None


def to_first(request: Any, first: HttpResponse) -> HttpResponse:
    """To the second factor that is missing; programs are told."""
    if request.page.data:
        return no_factor(request)
    if request.htmx:  # a part of a page: the whole page has to go there
        return HttpResponse(status=401, headers={"HX-Redirect": first["Location"]})
    return first


def to_log_in(request: Any) -> HttpResponse:
    """To log-in, and from there back to where the person wanted to go."""
    leads_back = request.method == "GET" and "GET" in request.page.methods and not request.htmx
    wanted = request.get_full_path() if leads_back else ""
    url = reverse("log_in") + (f"?{urlencode({'next': wanted})}" if wanted not in ("", "/") else "")
    if request.htmx:  # a part of a page: the whole page has to go there
        return HttpResponse(status=401, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
