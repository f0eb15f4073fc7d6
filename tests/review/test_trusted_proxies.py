"""Behind a proxy: whose address counts, and whom nobody believes."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from review.middleware import client_address
from review.models import FailedSignIn
from review.throttle import MOST_FROM_ONE_ADDRESS
from tests.making import make_person

TRUSTED = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("heard_from", "forwarded", "client"),
    [
        ("10.0.0.5", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.5", "198.51.100.7, 10.0.0.9", "198.51.100.7"),
        # What the client wrote itself stands before what the proxy heard.
        ("10.0.0.5", "203.0.113.1, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.5", "198.51.100.7:4711", "198.51.100.7"),
        ("fd00::1", "[2001:db8::7]:4711", "2001:db8::7"),
        ("10.0.0.5", "2001:db8::7", "2001:db8::7"),
        ("::ffff:10.0.0.5", "::ffff:198.51.100.7", "198.51.100.7"),
        # Nobody is believed who is no trusted proxy.
        ("198.51.100.7", "203.0.113.1", "198.51.100.7"),
        ("10.0.0.5", "", "10.0.0.5"),
        ("10.0.0.5", "nonsense", "10.0.0.5"),
        ("10.0.0.5", "203.0.113.1, nonsense", "10.0.0.5"),
        ("10.0.0.5", "10.0.0.6, 10.0.0.7", "10.0.0.6"),
        ("", "203.0.113.1", ""),
    ],
)
def test_the_address_of_the_other_side(
    settings: Settings, heard_from: str, forwarded: str, client: str
) -> None:
    settings.TRUSTED_PROXIES = TRUSTED
    seen: list[str] = []

    def page(request: HttpRequest) -> HttpResponse:
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    client_address(page)(RequestFactory().get("/", REMOTE_ADDR=heard_from, headers=headers))
    assert seen == [client]


@pytest.mark.django_db
@pytest.mark.usefixtures("config")
def test_one_who_guesses_behind_the_proxy_keeps_no_colleague_out(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = TRUSTED
    make_person()

    def sign_in(address: str, password: str) -> int:
        return (
            Client(REMOTE_ADDR="10.0.0.5", HTTP_X_FORWARDED_FOR=address)
            .post(reverse("sign-in"), {"username": "siân", "password": password})
            .status_code
        )

    for _ in range(MOST_FROM_ONE_ADDRESS):
        assert sign_in("203.0.113.1", "wrong") == 422
    assert FailedSignIn.objects.first().address == "203.0.113.1"  # type: ignore[union-attr]
    assert sign_in("203.0.113.1", "correct horse battery") == 422
    assert sign_in("198.51.100.7", "correct horse battery") == 302


@pytest.mark.django_db
@pytest.mark.usefixtures("config")
def test_without_trusted_proxies_the_header_says_nothing() -> None:
    make_person()
    Client(REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR="203.0.113.1").post(
        reverse("sign-in"), {"username": "siân", "password": "wrong"}
    )
    assert FailedSignIn.objects.get().address == "192.0.2.1"
