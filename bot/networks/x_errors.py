"""What X's answers mean: its problem documents, and answers that others recorded. Pure.

https://docs.x.com/x-api/fundamentals/response-codes-and-errors
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from bot.networks import answers
from bot.networks.answers import Answer
from bot.networks.base import (
    AlreadyPublished,
    NetworkError,
    OutOfCredit,
    Refused,
    Throttled,
    Unauthorised,
)

_SHORTEST_WAIT = timedelta(seconds=15)
_USUAL_WINDOW = timedelta(minutes=15)
_LONGEST_WAIT = timedelta(days=2)
_CLOCK_TOLERANCE = timedelta(minutes=4)  # X refuses signatures whose time is 5 minutes off
_DAYS = ("x-user-limit-24hour", "x-app-limit-24hour")
_WINDOW = "x-rate-limit"

# The last part of a problem's `type`, and of `reason`: the account or the app is at fault, not the post.
_OF_THE_ACCOUNT = {
    "oauth1-permissions": (
        "The app may not write",
        "Give the app “Read and write” in X's developer portal, then make a new access token and secret there.",
    ),
    "unsupported-authentication": (
        "X does not take these keys for posting",
        "Use OAuth 1.0a keys: API key and secret, access token and secret of the account.",
    ),
    "client-forbidden": (
        "The app may not use this part of X's API",
        "Enrol the app in a project and a plan in X's developer portal.",
    ),
    "client-not-enrolled": (
        "The app is in no project or plan",
        "Enrol the app in a project and a plan in X's developer portal.",
    ),
    "user-suspended": ("The account is suspended", "Sign in at x.com and settle it with X."),
}
# What X's own words for a refusal mostly mean, which they do not say.
_IN_OUR_WORDS = (
    (
        re.compile(r"not permitted to perform this action", re.IGNORECASE),
        "X says this when a text is too long for the account, when it mentions, quotes or answers people who "
        "did not ask for it, or when the account may not post just now. Shorten it, take @names out, or look at "
        "the account on x.com.",
    ),
    (
        re.compile(r"media ids? (?:are|is) invalid", re.IGNORECASE),
        "The image was too old or not the account's own by the time of posting. Approve the post again.",
    ),
)


def error_of(answer: Answer, *, secrets: Collection[str], mend: str, now: datetime) -> NetworkError:
    """Return the error for an answer that does not prove publication.

    `secrets` are kept out of the message; `mend` is what to do when the keys are not accepted.
    """
    status, problem = answer.status_code, answer.fields()
    if not 400 <= status < 500 or status in (408, 409):
        return answers.unknown("X", answer)
    said = answers.quoted(_said(problem), secrets=secrets)
    about = f": “{said.rstrip('.')}”." if said else f" ({status})."
    marks = {_last(problem.get("type")), _last(problem.get("reason"))}
    title = str(problem.get("title", "")).replace(" ", "").lower()
    if title == "spendcapreached" or marks & {"spend-cap", "spend-cap-reached"}:
        return OutOfCredit(
            "The spending limit set for X's API is reached. Raise it in X's developer console, or wait.",
            until=_midnight(problem.get("reset_date"), now=now),
        )
    if "usage-capped" in marks or title == "usagecapexceeded":
        return OutOfCredit(f"The monthly cap of the X plan is used up{about}")
    if status == 402 or title == "creditsdepleted" or "credits" in marks:
        return OutOfCredit(
            "X's API has no credit left for this app. Buy credits in X's developer console."
        )
    if status == 429:
        return Throttled("X asks to wait: too many requests.", until=_until(answer, now=now))
    if status == 401:
        return Unauthorised(
            f"X does not accept the keys{about}",
            mend=_clock(answer, now=now) or mend,
            connecting=True,
        )
    if status == 403:
        if "duplicate" in said.lower():
            return AlreadyPublished("X says that this account has posted the same text already.")
        for mark in sorted(marks & _OF_THE_ACCOUNT.keys()):
            what, its_mend = _OF_THE_ACCOUNT[mark]
            return Unauthorised(f"{what}{about}", mend=its_mend)
        if re.search(r"\b(suspended|locked)\b", said.lower()):
            return Unauthorised(
                f"X has locked the account{about}",
                mend="Sign in at x.com and settle it with X.",
            )
    ours = next((words for pattern, words in _IN_OUR_WORDS if pattern.search(said)), "")
    return Refused(f"X refused this{about} {ours}".rstrip())


def rest_until(answer: Answer, *, now: datetime) -> datetime | None:
    """Return until when to ask nothing more, by an answer that was good: its limit is used up. Else None."""
    used_up = [
        moment
        for name in (*_DAYS, _WINDOW)
        if answer.headers.get(f"{name}-remaining", "").strip() == "0"
        and (moment := _reset(answer, name, now=now)) is not None
    ]
    return max(used_up, default=None)


def _until(answer: Answer, *, now: datetime) -> datetime:
    """When to ask again: the end of a used-up day, else of the window, else what Retry-After says."""
    days = [
        moment
        for name in _DAYS
        if answer.headers.get(f"{name}-remaining", "").strip() == "0"
        and (moment := _reset(answer, name, now=now)) is not None
    ]
    until = (
        max(days, default=None)
        or _reset(answer, _WINDOW, now=now)
        or answers.sensible(answers.wait_of(answer, now=now), now=now, longest=_LONGEST_WAIT)
        or now + _USUAL_WINDOW
    )
    return max(until, now + _SHORTEST_WAIT)


def _reset(answer: Answer, name: str, *, now: datetime) -> datetime | None:
    value = answer.headers.get(f"{name}-reset", "").strip()
    if not re.fullmatch(r"\d{1,11}", value, re.ASCII):
        return None
    return answers.sensible(datetime.fromtimestamp(int(value), UTC), now=now, longest=_LONGEST_WAIT)


def _clock(answer: Answer, *, now: datetime) -> str:
    """Say that this machine's clock is wrong, where it is: X refuses such signatures."""
    try:
        theirs = parsedate_to_datetime(answer.headers.get("date", "")).astimezone(UTC)
    except (ValueError, TypeError):
        return ""
    off = now - theirs
    if abs(off) <= _CLOCK_TOLERANCE:
        return ""
    minutes = round(abs(off).total_seconds() / 60)
    return (
        f"Set this machine's clock: it is {minutes} minutes {'fast' if off > timedelta() else 'slow'}, "
        "and X refuses requests with a wrong time."
    )


def _said(problem: Mapping[str, Any]) -> str:
    """X's own words: the particular messages where there are some, else the detail, else the title."""
    errors = problem.get("errors")
    messages = [
        error["message"]
        for error in (errors if isinstance(errors, list) else [])
        if isinstance(error, Mapping) and isinstance(error.get("message"), str)
    ]
    detail = problem.get("detail")
    if messages and (not isinstance(detail, str) or "parameters" in detail):
        return " ".join(messages)
    return str(detail or problem.get("title") or "")


def _last(address: object) -> str:
    """The last part of a problem type: it comes under api.x.com and under api.twitter.com."""
    return address.rstrip("/").rpartition("/")[2] if isinstance(address, str) else ""


def _midnight(value: object, *, now: datetime) -> datetime | None:
    """The start of a day given as YYYY-MM-DD; None where it is not one that lies ahead."""
    try:
        day = date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
    moment = datetime.combine(day, time(), tzinfo=UTC)
    return answers.sensible(moment, now=now, longest=timedelta(days=62))
