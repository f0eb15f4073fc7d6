"""Whose token this is, and whether it may post as the account's author.

A member says who they are at `userinfo`. That an organisation's page is theirs is looked up among their roles;
an app that may not see roles still shows it by being let read the page's posts.
https://learn.microsoft.com/linkedin/marketing/community-management/organizations/organization-access-control-by-role
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.networks import answers
from bot.networks.answers import Answer
from bot.networks.base import (
    AccountDetails,
    Identity,
    NetworkError,
    NotOurs,
    Refused,
    Temporary,
    Unauthorised,
)

# With these a member posts for a page. LinkedIn's documents spell the second one in two ways.
_POSTING = frozenset(
    {
        "ADMINISTRATOR",
        "CONTENT_ADMIN",
        "CONTENT_ADMINISTRATOR",
        "DIRECT_SPONSORED_CONTENT_POSTER",
    }
)

_MOST_PAGES = 20  # of roles
_PAGE = 100
_MOST_NAMED = 5  # pages in a message

Ask = Callable[[str, Mapping[str, str], str], Answer]  # path, query, Rest.li method


def who(
    details: AccountDetails, *, ask: Ask, passing: Callable[[Answer], NetworkError]
) -> Identity:
    """Return who LinkedIn says this is. `passing` reads an answer that is none.

    Raises `NotOurs` with LinkedIn's word beside ours, `Unauthorised` or `Temporary`.
    """
    if not details.author.startswith("urn:li:organization:"):
        return _of_member(details, ask, passing)
    roles = _all_roles(details, ask, passing)
    if roles is None:
        return _by_reading(details, ask, passing)
    if details.author not in roles:
        theirs = ", ".join(sorted(roles)[:_MOST_NAMED]) or "no page at all"
        raise NotOurs(
            f"LinkedIn says that this member may post for {theirs}, but accounts.toml says that "
            f"{details.name} is {details.author}.",
            mend="Connect as an administrator or content administrator of that page, or correct the author "
            "in accounts.toml.",
        )
    return Identity(details.author, _name(ask), roles[details.author])


def _all_roles(
    details: AccountDetails, ask: Ask, passing: Callable[[Answer], NetworkError]
) -> dict[str, str] | None:
    """Return the pages that the member may post for, with the role; None where the app may not see them."""
    roles: dict[str, str] = {}
    start = 0
    for _ in range(_MOST_PAGES):
        query = {"q": "roleAssignee", "state": "APPROVED", "count": str(_PAGE), "start": str(start)}
        answer = ask("/rest/organizationAcls", query, "FINDER")
        if answer.status_code in (401, 426):
            raise passing(answer)
        elements = answer.fields().get("elements")
        if not answer.ok or not isinstance(elements, list):
            return None
        roles |= dict(_roles(elements))
        if details.author in roles or not _has_more(answer, len(elements)):
            break
        start += len(elements)
    return roles


def _has_more(answer: Answer, number: int) -> bool:
    """Whether there are more roles: servers may give fewer at once than they were asked for, and say so."""
    paging = answer.fields().get("paging")
    links = paging.get("links") if isinstance(paging, Mapping) else None
    follows = any(
        isinstance(link, Mapping) and link.get("rel") == "next"
        for link in (links if isinstance(links, list) else [])
    )
    return bool(number) and (follows or number >= _PAGE)


def _of_member(
    details: AccountDetails, ask: Ask, passing: Callable[[Answer], NetworkError]
) -> Identity:
    answer = ask("/v2/userinfo", {}, "")
    subject = answer.fields().get("sub")
    if not answer.ok or not isinstance(subject, str):
        error = passing(answer)
        if answer.status_code == 403:
            raise Unauthorised(
                f"LinkedIn does not say whose token this is. {error}",
                mend="Connect with the scopes openid and profile.",
            )
        raise error if not answer.ok else Temporary("LinkedIn did not say whose token this is.")
    author, name = f"urn:li:person:{answers.quoted(subject)}", _named(answer)
    if author != details.author:
        raise NotOurs(
            f"LinkedIn says that this is {name or 'somebody'} ({author}), but accounts.toml says that "
            f"{details.name} is {details.author}.",
            mend=f'Connect as that person, or write author = "{author}" in accounts.toml.',
        )
    return Identity(author, name)


def _by_reading(
    details: AccountDetails, ask: Ask, passing: Callable[[Answer], NetworkError]
) -> Identity:
    query = {"q": "author", "author": details.author, "count": "1", "start": "0"}
    answer = ask("/rest/posts", {**query, "sortBy": "CREATED"}, "FINDER")
    if answer.ok:
        return Identity(details.author, _name(ask), "may read the page's posts")
    error = passing(answer)
    if isinstance(error, Refused):
        # It does not take the question, which says nothing about whose the page is.
        return Identity(details.author, _name(ask))
    if answer.status_code == 403:
        said = answers.quoted(answer.fields().get("message")).rstrip(".") or "403"
        raise NotOurs(
            f"LinkedIn does not let this token act for {details.author}, which accounts.toml says that "
            f"{details.name} is: “{said}”.",
            mend="The member who connects must be an administrator or content administrator of the page, and "
            "the app needs the scopes w_organization_social and r_organization_social.",
        )
    raise error


def _roles(elements: list[Any]) -> Iterator[tuple[str, str]]:
    """Yield the pages that the member may post for, each with its role."""
    for element in elements:
        if not isinstance(element, Mapping):
            continue
        page = element.get("organization") or element.get("organizationTarget")
        role, state = str(element.get("role", "")), str(element.get("state", "APPROVED"))
        if isinstance(page, str) and role in _POSTING and state == "APPROVED":
            yield answers.quoted(page), role.lower().replace("_", " ")


def _name(ask: Ask) -> str:
    """The member's name, where the app may know it."""
    answer = ask("/v2/userinfo", {}, "")
    return _named(answer) if answer.ok else ""


def _named(answer: Answer) -> str:
    return answers.quoted(answer.fields().get("name"))
