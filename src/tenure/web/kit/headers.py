"""The headers that keep a browser from doing what no page of ours asks for. There are no exceptions to them."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

CONTENT_SECURITY_POLICY = "; ".join([
    "default-src 'none'",
    *(f"{kind}-src 'self'" for kind in ("script", "style", "font", "img", "connect", "manifest")),
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
])  # fmt: skip

#: On every answer, whatever it is.
ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",  # "no-referrer" would take the origin off forms, by which they are checked
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_A_YEAR = "max-age=31536000"


class SecurityHeaders:
    """Sets them. Over TLS it also marks every cookie Secure, and asks the browser to stay with TLS.

    Whether a request came over TLS is known per request (a proxy says so), so nothing has to be set for it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """As Django calls it."""
        response = self._get_response(request)
        for name, value in ALWAYS.items():
            response.headers[name] = value
        # What a page shows is for who is logged in now: the back button after log-out shows nothing.
        response.headers.setdefault("Cache-Control", "no-store")
        if request.is_secure():
            response.headers["Strict-Transport-Security"] = _A_YEAR
            for cookie in response.cookies.values():
                cookie["secure"] = True
        return response
