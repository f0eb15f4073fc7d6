"""The Accounts page: connect, test and disconnect accounts. For administrators only.

Connecting leaves the desk and comes back: a `state` that works once, bound to the person and to a secret of
their session, tells our own answer from anybody else's.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bot.connect import joining, tokens, ways
from bot.connect.shown import show
from bot.networks.base import Endpoints, NetworkError, OutcomeUnknown, Unauthorised
from bot.networks.x_sign_in import new_verifier
from config import schema
from review import connecting, connections, intake, queries, transitions, vault
from review.models import Account, Connection
from review.shown import network_label
from review.transitions import NotAllowed
from review.views.common import desk, ended, page, signed_in

SESSION = "connecting"  # the key of the session's secret
View = Callable[..., HttpResponse]


def _administrators(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not signed_in(request).is_superuser:
            return ended(request, NotAllowed(connecting.only_administrators()))
        return view(request, *args, **kwargs)

    return desk(guarded)


def _configuration() -> schema.Configuration | None:
    try:
        return schema.current(settings.HERODR_CONFIG)
    except schema.ConfigurationError:
        return None  # the page's frame says so


def _endpoints() -> Endpoints:
    return Endpoints.from_environment(os.environ)


def _tools() -> tokens.Tools:
    return tokens.Tools(_endpoints(), timezone.now)


def _redirect_address(request: HttpRequest) -> str:
    """Where the network sends the browser back to: what the app must have, to the letter."""
    path = reverse("connected")
    return f"{settings.BASE_URL}{path}" if settings.BASE_URL else request.build_absolute_uri(path)


@_administrators
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """Every account: whose it is, how long its token lasts, and what can be done about it."""
    configuration, now = _configuration(), timezone.now()
    if configuration is not None:
        intake.sync_accounts(configuration.accounts, now=now)
    context = {
        "accounts": [
            show(row, configuration.account(row.name) if configuration else None, now=now)
            for row in queries.accounts()
        ],
        "redirect_address": _redirect_address(request),
    }
    return page(request, "accounts", context)


def _found(pk: int) -> tuple[Account, schema.Account]:
    row = Account.objects.filter(pk=pk, active=True).first()
    configuration = _configuration()
    account = configuration.account(row.name) if row and configuration else None
    if row is None or account is None:
        raise Http404
    return row, account


@_administrators
@never_cache
def connect(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin: say who should consent, and lead to the network."""
    if request.method != "POST":
        return redirect("accounts")
    row, account = _found(pk)
    redirect_address, verifier = _redirect_address(request), new_verifier()
    try:
        way = ways.way_of(account, redirect=redirect_address, endpoints=_endpoints())
        state = connections.begin_consent(
            row,
            person=signed_in(request),
            session=request.session.setdefault(SESSION, secrets.token_urlsafe(32)),
            fields={"verifier": verifier, "redirect": redirect_address},
            now=timezone.now(),
        )
    except (Unauthorised, vault.NoKey) as error:
        return _back(request, _said(error))
    context = {
        "account": row,
        "network": network_label(row.network),
        "page_of": account.author if account.author.startswith("urn:li:organization:") else "",
        "address": way.sign_in.address(state=state, verifier=verifier),
        "redirect_address": redirect_address,
    }
    return page(request, "connecting", context)


@never_cache
@require_safe
def connected(request: HttpRequest) -> HttpResponse:
    """Take the answer that the browser brings back from the network."""
    if not request.user.is_authenticated:
        # Without the answer's code: it is of no use to a session that did not begin it.
        messages.error(request, connecting.signed_out())
        return redirect(f"{reverse('sign-in')}?next={reverse('accounts')}")
    return _take_answer(request)


@_administrators
def _take_answer(request: HttpRequest) -> HttpResponse:
    given = request.GET
    try:
        row, fields = connections.redeem_consent(
            given.get("state", ""),
            person=signed_in(request),
            session=request.session.get(SESSION, ""),
            now=timezone.now(),
        )
    except (connections.NotYours, vault.Unreadable, vault.NoKey) as error:
        return _back(request, str(error))
    network = network_label(row.network)
    if "error" in given or not given.get("code"):
        return _back(request, connecting.refused(network, given.get("error", "")))
    _, account = _found(row.pk)
    try:
        kept, _ = joining.join(
            account,
            row.pk,
            code=given["code"],
            verifier=fields["verifier"],
            redirect=fields["redirect"],
            by=transitions.person(signed_in(request)),
            endpoints=_endpoints(),
            clock=timezone.now,
        )
    except OutcomeUnknown as error:
        return _back(request, connecting.once_more(str(error)))
    except (NetworkError, vault.NoKey) as error:
        return _back(request, _said(error))
    messages.success(request, connecting.connected(row.name, network, kept.who))
    return redirect("accounts")


@_administrators
def test(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the network whose credentials the account has. Posts nothing."""
    if request.method != "POST":
        return redirect("accounts")
    row, account = _found(pk)
    network = network_label(row.network)
    try:
        tools = _tools()
        token = tokens.token_for(account, tools=tools)
        found = ways.who(account, token=token, endpoints=tools.endpoints, now=tools.clock)
    except NetworkError as error:
        return _back(request, _said(error))
    who = f"{found.name} ({found.id})" if found.name else found.id
    messages.success(request, connecting.works(row.name, network, who))
    return redirect("accounts")


@_administrators
def disconnect(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget an account's tokens."""
    if request.method != "POST":
        return redirect("accounts")
    row, account = _found(pk)
    known = Connection.objects.select_related("account").filter(account=row).first()
    ended_there = False
    if known is not None:
        ended_there = tokens.revoke(known, account, tools=_tools())
        by = transitions.person(signed_in(request))
        connections.disconnect(row.pk, by=by, now=timezone.now())
    place = "" if ended_there else ways.CONSENTS.get(row.network, "")
    said = connecting.disconnected(row.name, network_label(row.network), place=place)
    messages.success(request, said)
    return redirect("accounts")


def _said(error: Exception) -> str:
    """The network's words, with the mend."""
    mend = error.mend if isinstance(error, Unauthorised) else ""
    return f"{error} {mend}".strip()


def _back(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    return redirect("accounts")
