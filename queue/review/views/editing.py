"""What the desk's script asks for while somebody types, and what each person likes."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from review import forms, queries, shown, transitions
from review.models import Person
from review.states import Verb
from review.views.common import brands, desk, ended, onward, page, signed_in
from review.views.posts import seen_revision


@desk
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with the preview, the length and the checks of what is being typed. Stores nothing."""
    if request.method != "POST":
        return redirect("post", pk=pk)
    by = transitions.person(signed_in(request))
    if not by.may(Verb.AMEND):
        sentence = gettext("%(name)s may look, but not decide about posts.") % {"name": by.name}
        return ended(request, transitions.NotAllowed(sentence))
    post = queries.posts().filter(pk=pk).first()
    form = forms.ContentForm(request.POST)
    form.is_valid()  # a text that is still empty is checked too
    base = seen_revision(pk, form.cleaned_data.get("seen", 0))
    if post is None or base is None:
        raise Http404
    content = form.content(base.content)
    if "text" in request.POST and "text" not in form.cleaned_data:
        content = shown.with_text(content, request.POST["text"][: forms.MOST_TEXT])
    row = shown.show_typed(post, content, now=timezone.now(), brands=brands())
    return render(request, "review/parts/looks.html", {"row": row})


@desk
def keys(request: HttpRequest) -> HttpResponse:
    """Explain the keyboard shortcuts, and switch them on or off for whoever is signed in."""
    if request.method != "POST":
        return page(request, "keys", {})
    wanted = request.POST.get("keys") == "on"
    Person.objects.filter(pk=signed_in(request).pk).update(keys=wanted)
    messages.success(
        request,
        gettext("Keyboard shortcuts are on.") if wanted else gettext("Keyboard shortcuts are off."),
    )
    return onward(request, default=request.path)
