"""Connections of accounts to their networks: kept, renewed by one process at a time, ended, taken away.

A refresh token may work only once (docs/decisions/0012), so a renewal is two commits around one call:

    begin_renewal ─commit→ (the network is asked) ─commit→ finish_renewal, or give_back, or end

Whoever comes in between sees that it is under way. When its lease runs out without an end, its process died
with the token perhaps used: `lapsed` finds it. Every change is a guarded UPDATE on one row, so this holds between
processes and machines, on SQLite and on PostgreSQL, without a lock held during the call.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from config import env
from review import accounts, record, vault
from review.models import Account, Connection, Consent, Person
from review.transitions import Actor, NotAllowed

# A renewal's one call ends within 30 s; what is left is for a database that is slow to take the answer.
LEASE = timedelta(minutes=3)
# A network may refuse a renewed token for some seconds, and two machines' clocks differ by some.
NEW_TOKENS_LAG = timedelta(seconds=30)
CONSENT_LIVES = timedelta(minutes=20)  # to sign in at the network, perhaps with a second factor


class NotYours(Exception):
    """An answer from a network that fits no way begun by this person in this browser."""


@dataclass(frozen=True, slots=True)
class Granted:
    """What a network gave, with its ends (aware, UTC) where it said them."""

    access_token: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    scopes: tuple[str, ...] = ()
    expires_at: datetime | None = None
    renewable_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Renewal:
    """A renewal under way. `key` is its process's mark in the row."""

    connection_id: int
    account: str
    number: int
    key: str
    refresh_token: str = field(repr=False)


def of(name: str) -> Connection | None:
    """Return the connection of the account called `name`, or None."""
    return Connection.objects.select_related("account").filter(account__name=name).first()


def access_token(connection: Connection) -> str:
    """Return the access token of a connection. Raises `vault.Unreadable` or `vault.NoKey`."""
    return _unsealed(connection)["access"]


def refresh_token(connection: Connection) -> str:
    """Return the refresh token of a connection, "" where it has none. Raises as `access_token`."""
    return _unsealed(connection)["refresh"]


def _unsealed(connection: Connection) -> dict[str, str]:
    tokens = vault.unseal(connection.sealed, of=connection.account.name)
    for token in tokens.values():
        env.hide(token)
    return tokens


def _sealed(granted: Granted, account: str) -> str:
    tokens = {"access": granted.access_token, "refresh": granted.refresh_token}
    return vault.seal(tokens, of=account)


@transaction.atomic
def keep(
    account_id: int, granted: Granted, *, author: str, who: str, by: Actor, now: datetime
) -> Connection:
    """Keep what the network gave for an account, in the place of what was there, and let the account go on.

    `author` is whom the network took us for, as in accounts.toml; `who` the same for people. A pause that the
    connection did not cause stays. Raises `vault.NoKey`, and NotAllowed when `by` may not decide.
    """
    if not by.may_decide:
        raise NotAllowed(f"{by.name} may look, but not connect accounts.")
    account = Account.objects.select_for_update().get(pk=account_id)
    values: dict[str, object] = {
        "sealed": _sealed(granted, account.name),
        "scopes": " ".join(sorted(granted.scopes)),
        "author": author,
        "who": who[:300],
        "expires_at": granted.expires_at,
        "renewable": bool(granted.refresh_token),
        "renewable_until": granted.renewable_until,
        "connected_at": now,
        "connected_by": by.name,
        "renewed_at": None,
        "renewing": "",
        "renewing_until": None,
        "renew_after": None,
        "ended": "",
    }
    known = Connection.objects.select_for_update().filter(account=account).first()
    if known is None:
        known = Connection(account=account)
    else:
        values["number"] = known.number + 1
    for name, value in values.items():
        setattr(known, name, value)
    known.save()
    record.append(
        "connect",
        actor=by.name,
        now=now,
        details={"account": account.name, "as": author, "until": _iso(known.ends_at)},
    )
    accounts.go_on(account.name, now=now, actor=by.name)
    return known


@transaction.atomic
def disconnect(account_id: int, *, by: Actor, now: datetime) -> bool:
    """Forget the tokens of an account. Returns False when there were none. Raises NotAllowed."""
    if not by.may_decide:
        raise NotAllowed(f"{by.name} may look, but not disconnect accounts.")
    gone, _ = Connection.objects.filter(account_id=account_id).delete()
    if gone:
        account = Account.objects.get(pk=account_id)
        record.append("disconnect", actor=by.name, now=now, details={"account": account.name})
    return bool(gone)


# -- renewing --------------------------------------------------------------------------------------------


def to_renew(*, now: datetime, ahead: Mapping[str, timedelta]) -> list[Connection]:
    """Return the connections whose access token ends soon: within `ahead` of their account's network."""
    due = Q()
    for network, span in ahead.items():
        due |= Q(account__network=network, expires_at__lte=now + span)
    return list(
        Connection.objects.select_related("account")
        .filter(due, account__active=True, renewable=True, renewing="", ended="")
        .filter(Q(renew_after__isnull=True) | Q(renew_after__lte=now))
        .order_by("expires_at")
    )


def begin_renewal(connection: Connection, *, now: datetime) -> Renewal | None:
    """Take a renewal in hand and commit it. None when somebody else has, or the tokens are newer than seen.

    Raises `vault.Unreadable` or `vault.NoKey`; then nothing is begun.
    """
    token = refresh_token(connection)
    key = secrets.token_hex(16)
    own = Connection.objects.filter(
        pk=connection.pk, number=connection.number, renewing="", ended="", renewable=True
    )
    # Durable: inside another transaction the mark could vanish after the token has been used.
    with transaction.atomic(durable=True):
        begun = own.update(renewing=key, renewing_until=now + LEASE)
    if begun != 1:
        return None
    return Renewal(connection.pk, connection.account.name, connection.number, key, token)


@transaction.atomic
def finish_renewal(renewal: Renewal, granted: Granted, *, now: datetime) -> bool:
    """Keep the new tokens, before anything uses them. Returns False when somebody connected anew meanwhile.

    It does so even when others have taken this process for dead: nobody else has these tokens.
    """
    own = Connection.objects.filter(pk=renewal.connection_id, number=renewal.number)
    ended = own.exclude(ended="").exists()
    kept = own.update(
        sealed=_sealed(granted, renewal.account),
        number=F("number") + 1,
        scopes=" ".join(sorted(granted.scopes)) if granted.scopes else F("scopes"),
        expires_at=granted.expires_at,
        renewable=bool(granted.refresh_token),
        renewable_until=granted.renewable_until or F("renewable_until"),
        renewed_at=now,
        renewing="",
        renewing_until=None,
        renew_after=None,
        ended="",
    )
    if kept and ended:
        accounts.go_on(renewal.account, now=now)
    return bool(kept)


def give_back(renewal: Renewal, *, until: datetime) -> None:
    """End a renewal that certainly used nothing up; nobody tries again before `until`."""
    _own(renewal).update(renewing="", renewing_until=None, renew_after=until)


def cannot_renew(renewal: Renewal) -> None:
    """End a renewal for good: the access token is good to its end, and then somebody has to connect again."""
    _own(renewal).update(renewing="", renewing_until=None, renewable=False)


def _own(renewal: Renewal) -> QuerySet[Connection]:
    return Connection.objects.filter(pk=renewal.connection_id, renewing=renewal.key)


@transaction.atomic
def end(connection_id: int, *, number: int, reason: str, now: datetime) -> bool:
    """Mark the tokens `number` of a connection as of no use, and pause its account when it is live.

    `reason` is a sentence for people, with the mend. Returns False when there are newer tokens.
    """
    own = Connection.objects.filter(pk=connection_id, number=number, ended="")
    if own.update(ended=reason, renewing="", renewing_until=None) != 1:
        return False
    account = Account.objects.get(connection=connection_id)
    if account.live:
        accounts.pause(account.name, until=None, trouble=reason, now=now, cause=accounts.CONNECTION)
    return True


def changed_since(name: str, moment: datetime) -> bool:
    """Say whether the account called `name` has had other tokens since `moment`, or is being given some.

    Tokens that were renewed shortly before count too: see `NEW_TOKENS_LAG`.
    """
    renewed = Q(renewed_at__gte=moment - NEW_TOKENS_LAG) | ~Q(renewing="")
    newer = renewed | Q(connected_at__gte=moment)
    return Connection.objects.filter(newer, account__name=name, ended="").exists()


def lapsed(now: datetime) -> list[Connection]:
    """Return the connections whose renewal was begun by a process that did not come back."""
    rows = Connection.objects.select_related("account").filter(renewing_until__lt=now, ended="")
    return list(rows)


def over(now: datetime) -> list[Connection]:
    """Return the connections whose access token has ended and cannot be renewed, not yet marked so."""
    rows = Connection.objects.select_related("account").filter(account__active=True)
    return list(rows.filter(expires_at__lte=now, renewable=False, ended=""))


def reseal() -> int:
    """Seal with the newest key what an older one sealed; returns how many. What no key opens stays."""
    number = 0
    for connection in Connection.objects.select_related("account"):
        if vault.is_newest(connection.sealed):
            continue
        try:
            fresh = vault.reseal(connection.sealed, of=connection.account.name)
        except vault.Unreadable:
            continue
        own = Connection.objects.filter(pk=connection.pk, number=connection.number)
        number += own.filter(sealed=connection.sealed).update(sealed=fresh)
    return number


def unreadable(connections: Iterable[Connection]) -> list[tuple[Connection, str]]:
    """Return those that the keys given do not open, each with the sentence that says the mend."""
    found = []
    for connection in connections:
        try:
            _unsealed(connection)
        except (vault.Unreadable, vault.NoKey) as error:
            found.append((connection, str(error)))
    return found


# -- consents --------------------------------------------------------------------------------------------


def begin_consent(
    account: Account,
    *,
    person: Person,
    session: str,
    fields: Mapping[str, str],
    now: datetime,
) -> str:
    """Begin a way to a network, and return the `state` that its answer must bring back.

    `session` is a secret of the person's session; `fields` are kept, sealed, for the answer. Raises
    `vault.NoKey`.
    """
    state = secrets.token_urlsafe(32)
    Consent.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()
    Consent.objects.create(
        state_hash=_digest(state),
        session_hash=_digest(session),
        account=account,
        person=person,
        sealed=vault.seal(fields, of=_digest(state)),
        expires_at=now + CONSENT_LIVES,
    )
    return state


def redeem_consent(
    state: str, *, person: Person, session: str, now: datetime
) -> tuple[Account, dict[str, str]]:
    """Use a `state` up. Returns its account and fields.

    Of any number of calls with the same state, one succeeds. Raises `NotYours` when it was not begun by this
    person in this session, has been used, or is too old; `vault.Unreadable` when the keys have changed.
    """
    consent = Consent.objects.select_related("account").filter(
        state_hash=_digest(state), session_hash=_digest(session), person=person
    )
    found = consent.first()
    if found is None:
        raise NotYours(
            "That answer belongs to no connection that you began in this browser. Press Connect again."
        )
    used = Consent.objects.filter(pk=found.pk, used_at__isnull=True, expires_at__gt=now)
    if used.update(used_at=now) != 1:
        raise NotYours("That answer was used already, or came too late. Press Connect again.")
    return found.account, vault.unseal(found.sealed, of=found.state_hash)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
