"""Erasing a person: the name goes from every row and from the record, whose chain stays valid.

What they did stays, under a pseudonym that nobody can lead back to them. The words of posts and of sources are not
searched: they are published, or meant to be.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Cast

from review import record
from review.models import (
    Account,
    Alert,
    Announcement,
    Ask,
    Attempt,
    Blackout,
    Comment,
    Connection,
    Decision,
    Event,
    FailedSignIn,
    Halt,
    Person,
    Post,
    Revision,
)
from review.transitions import Actor, NotAllowed, NotFit

# Where the name of somebody who works at the desk may stand, besides the record.
PLACES: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = (
    (Account, ("trouble",)),
    (Alert, ("sentence",)),
    (Announcement, ("because",)),
    (Ask, ("by",)),
    (Attempt, ("detail", "detail_said")),
    (Blackout, ("by", "reason", "ended_by")),
    (Comment, ("by", "text")),
    (Connection, ("connected_by",)),
    (Decision, ("by", "reason", "reason_said")),
    (Halt, ("by", "reason", "lifted_by")),
    (Post, ("reason", "reason_said")),
    (Revision, ("written_by",)),
)
_RECORD = ("actor", "reason", "details")
# Columns that hold one name and nothing else: part of a longer one is somebody else's.
_WHO = frozenset({"actor", "by", "connected_by", "ended_by", "lifted_by", "written_by"})


@dataclass(frozen=True, slots=True)
class Erased:
    """What became of somebody: the pseudonym that stands for them now, and in how many lines of the record."""

    pseudonym: str
    lines: int


@transaction.atomic
def erase(username: str, *, by: Actor, now: datetime) -> Erased:
    """Erase the person with that user name: account, mail address, sessions, and the name wherever it stands.

    Raises NotFit when there is nobody of that name, when they are the last administrator, or when two people
    have the same name, whose deeds could then not be told apart.
    """
    if not by.may_decide or not by.name:
        raise NotAllowed("Say who erases: every decision is kept with a name.")
    person = Person.objects.select_for_update().filter(username=username).first()
    if person is None:
        raise NotFit(f'Nobody has the user name "{username}"; the People page lists them.')
    others = Person.objects.exclude(pk=person.pk)
    if person.is_superuser and not others.filter(is_superuser=True, is_active=True).exists():
        raise NotFit(f"{person} is the only administrator: make somebody else one first.")
    names = _names(person)
    namesake = next((one for one in others if {str(one), one.username} & names), None)
    if namesake is not None:
        raise NotFit(
            f"{namesake.username} has the same name, so what the two did cannot be told apart. Nothing was erased."
        )
    pseudonym = f"erased-{secrets.token_hex(4)}"
    finder = _Names(
        names, {str(one) for one in others} | {one.username for one in others}, pseudonym
    )
    for model, fields in PLACES:
        _replace(model, fields, finder)
    lines = _replace(Event, _RECORD, finder)
    FailedSignIn.objects.filter(username__in=[name.casefold() for name in names]).delete()
    _end_sessions(person)
    person.delete()
    all_lines, digest = record.digest_of_erased()
    record.append(
        record.ERASE,
        actor=pseudonym if by.name in names else by.name,
        now=now,
        details={"erased": pseudonym, "lines": all_lines, "digest": digest},
    )
    return Erased(pseudonym, lines)


def _names(person: Person) -> set[str]:
    """Return every name that the person has decided or spoken under."""
    names = {str(person), person.username, person.email}
    names |= set(Decision.objects.filter(person=person).values_list("by", flat=True))
    names |= set(Comment.objects.filter(person=person).values_list("by", flat=True))
    return {name for name in names if name}


class _Names:
    """Finds the names of one person in what others wrote, and leaves longer names of others alone."""

    def __init__(self, names: set[str], others: set[str], pseudonym: str) -> None:
        self.names = names
        self._folded = {name.casefold() for name in names}
        self._pseudonym = pseudonym
        longest_first = sorted(names | others, key=len, reverse=True)
        either = "|".join(re.escape(name) for name in longest_first)
        self._pattern = re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)

    def _one(self, match: re.Match[str]) -> str:
        return self._pseudonym if match[0].casefold() in self._folded else match[0]

    def without(self, value: Any) -> Any:
        """Return `value`, a text or JSON data, with the pseudonym in place of the names."""
        if isinstance(value, str):
            return self._pattern.sub(self._one, value)
        if isinstance(value, list):
            return [self.without(item) for item in value]
        if isinstance(value, dict):
            return {key: self.without(item) for key, item in value.items()}
        return value

    def instead_of(self, value: str) -> str:
        """Return the pseudonym where `value` is one of the names and nothing else."""
        return self._pseudonym if value.casefold() in self._folded else value


def _replace(model: type[models.Model], fields: tuple[str, ...], names: _Names) -> int:
    somewhere = Q()
    for field in fields:
        for name in names.names:
            # In JSON a letter may be written as its number.
            somewhere |= Q(**{f"{field}_text__icontains": name})
            somewhere |= Q(**{f"{field}_text__icontains": json.dumps(name)[1:-1]})
    texts = {f"{field}_text": Cast(field, models.TextField()) for field in fields}
    rows = model._base_manager.annotate(**texts).filter(somewhere).order_by("pk")
    number = 0
    for row in rows.iterator(chunk_size=500):
        before = {field: getattr(row, field) for field in fields}
        after = {
            field: names.instead_of(value) if field in _WHO else names.without(value)
            for field, value in before.items()
        }
        if after != before:
            more = {"salt": "", "erased": True} if model is Event else {}
            model._base_manager.filter(pk=row.pk).update(**after, **more)
            number += 1
    return number


def _end_sessions(person: Person) -> None:
    mine = [
        session.pk
        for session in Session.objects.iterator(chunk_size=500)
        if session.get_decoded().get("_auth_user_id") == str(person.pk)
    ]
    Session.objects.filter(pk__in=mine).delete()
