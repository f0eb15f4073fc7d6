"""What LinkedIn's answers mean, by its error documents and by answers that others recorded. Pure.

https://learn.microsoft.com/linkedin/shared/api-guide/concepts/error-handling
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from bot.networks import answers, credentials, versions
from bot.networks.answers import Answer
from bot.networks.base import (
    AccountDetails,
    AlreadyPublished,
    NetworkError,
    Refused,
    Temporary,
    Throttled,
    Unauthorised,
)
from review.text import facts_of

_FACTS = facts_of("linkedin")
# What LinkedIn's codes mean for whoever wrote the post, with its limits as the editor counts them.
_IN_OUR_WORDS = {
    "FIELD_LENGTH_TOO_LONG": (
        f"LinkedIn takes {_FACTS.limit:,} characters of text, {_FACTS.card_title_limit:,} of a card's title and "
        f"{_FACTS.alt_limit:,} of alt text; it counts some as more than one. Shorten it."
    ),
    "INVALID_IMAGE_ID": "The image was not the author's own, or too old. Approve the post again.",
    "MEDIA_ASSET_PROCESSING_FAILED": "LinkedIn could not make anything of the image. Use another, or none.",
    "INVALID_URN_TYPE": "The author, or a name in `mentions`, is no page or person: correct accounts.toml.",
    "INVALID_URN_ID": "The author, or a name in `mentions`, does not exist: correct accounts.toml.",
    "MISSING_FIELD": "Something is missing that this version of LinkedIn's API wants: `bot check` says more.",
}
_LONGEST_WAIT = timedelta(days=2)


def url_of(urn: str) -> str:
    """Return the address at which people find the post `urn`."""
    return f"https://www.linkedin.com/feed/update/{urn}/"


def error_of(
    answer: Answer, details: AccountDetails, *, version: str, token: str, now: datetime
) -> NetworkError:
    """Return the error for an answer that does not prove publication.

    `version` and `token` are those that the request was made with; the token is kept out of the message.
    """
    status, problem = answer.status_code, answer.fields()
    if not 400 <= status < 500 or status == 408 or (status == 409 and not problem):
        return answers.unknown("LinkedIn", answer)
    message = problem.get("message")
    said = answers.quoted(message, secrets=(token,))
    about = f": “{said.rstrip('.')}”." if said else f" ({status})."
    codes = _codes(problem)
    if "DUPLICATE_POST" in codes or re.search(r"\bduplicate of urn:li:", said):
        named = re.search(r"duplicate of (urn:li:[A-Za-z]+:[0-9]+)", str(message))
        where = f": {url_of(named[1])}" if named else "."
        return AlreadyPublished(
            f"LinkedIn says that this author has posted the same already{where}",
            network_id=named[1] if named else "",
            url=url_of(named[1]) if named else "",
        )
    ended = re.search(r"\bversion \d{6,8} is not active", said)
    if status == 426 or ended or codes & {"VERSION_MISSING", "NONEXISTENT_VERSION"}:
        newest = versions.newest(now.date())
        known = f", such as {newest}" if newest and newest != version else ""
        return Unauthorised(
            f"LinkedIn has ended version {version} of its API{about}",
            mend=f"Set LINKEDIN_VERSION to a newer month{known}; docs/networks.md says how to find one.",
        )
    if status == 401:
        return Unauthorised(
            f"LinkedIn does not accept the token{about}",
            mend=credentials.RECONNECT.format(name=details.name, network="linkedin")
            if details.token
            else f"Make a new token, as docs/networks.md says, and set {details.credentials}_ACCESS_TOKEN to it.",
            connecting=True,
        )
    if status == 403:
        organisation = details.author.startswith("urn:li:organization:")
        scope = "w_organization_social" if organisation else "w_member_social"
        role = (
            ", and the member who connects must be an administrator or content administrator of the page"
            if organisation
            else ""
        )
        return Unauthorised(
            f"LinkedIn does not let this token post for {details.author}{about}",
            mend=f"The app needs the scope {scope}{role}. Then make a new token, as docs/networks.md says.",
            connecting=True,
        )
    if status == 409:
        return Temporary("LinkedIn was writing something else at the same moment.")
    if status == 429:
        return _throttled(answer, said, now=now)
    if any(code.startswith(("MEDIA_ASSET_WAITING", "MEDIA_ASSET_PROCESSING_IN")) for code in codes):
        return Temporary("LinkedIn is not done with the image yet.")
    ours = next((_IN_OUR_WORDS[code] for code in sorted(codes & _IN_OUR_WORDS.keys())), "")
    return Refused(f"LinkedIn refused this{about} {ours}".rstrip())


def _throttled(answer: Answer, said: str, *, now: datetime) -> Throttled:
    # LinkedIn's limits are for a day in UTC; it documents no Retry-After, but one would be right.
    midnight = datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), tzinfo=UTC)
    asked = answers.sensible(answers.wait_of(answer, now=now), now=now, longest=_LONGEST_WAIT)
    if "unverified" in said.lower():
        return Throttled(
            "LinkedIn lets members who have not verified their identity post only a little each day: verify "
            "it in LinkedIn's settings, or wait until tomorrow.",
            until=asked or midnight,
        )
    return Throttled(
        "LinkedIn asks to wait: its limit for today is reached.", until=asked or midnight
    )


def _codes(problem: Mapping[str, Any]) -> set[str]:
    details = problem.get("errorDetails")
    errors = details.get("inputErrors") if isinstance(details, Mapping) else None
    listed = errors if isinstance(errors, list) else []
    inner = [error.get("code") for error in listed if isinstance(error, Mapping)]
    return {str(code) for code in (problem.get("code"), *inner) if code}
