"""What every page of the desk gets: a strict Content-Security-Policy and the calendar's time zone."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from config import schema

# Only our own files; no inline script or style; nobody frames us; forms go home.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def client_address(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Behind a trusted proxy, take the address of the other side from X-Forwarded-For.

    It is read from its end, as each proxy adds whom it heard: the last one that is no trusted proxy is the client.
    What stands before that anybody can write, so it is not believed.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if settings.TRUSTED_PROXIES:
            client = str(request.META.get("REMOTE_ADDR", ""))
            heard = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
            while heard and _is_trusted(client):
                known = _address(heard.pop())
                if known is None:
                    break
                client = str(known)
            request.META["REMOTE_ADDR"] = client
        return get_response(request)

    return middleware


def _is_trusted(address: str) -> bool:
    known = _address(address)
    return known is not None and any(known in network for network in settings.TRUSTED_PROXIES)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address, also "[::1]:80" and "192.0.2.1:80"; None when it is none."""
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ip_address(bare)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def content_security_policy(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Set the policy on every answer, and keep what one person sees out of caches that others share."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Cache-Control", "private, no-cache")
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
