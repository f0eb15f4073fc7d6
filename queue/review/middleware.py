"""What every page of the desk gets: a strict Content-Security-Policy and the calendar's time zone."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from config import schema

# Only our own files; no inline script or style; nobody frames us; forms go home.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def content_security_policy(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Set the policy on every answer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response

    return middleware


def local_time(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Show times in the calendar's zone."""

    def middleware(request: HttpRequest) -> HttpResponse:
        try:
            timezone.activate(schema.current(settings.HERODR_CONFIG).calendar.zone)
        except schema.ConfigurationError:
            timezone.deactivate()  # the pages say what is wrong with the configuration
        return get_response(request)

    return middleware
