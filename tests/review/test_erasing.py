"""A person's data can be erased, and the record stays valid and tamper-evident."""

from __future__ import annotations

import hashlib
import json

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import models
from django.test import Client
from django.urls import reverse

from review import erasing, halts, record, transitions
from review.models import Decision, Event, Person, Post, Revision
from tests.making import BRYN, CALENDAR, NOW, make_person, make_post

pytestmark = pytest.mark.django_db


def sian_decides() -> Post:
    """Siân changes and approves a post; Bryn stops everything and names her."""
    sian = transitions.person(make_person("Siân", may_edit=True))
    post = make_post()
    content = post.revisions.get().content
    changed = type(content)(text=f"{content.text} Indeed.", link=content.link)
    transitions.amend(post.pk, content=changed, by=sian, now=NOW, seen=1)
    transitions.reject(post.pk, by=sian, now=NOW, seen=2, reason="no")
    transitions.undo(post.pk, by=sian, now=NOW)
    halts.stop(reason="Siân Owen and siân asked for it", by=BRYN, now=NOW)
    return post


def everything() -> str:
    """All that the tables of the desk hold, as text."""
    rows = [
        list(model._base_manager.values_list())
        for model in apps.get_app_config("review").get_models()
    ]
    return json.dumps(rows, default=str, ensure_ascii=False).replace("Siân Owen", "")


def test_the_name_is_gone_from_every_table_and_the_chain_holds() -> None:
    make_person("Siân Owen", may_decide=False)
    sian_decides()
    Person.objects.filter(username="siân").update(email="sian@example.org")
    assert "Siân" in everything()
    before = list(Event.objects.order_by("pk").values_list("hash", flat=True))
    erased = erasing.erase("siân", by=BRYN, now=NOW)
    left = everything()
    assert "siân" not in left.casefold().replace("siân owen", "")
    assert "sian@example.org" not in left
    assert erased.lines == 4
    assert record.verify() == ""
    assert list(Event.objects.order_by("pk").values_list("hash", flat=True))[:-1] == before
    # What was done is still known, under one pseudonym, and other people's longer names are left alone.
    assert set(Decision.objects.values_list("by", flat=True)) == {erased.pseudonym}
    assert Revision.objects.get(number=2).written_by == erased.pseudonym
    assert Event.objects.get(verb="stop everything").reason == (
        f"Siân Owen and {erased.pseudonym} asked for it"
    )


def test_the_name_cannot_be_guessed_from_the_hash_of_an_erased_line() -> None:
    sian_decides()
    line = Event.objects.filter(actor="Siân").order_by("pk").first()
    assert line is not None
    guess = [
        line.salt, line.previous_hash, line.at.isoformat(), line.verb, "Siân", line.post_number,
        line.from_state, line.to_state, line.content_hash, line.reason, line.details,
    ]  # fmt: skip
    text = json.dumps(guess, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # With the salt the guess would be right; without it there is nothing to compare with.
    assert hashlib.sha256(text.encode()).hexdigest() == line.hash
    erasing.erase("siân", by=BRYN, now=NOW)
    assert Event.objects.get(pk=line.pk).salt == ""


@pytest.mark.parametrize("field", ["actor", "verb", "reason", "content_hash"])
def test_an_erased_line_cannot_be_changed_unseen(field: str) -> None:
    sian_decides()
    erasing.erase("siân", by=BRYN, now=NOW)
    line = Event.objects.filter(erased=True).order_by("pk").first()
    assert line is not None
    Event.objects.filter(pk=line.pk).update(**{field: "forged"})
    assert "names were erased are not as event" in record.verify()


def test_a_line_cannot_pass_for_erased_when_no_event_says_so() -> None:
    sian_decides()
    line = Event.objects.filter(actor="Siân").order_by("pk").first()
    assert line is not None
    Event.objects.filter(pk=line.pk).update(actor="Bryn", salt="", erased=True)
    assert "not as any event says" in record.verify()


def test_two_people_can_be_erased_one_after_the_other() -> None:
    make_person("Owain")
    sian_decides()
    halts.lift(by=transitions.operator("Owain"), now=NOW)
    erasing.erase("siân", by=transitions.operator("Owain"), now=NOW)
    erasing.erase("owain", by=BRYN, now=NOW)
    assert "Owain" not in everything()
    assert record.verify() == ""


def test_lines_of_the_first_version_are_erased_too() -> None:
    make_person("Siân")
    record.append("note", actor="Siân", now=NOW)
    first = Event.objects.get()
    first.salt = ""
    first.hash = record._digest(first)
    first.save()
    from review.models import RecordHead

    RecordHead.objects.update(last_hash=first.hash)
    assert record.verify() == ""
    erasing.erase("siân", by=BRYN, now=NOW)
    assert record.verify() == ""


def test_sessions_end_and_nobody_else_is_signed_out(client: Client) -> None:
    client.force_login(make_person("Siân"))
    other = Client()
    other.force_login(make_person("Bryn"))
    erasing.erase("siân", by=BRYN, now=NOW)
    assert Session.objects.count() == 1
    assert client.get(reverse("queue")).status_code == 302
    assert other.get(reverse("queue")).status_code == 200


def test_the_last_administrator_and_a_shared_name_are_refused() -> None:
    make_person("Siân", admin=True)
    with pytest.raises(transitions.NotFit, match="only administrator"):
        erasing.erase("siân", by=BRYN, now=NOW)
    make_person("Bryn", admin=True)
    Person.objects.create_user(username="sian2", name="Siân")
    with pytest.raises(transitions.NotFit, match="sian2 has the same name"):
        erasing.erase("siân", by=BRYN, now=NOW)
    with pytest.raises(transitions.NotFit, match="Nobody has"):
        erasing.erase("nobody", by=BRYN, now=NOW)


def test_four_eyes_still_know_who_wrote_what() -> None:
    post = sian_decides()
    erased = erasing.erase("siân", by=BRYN, now=NOW)
    assert transitions.wrote_last(post, transitions.operator(erased.pseudonym))
    four_eyes = CALENDAR.model_copy(update={"approvals": "four eyes"})
    transitions.approve(post.pk, by=BRYN, now=NOW, calendar=four_eyes, seen=2)


# Text that is searched by no erasure, and why it needs none.
NO_NAMES = {
    "Account", "Address", "Announcement", "Entry", "EntryAlias", "EntryVersion", "Source",  # the sources' own words
    "Revision",  # published, or meant to be; who wrote it is searched
    "Batch", "Chore", "RecordHead", "Restoration", "Told", "Worker", "Remembered",  # the house's own
    "Person", "SignInLink", "Consent", "FailedSignIn", "MailedLink",  # deleted with the person
    "Notice",  # which posts people were told of; they are named by their key
    "Event",  # searched by itself
    "Post", "Attempt", "Connection",  # what else they hold comes from the networks
}  # fmt: skip


def test_every_model_that_may_hold_a_name_is_searched() -> None:
    searched = {(model.__name__, field) for model, fields in erasing.PLACES for field in fields}
    unsearched = {
        (model.__name__, field.name)
        for model in apps.get_app_config("review").get_models()
        if model.__name__ not in NO_NAMES
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
        and field.name not in ("verb", "key", "level", "state")
    } - searched
    assert unsearched == set()
