"""Where the links in our mails lead: approving one post with one press, and an end to the mails.

Opening a link changes nothing, because mail scanners open every link. A link is bound to a person and a
revision, works once and for some days, and can never do more than its person may.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from review import letters, notices, queries, shown, sign_in, transitions
from review.models import MailedLink, Person, Post
from review.said import told
from review.states import UNDO_WITHIN, State
from review.transitions import NotFit, TransitionError
from review.transitions.moving import who_was_first
from review.views.common import brands, calendar


@never_cache
def approve(request: HttpRequest, token: str) -> HttpResponse:
    """Show the post with one button; pressing it approves, if the post and the person still stand as they did."""
    link = notices.link_of(token)
    if link is None:
        sentence = gettext("This link is not complete, or ended long ago. The queue has the post.")
        return _refused(request, sentence, status=404)
    elsewhere = _first_sign_in(request, link.person)
    if elsewhere is not None:
        return elsewhere
    if sentence := _not_theirs(request, link.person):
        return _refused(request, sentence, link=link, status=403)
    post = queries.posts().get(pk=link.post_id)
    if link.used_at is not None:
        return render(request, "review/mailed/done.html", {"link": link, "post": post})
    now = timezone.now()
    if sentence := _too_late(link, post):
        return _refused(request, sentence, link=link, status=409)
    if link.expires_at <= now:
        sentence = gettext("This link has expired. The post still waits in the queue.")
        return _refused(request, sentence, link=link, status=410)
    if request.method != "POST":
        return _ask(request, link, post)
    known, trouble = calendar()
    if known is None:
        return _ask(request, link, post, problem=trouble)
    try:
        with transaction.atomic():
            if notices.use(link, now=now):
                transitions.approve(
                    post.pk,
                    by=transitions.person(link.person),
                    now=now,
                    calendar=known,
                    seen=link.revision_number,
                    within=UNDO_WITHIN,
                    strict=True,
                )
    except NotFit as error:
        return _ask(request, link, post, problem=told(error))
    except TransitionError as error:
        status = 409 if isinstance(error, transitions.TooLate) else 403
        return _refused(request, told(error), link=link, status=status)
    return redirect("approve-from-mail", token=token)


def _first_sign_in(request: HttpRequest, person: Person) -> HttpResponse | None:
    """Have people sign in first whose password alone would not open the desk: a mail must not either."""
    if request.user.is_authenticated:
        if settings.SECOND_STEP and sign_in.must_add_second_step(person):
            return redirect("queue")  # which says what is missing
        return None
    if not (sign_in.has_second_step(person) or sign_in.must_add_second_step(person)):
        return None
    messages.info(request, gettext("Sign in first: a second step is asked of you."))
    return redirect(f"{reverse('sign-in')}?{urlencode({'next': request.path})}")


def _not_theirs(request: HttpRequest, person: Person) -> str:
    """Say why this person, or whoever is signed in here, may not use the link; "" when they may."""
    if request.user.is_authenticated and request.user.pk != person.pk:
        return gettext("This link was sent to %(name)s, and you are signed in as %(other)s.") % {
            "name": person,
            "other": request.user,
        }
    if not person.may_decide:
        return gettext("%(name)s may not decide about posts any more.") % {"name": person}
    return ""


def _too_late(link: MailedLink, post: Post) -> str:
    """Say what happened to the post since the mail was sent; "" when it waits as it did."""
    if post.state != State.IN_REVIEW:
        return gettext("Too late: %(what)s.") % {"what": told(who_was_first(post))}
    newest = queries.newest_revision(post)
    if (newest.number, newest.content_hash) == (link.revision_number, link.content_hash):
        return ""
    return gettext(
        "The text has changed since the mail was sent: %(name)s wrote revision %(number)s, %(time)s. Read it "
        "first."
    ) % {
        "name": newest.written_by,
        "number": newest.number,
        "time": shown.moment(newest.written_at, now=timezone.now()),
    }


def _ask(request: HttpRequest, link: MailedLink, post: Post, *, problem: str = "") -> HttpResponse:
    known, trouble = calendar()
    (row,) = shown.show(
        [post], calendar=known, now=timezone.now(), brands=brands(), reader=link.person
    )
    context = {"link": link, "row": row, "problem": problem or trouble}
    return render(request, "review/mailed/approve.html", context, status=422 if problem else 200)


def _refused(
    request: HttpRequest, sentence: str, *, status: int, link: MailedLink | None = None
) -> HttpResponse:
    context = {"sentence": sentence, "link": link}
    return render(request, "review/mailed/refused.html", context, status=status)


@never_cache
@csrf_exempt  # a reader's mail program presses the button for them, and has no token of ours
def off(request: HttpRequest, token: str) -> HttpResponse:
    """Stop one kind of mail to one person."""
    found = letters.read_off_token(token)
    person = Person.objects.filter(pk=found[0]).first() if found else None
    if found is None or person is None:
        sentence = gettext("This link is not complete. Your account page has the same choice.")
        return _refused(request, sentence, status=404)
    kind = found[1]
    done = request.method == "POST"
    if done:
        field = {notices.DIGEST: "wants_digest", notices.ASKED: "wants_asks"}.get(
            kind, "wants_reminders"
        )
        Person.objects.filter(pk=person.pk).update(**{field: False})
    return render(request, "review/mailed/off.html", {"kind": kind, "done": done})
