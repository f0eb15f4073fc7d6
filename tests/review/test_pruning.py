"""What is old is let go of; what makes an entry known never is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session

from config import schema
from config.timing import Keep
from review import asks, chores, intake, looks, pruning, record, transitions
from review.models import Alert, Announcement, Ask, Attempt, Entry, Post, Seen, Source, Worker
from tests.making import (
    NOW,
    SIAN,
    make_announcement,
    make_due_post,
    make_entry,
    make_person,
    make_post,
    minutes,
)

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=800)


def test_an_old_entry_keeps_its_key_its_link_and_its_title_and_loses_its_words() -> None:
    entry = make_entry(html="<p>words</p>", summary="words")
    make_announcement(entry)
    gone = pruning.prune(keep=Keep(), now=LATER)
    assert gone["entries"] == 1
    kept = Entry.objects.get()
    assert (kept.html, kept.summary) == ("", "")
    assert (kept.key, kept.link, kept.title) == (entry.key, entry.link, entry.title)
    assert kept.content_hash == entry.content_hash
    assert Announcement.objects.get().paragraphs == []
    assert pruning.prune(keep=Keep(), now=LATER) == {}


def test_a_pruned_entry_is_never_announced_again() -> None:
    from bot.values import Entry as Found

    found = Found(
        key="k", title="A report", link="https://example.org/r", summary="words", html="<p>w</p>"
    )
    source = make_entry().source
    Source.objects.update(baselined_at=NOW)
    intake.store(source, [found], announce=schema.Announce(), now=NOW)
    Entry.objects.update(composed_at=NOW, held=False)
    assert pruning.prune(keep=Keep(), now=LATER)["entries"] >= 1
    intake.store(Source.objects.get(), [found], announce=schema.Announce(), now=LATER)
    assert Entry.objects.filter(key="k").count() == 1
    assert not Entry.objects.filter(composed_at__isnull=True).exists()


@pytest.mark.parametrize("state", ["in review", "not composed", "held"])
def test_the_words_of_what_is_still_open_stay(state: str) -> None:
    entry = make_entry(
        html="<p>words</p>",
        composed_at=None if state == "not composed" else NOW,
        held=state == "held",
    )
    if state == "in review":
        make_post(announcement=make_announcement(entry))
    assert "entries" not in pruning.prune(keep=Keep(), now=LATER)
    assert Entry.objects.get().html


def test_tries_of_ended_posts_go_and_the_record_stays_sound() -> None:
    done, waiting = make_due_post(), make_due_post()
    for _ in range(2):
        claim = transitions.claim(worker="w", now=NOW, lease=minutes(1))
        assert claim is not None
        if claim.post_id == done.pk:
            transitions.confirm_sent(claim, now=NOW, network_id="1", url="https://x.example/1")
        else:
            transitions.lose_track(claim, now=NOW, outcome="?", reason="?", look_at=None)
    assert pruning.prune(keep=Keep(), now=LATER) == {"tries": 1}
    assert Attempt.objects.get().post_id == waiting.pk
    post = Post.objects.get(pk=done.pk)
    assert (post.url, post.network_id) == ("https://x.example/1", "1")
    assert record.verify() == ""


def test_old_alerts_workers_and_sessions_go_and_open_ones_stay() -> None:
    for cleared in (NOW, None):
        Alert.objects.create(
            key=f"k{cleared}", level="error", sentence="", raised_at=NOW, cleared_at=cleared
        )
    Worker.objects.create(name="old", started_at=NOW, heartbeat_at=NOW)
    Worker.objects.create(name="new", started_at=NOW, heartbeat_at=LATER)
    for key, at in (("ended", LATER - minutes(1)), ("open", LATER + minutes(1))):
        Session.objects.create(session_key=key, session_data="", expire_date=at)
    gone = pruning.prune(keep=Keep(), now=LATER)
    assert gone == {"alerts": 1, "workers": 1, "ended sessions": 1}
    assert Worker.objects.get().name == "new"
    assert Session.objects.get().pk == "open"


def test_nothing_young_is_touched_and_much_is_done_in_batches() -> None:
    for _ in range(3):
        make_entry(html="<p>words</p>")
    assert pruning.prune(keep=Keep(), now=NOW + timedelta(days=700)) == {}
    assert pruning.prune(keep=Keep(words="699d"), now=NOW + timedelta(days=700)) == {"entries": 3}


def test_it_ends_when_it_is_told_to() -> None:
    make_entry(html="<p>words</p>")
    assert pruning.prune(keep=Keep(), now=LATER, stop=lambda: True) == {}


def test_a_chore_is_done_once_in_a_while_by_whoever_comes_first() -> None:
    day = timedelta(days=1)
    assert [chores.take("prune", every=day, now=NOW) for _ in range(3)] == [True, False, False]
    assert chores.take("something else", every=day, now=NOW)
    assert not chores.take("prune", every=day, now=NOW + day - minutes(1))
    assert [chores.take("prune", every=day, now=NOW + day) for _ in range(2)] == [True, False]


def test_decisions_and_revisions_are_kept_for_good() -> None:
    post = make_post()
    transitions.reject(post.pk, by=SIAN, now=NOW, seen=1, reason="no")
    pruning.prune(keep=Keep(), now=LATER)
    assert post.decisions.count() == post.revisions.count() == 1


def test_what_was_seen_and_asked_of_an_ended_post_is_forgotten_in_time() -> None:
    reader = make_person("Nia")
    ended, waits = make_post(), make_post()
    looks.saw(reader, [ended.pk, waits.pk])
    asks.assign([ended.pk, waits.pk], to=reader, by=SIAN, now=NOW)
    transitions.reject(ended.pk, by=SIAN, now=NOW, seen=1, reason="no")
    gone = pruning.prune(keep=Keep(), now=LATER)
    assert gone == {"marks of what was seen": 1, "asks": 1}
    assert Seen.objects.get().post == Ask.objects.get().post == waits
