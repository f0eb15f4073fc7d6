"""One delivery: deliver → settle → record, whatever the network, the machine and the database do.

What is claimed is sent once, or not at all. A post that may be out from an earlier try is looked for first, and
a worker that stood still does not send any more.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.db import connection
from django.db.utils import InterfaceError, OperationalError

from bot import images, retry
from bot.networks import fence
from bot.networks.base import (
    AlreadyPublished,
    CannotLook,
    Client,
    NetworkError,
    NotSent,
    OutcomeUnknown,
    Published,
    Refused,
    ShowsImages,
    Temporary,
    Unauthorised,
    Uploaded,
)
from bot.networks.wire import TOO_LATE
from bot.reconcile import CLOCKS_DIFFER, ClientFor, Clock, Report
from config import logs
from review import accounts, connections, queries, transitions
from review.text import facts_of, say, together
from review.transitions import Claim, TransitionError

log = logging.getLogger(__name__)

# How long an outcome is kept in hand while the database is away. Longer than a lease would not help: by then
# others have taken over.
KEEP_TRYING = timedelta(minutes=3)
# So often a post waits for trouble with its image to pass; then it goes without.
_IMAGE_TRIES = 2
_LONGEST_NAP = 5.0  # seconds
# A duplicate that the network reports may be older than our own try; then it proves nothing about it.
_PROOF_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Hands:
    """What a delivery works with: two clocks, a way to wait, the networks, and the report it adds to."""

    clock: Clock
    steady: fence.Steady
    sleep: Callable[[float], None]
    client_for: ClientFor
    report: Report
    fetch: images.Fetch | None = None  # for images; without it there are none


def deliver(claim: Claim, hands: Hands, deadline: float) -> None:
    """Send one claimed post and settle it, whatever happens. No request begins after `deadline`."""
    with logs.about(post=claim.post_id, attempt=claim.attempt_number, account=claim.account):
        began = hands.clock()
        try:
            with fence.until(deadline, hands.steady):
                outcome, reason = _try(claim, hands)
            now = hands.clock()
        except NetworkError as error:
            log.warning("post %s on %s: %s", claim.post_id, claim.account, error)
            _settle(claim, _with_old_tokens(claim, error, began) or error, hands)
            return
        _insist(lambda: _confirm(claim, outcome, reason, now=now), hands)
        hands.report.published += 1
        if outcome.rest_until is not None:
            _rest(claim, outcome.rest_until, hands)
        log.info("post %s published on %s", claim.post_id, claim.account)


def _confirm(claim: Claim, proof: Published, reason: str, *, now: datetime) -> None:
    found = {"network_id": proof.network_id, "url": proof.url}
    try:
        transitions.confirm_sent(claim, now=now, reason=reason, **found)
    except TransitionError:
        # The post has ended meanwhile. What the network has is kept all the same.
        transitions.note_proof(claim, now=now, **found)


def _with_old_tokens(claim: Claim, error: NetworkError, began: datetime) -> Temporary | None:
    """Return what a refusal of the account's tokens means where it has had others since `began`; else None.

    A network may void the old ones as it gives the new, and what it refuses for that is certainly not published.
    """
    if not isinstance(error, Unauthorised) or not error.connecting:
        return None
    try:
        changed = connections.changed_since(claim.account, began)
    except (OperationalError, InterfaceError):
        connection.close_if_unusable_or_obsolete()
        return None
    if not changed:
        return None
    return Temporary(
        f"The account's tokens were changed while this was sent: it goes with the new ones. ({error})"
    )


def _rest(claim: Claim, until: datetime, hands: Hands) -> None:
    """Send nothing more on this account until its network takes more; nothing was wrong with this post."""
    label = facts_of(claim.network).label
    trouble = say(
        "%(network)s takes no more posts for now: with the last one, its limit was used up.",
        network=label,
    )
    _insist(
        lambda: accounts.pause(claim.account, until=until, trouble=trouble, now=hands.clock()),
        hands,
    )


def _try(claim: Claim, hands: Hands) -> tuple[Published, str]:
    """Return the proof of publication, and what is special about it ("" mostly). Raises a NetworkError."""
    try:
        client = hands.client_for(claim.account, claim.live)
    except NetworkError:
        raise
    except Exception as error:
        # Nothing has left the machine: the client could not even be made.
        log.exception("no client for %s", claim.account)
        raise Temporary(
            say("Herodr could not prepare the delivery (%(error)s).", error=type(error).__name__)
        ) from None
    found, blind = _look_first(claim, client)
    if found is not None:
        return found, say("An earlier try had published it; it was not sent again.")
    if fence.passed():
        raise Temporary(f"It was not sent: {TOO_LATE}.")
    media, without = _upload(claim, client, hands)
    try:
        if media:
            return cast(ShowsImages, client).deliver(claim.content, media=media), without
        return client.deliver(claim.content), without
    except AlreadyPublished as error:
        if blind and _is_proof(claim, error, hands.clock()):
            return Published(error.network_id, error.url), (
                say("The network has it from an earlier try, whose answer was lost.")
            )
        raise
    except NetworkError:
        raise
    except Exception as error:
        log.exception("post %s: unforeseen", claim.post_id)
        raise OutcomeUnknown(
            say(
                "Something unforeseen happened while sending (%(error)s), so it may be published.",
                error=type(error).__name__,
            )
        ) from None


def _look_first(claim: Claim, client: Client) -> tuple[Published | None, bool]:
    """Look for what earlier tries may have published, before this post is sent again.

    Returns it, and whether the network does not let us look. Raises a `NotSent` when looking failed.
    """
    for content in dict.fromkeys(doubt.content for doubt in claim.doubts):
        since = min(doubt.opened_at for doubt in claim.doubts) - CLOCKS_DIFFER
        try:
            found = client.find(content, since=since)
        except CannotLook:
            # A person has looked, or has said to send it all the same.
            return None, True
        except NotSent:
            raise
        except Exception as error:
            log.warning("could not look for post %s before sending it again", claim.post_id)
            raise Temporary(
                say(
                    "It was not sent: Herodr could not look for an earlier try first (%(error)s).",
                    error=error.sentence
                    if isinstance(error, NetworkError)
                    else type(error).__name__,
                )
            ) from None
        if found is not None and not queries.is_known(claim.post_id, found.network_id):
            return found, False
    return None, False


def _upload(claim: Claim, client: Client, hands: Hands) -> tuple[tuple[Uploaded, ...], str]:
    """Give the network the post's images. Returns them as it knows them, and in a sentence what is missing.

    An image that cannot be had does not hold an announcement up: it goes out without it, and says so. Raises
    a `NotSent` for trouble of the account, and for what may pass, the first times.
    """
    upload = getattr(client, "upload", None)
    if not claim.content.images or not claim.live or hands.fetch is None or upload is None:
        return (), ""
    facts = facts_of(claim.network)
    given, missing = [], []
    for picture in claim.content.images:
        try:
            image = images.load(picture, facts=facts, fetch=hands.fetch)
            given.append(Uploaded(str(upload(image)), image.alt))
            continue
        except images.NoImage as error:
            why = error.sentence if isinstance(error, NetworkError) else str(error)
        except (Refused, Temporary) as error:
            if isinstance(error, Temporary) and claim.attempt_number <= _IMAGE_TRIES:
                raise
            why = str(error)
        except NotSent:
            raise
        except Exception as error:
            log.exception("post %s: the image", claim.post_id)
            why = f"({type(error).__name__})"
        log.warning("post %s goes without an image: %s", claim.post_id, why)
        missing.append(why)
    if not missing:
        return tuple(given), ""
    without = say("It was published without its image.")
    if len(missing) > 1:
        without = say("It was published without %(number)s of its images.", number=len(missing))
    elif given:
        without = say("It was published without one of its images.")
    return tuple(given), together(without, *missing)


def _is_proof(claim: Claim, error: AlreadyPublished, now: datetime) -> bool:
    """Say whether a duplicate that the network names must be this post's own earlier try."""
    tried = any(
        doubt.content == claim.content and now - doubt.opened_at < _PROOF_WITHIN
        for doubt in claim.doubts
    )
    return (
        tried
        and bool(error.network_id and error.url)
        and not queries.is_known(claim.post_id, error.network_id)
    )


def _settle(claim: Claim, error: NetworkError, hands: Hands) -> None:
    now, report = hands.clock(), hands.report
    decision = retry.decide(error, attempts=claim.attempt_number, now=now)
    outcome = type(error).__name__
    if decision.pause is not None:
        pause = decision.pause
        _insist(
            lambda: accounts.pause(
                claim.account,
                until=pause.until,
                trouble=decision.reason,
                now=now,
                cause=accounts.CONNECTION if pause.of_connection else "",
            ),
            hands,
        )
        report.troubles.append(f"{claim.account} is paused: {decision.reason}")
    if decision.action is retry.Action.RETRY_LATER:
        at = decision.at or now
        _insist(
            lambda: transitions.retry_later(
                claim, now=now, at=at, outcome=outcome, reason=decision.reason
            ),
            hands,
        )
        report.later += 1
    elif decision.action is retry.Action.GIVE_UP:
        _insist(
            lambda: transitions.give_up(claim, now=now, outcome=outcome, reason=decision.reason),
            hands,
        )
        report.failed += 1
    else:
        _insist(
            lambda: transitions.lose_track(
                claim, now=now, outcome=outcome, reason=decision.reason, look_at=decision.at
            ),
            hands,
        )
        report.unconfirmed += 1


def _insist(act: Callable[[], object], hands: Hands) -> None:
    """Store an outcome, even when the database is locked, full or away for a while.

    When it stays away, the attempt stays open and its lease runs out: unconfirmed, never lost.
    """
    until = hands.steady() + KEEP_TRYING.total_seconds()
    nap = 0.2
    while True:
        try:
            act()
        except (OperationalError, InterfaceError):
            # A connection that broke stays broken until it is closed.
            connection.close_if_unusable_or_obsolete()
            if hands.steady() >= until:
                raise
            hands.sleep(nap)
            nap = min(2 * nap, _LONGEST_NAP)
        except TransitionError as error:
            # Somebody settled it meanwhile: the lease ran out, and the post is in other hands.
            log.warning("post not settled here: %s", error)
            return
        else:
            return
