"""What people may type at the desk, and what each form makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from review import sign_in
from review.models import Account, Person
from review.text import Content, Picture, say, to_say

# What is kept of a rejection must make sense in a year, so these are whole phrases.
REASONS = (
    ("already covered", _("Already covered")),
    ("not for us", _("Not for us: no plan, practice or report")),
    ("not for the public", _("Not for the public")),
    ("wrong link", _("Wrong link")),
    ("duplicate", _("Duplicate of another post")),
    ("waiting for the Welsh", _("Waiting for the Welsh")),
    ("pre-election period", _("Pre-election period")),
    ("other", _("Another reason")),
)
_PRESETS = {
    kept: say(kept)
    for kept in (
        to_say("already covered"),
        to_say("not for us"),
        to_say("not for the public"),
        to_say("wrong link"),
        to_say("duplicate"),
        to_say("waiting for the Welsh"),
        to_say("pre-election period"),
    )
}

MOST_TEXT = 20_000  # characters

# What somebody may be let do, from least to most; administrators are made at the terminal.
MAY = (
    ("look", _("Only look")),
    ("edit", _("Edit texts and comment")),
    ("decide", _("Decide about posts")),
)


class VerbForm(forms.Form):
    """Every verb says which revision was on the page."""

    seen = forms.IntegerField(
        min_value=1,
        widget=forms.HiddenInput,
        error_messages={
            "required": _("The page did not say which revision you saw. Open the post again."),
            "invalid": _("The page did not say which revision you saw. Open the post again."),
        },
    )


class ApproveForm(VerbForm):
    """Approve for the next free slot, at once, or for a time in the calendar's zone."""

    at = forms.ChoiceField(
        required=False, choices=[("slot", ""), ("now", ""), ("time", "")], initial="slot"
    )
    when = forms.DateTimeField(
        required=False,
        label=_("Day and time"),
        error_messages={"invalid": _("Give a day and a time, such as 26/11/2026 09:30.")},
    )

    def clean_when(self) -> datetime | None:
        """A time matters only to those who chose to give one."""
        return self.cleaned_data.get("when") if self.data.get("at") == "time" else None

    def clean(self) -> dict[str, Any]:
        """Ask for the time when it was chosen but not given."""
        if self.data.get("at") == "time":
            if not self.cleaned_data.get("when") and "when" not in self.errors:
                self.add_error("when", gettext("Give the day and time at which it goes out."))
        else:
            self.errors.pop("when", None)
        return self.cleaned_data

    def moment(self, now: datetime) -> datetime | None:
        """Return the time asked for; None for the next free slot."""
        chosen = self.cleaned_data["at"]
        if chosen == "now":
            return now
        if chosen == "time":
            when: datetime = self.cleaned_data["when"]
            # The field counts in minutes: the running minute is now, not the past.
            return now if when <= now < when + timedelta(minutes=1) else when
        return None


class MoveForm(VerbForm):
    """Another time for a post that is scheduled, in the calendar's zone."""

    when = forms.DateTimeField(
        label=_("Day and time"),
        error_messages={
            "required": _("Give the day and time at which it goes out."),
            "invalid": _("Give a day and a time, such as 26/11/2026 09:30."),
        },
    )


class BlackoutForm(forms.Form):
    """From when to when nothing goes out, on which account, and why."""

    reason = forms.CharField(
        max_length=300,
        label=_("Why?"),
        error_messages={
            "required": _("Say why nothing may go out: the reason is shown to everybody.")
        },
    )
    starts = forms.DateTimeField(
        label=_("From"),
        error_messages={
            "required": _("Give the day and time at which it begins."),
            "invalid": _("Give a day and a time, such as 26/11/2026 09:30."),
        },
    )
    ends = forms.DateTimeField(
        label=_("To"),
        error_messages={
            "required": _("Give the day and time at which it ends."),
            "invalid": _("Give a day and a time, such as 26/11/2026 09:30."),
        },
    )
    account = forms.ModelChoiceField(
        Account.objects.filter(active=True).order_by("name"),
        required=False,
        label=_("Account"),
        empty_label=_("All accounts"),
        error_messages={"invalid_choice": _("Choose one of the accounts in the list.")},
    )


class RejectForm(VerbForm):
    """A preset reason, words of one's own, or both."""

    preset = forms.ChoiceField(
        choices=REASONS,
        label=_("Why?"),
        error_messages={
            "required": _("Choose why it is rejected: the reason is kept with the post."),
            "invalid_choice": _("Choose one of the reasons in the list."),
        },
    )
    words = forms.CharField(required=False, max_length=900, label=_("In your own words"))

    def clean(self) -> dict[str, Any]:
        """ "Another reason" alone is none."""
        other = self.cleaned_data.get("preset") == "other"
        if other and self.cleaned_data.get("words") == "":
            self.add_error("words", gettext("Say in your own words why it is rejected."))
        return self.cleaned_data

    @property
    def reason(self) -> str:
        """The reason as it is kept."""
        preset, words = self.cleaned_data["preset"], self.cleaned_data["words"]
        if preset == "other":
            return str(words)
        kept = _PRESETS[preset]
        return say("%(preset)s: %(words)s", preset=kept, words=words) if words else kept


class ReasonForm(VerbForm):
    """A verb that may have a reason."""

    reason = forms.CharField(required=False, max_length=900, label=_("Reason (optional)"))


class ConfirmForm(VerbForm):
    """The link of a post that somebody found on its network."""

    url = forms.CharField(
        max_length=2000,
        label=_("Link of the published post"),
        error_messages={"required": _("Paste the link of the published post.")},
    )


class ContentForm(VerbForm):
    """What a post says. A field that the page did not send keeps what the seen revision says."""

    text = forms.CharField(
        max_length=MOST_TEXT,
        label=_("Text"),
        error_messages={"required": _("Write the text of the post.")},
    )
    link = forms.CharField(required=False, max_length=2000, label=_("Link"))
    card_title = forms.CharField(required=False, max_length=1000, label=_("Card title"))
    card_description = forms.CharField(required=False, max_length=3000, label=_("Card description"))
    image_alt = forms.CharField(required=False, max_length=5000, label=_("Alt text"))
    no_image = forms.BooleanField(required=False, label=_("Post it without the image"))
    more_images = forms.CharField(required=False, max_length=MOST_TEXT, label=_("More images"))

    def clean_link(self) -> str:
        """A link leads into the web, or there is none."""
        link: str = self.cleaned_data["link"]
        if link and not link.startswith(("https://", "http://")):
            raise ValidationError(gettext("Write a link that begins with https://."))
        return link

    def clean_more_images(self) -> tuple[Picture, ...]:
        """An image a line: its address, then its alt text."""
        found = []
        for line in self.cleaned_data["more_images"].splitlines():
            url, _, alt = line.strip().partition(" ")
            if not url:
                continue
            if not url.startswith(("https://", "http://")):
                raise ValidationError(
                    gettext("Write each image on a line of its own, beginning with https://.")
                )
            found.append(Picture(url, alt.strip()))
        return tuple(found)

    def content(self, base: Content) -> Content:
        """Return `base` with what was typed."""
        sent: dict[str, Any] = {
            name: value.replace("\r\n", "\n") if isinstance(value, str) else value
            for name, value in self.cleaned_data.items()
            if name not in ("seen", "no_image") and name in self.data
        }
        if self.cleaned_data.get("no_image"):
            sent.update(image="", image_alt="")
        return replace(base, **sent)


class CommentForm(VerbForm):
    """Something to say about a post; it may ask for changes."""

    text = forms.CharField(
        max_length=2000,
        label=_("Comment"),
        error_messages={"required": _("Write what you want to say.")},
    )
    asks = forms.BooleanField(required=False)
    tell = forms.ModelChoiceField(
        Person.objects.filter(is_active=True),
        required=False,
        error_messages={"invalid_choice": _("Choose one of the people in the list.")},
    )


class StopForm(forms.Form):
    """Why everything is stopped."""

    reason = forms.CharField(
        max_length=500,
        label=_("Why?"),
        error_messages={
            "required": _("Say why everything is stopped: the reason is shown on every page.")
        },
    )


class TakeInForm(forms.Form):
    """Of what kind a piece is that was set aside."""

    kind = forms.ChoiceField(choices=[("plan", ""), ("practice", ""), ("report", "")])


class OwnForm(forms.Form):
    """One's own name, language and mails."""

    name = forms.CharField(
        max_length=150,
        label=_("Your name"),
        error_messages={"required": _("Write your name: every decision is kept with it.")},
    )
    language = forms.ChoiceField(choices=settings.LANGUAGES, label=_("Language of mails"))
    digest = forms.BooleanField(required=False, label=_("A mail when new drafts wait"))
    reminders = forms.BooleanField(
        required=False, label=_("A reminder before a draft expires undecided")
    )
    asks = forms.BooleanField(
        required=False, label=_("When somebody hands me a post, or names me in a comment")
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        self.person = person
        kwargs["initial"] = {
            "name": person.name,
            "language": person.language or get_language(),
            "digest": person.gets_digest,
            "reminders": person.gets_reminders,
            "asks": person.gets_asks,
        }
        super().__init__(*args, **kwargs)

    def save(self) -> Person:
        """Store what was chosen; what stays as the role says goes on following the role."""
        person, data = self.person, self.cleaned_data
        person.name = data["name"]
        person.language = data["language"]
        if data["digest"] != person.gets_digest:
            person.wants_digest = data["digest"]
        if data["reminders"] != person.gets_reminders:
            person.wants_reminders = data["reminders"]
        if data["asks"] != person.gets_asks:
            person.wants_asks = data["asks"]
        person.save(
            update_fields=["name", "language", "wants_digest", "wants_reminders", "wants_asks"]
        )
        return person


class InviteForm(forms.Form):
    """A new colleague."""

    name = forms.CharField(
        max_length=150,
        label=_("Name"),
        error_messages={"required": _("Write your colleague’s name.")},
    )
    may = forms.ChoiceField(
        choices=MAY,
        label=_("What may they do?"),
        error_messages={"required": _("Choose what your colleague may do.")},
    )
    email = forms.EmailField(
        required=False,
        max_length=254,
        label=_("Mail address (optional)"),
        error_messages={"invalid": _("Write a mail address, such as sian@example.org.")},
    )

    def clean_email(self) -> str:
        """An address is one person's."""
        email: str = self.cleaned_data["email"].lower()
        if email and sign_in.address_taken(email):
            raise ValidationError(gettext("Somebody here has this address already."))
        return email


class WelcomeForm(forms.Form):
    """One's own name, user name and password, after a one-time link."""

    name = forms.CharField(
        max_length=150,
        label=_("Your name"),
        error_messages={"required": _("Write your name: every decision is kept with it.")},
    )
    username = forms.CharField(
        max_length=150,
        label=_("User name"),
        validators=[Person.username_validator],
        error_messages={"required": _("Choose a user name to sign in with.")},
    )
    password = forms.CharField(
        strip=False, label=_("Password"), error_messages={"required": _("Choose a password.")}
    )
    again = forms.CharField(
        strip=False,
        label=_("The same password again"),
        error_messages={"required": _("Type the password a second time.")},
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        self.person = person
        super().__init__(*args, **kwargs)

    @staticmethod
    def first_values(person: Person) -> dict[str, str]:
        """Suggest the name they were invited by, and a user name made of it."""
        fresh = person.username.startswith("new-")
        name = "" if fresh and person.is_superuser else person.name
        return {"name": name, "username": slugify(name) if fresh else person.username}

    def clean_username(self) -> str:
        """Two people cannot share a user name."""
        username: str = self.cleaned_data["username"]
        taken = Person.objects.filter(username__iexact=username).exclude(pk=self.person.pk)
        if taken.exists():
            raise ValidationError(gettext("Somebody has this user name already; choose another."))
        return username

    def clean(self) -> dict[str, Any]:
        """Both passwords must be the same and good."""
        data = self.cleaned_data
        password = data.get("password")
        if password and data.get("again") and password != data["again"]:
            self.add_error("again", gettext("The two passwords differ; type the same one twice."))
        elif password:
            self.person.username = data.get("username", "")
            self.person.name = data.get("name", "")
            try:
                password_validation.validate_password(password, self.person)
            except ValidationError as error:
                self.add_error("password", error)
        return data

    def save(self) -> Person:
        """Store it all."""
        person = self.person
        person.name = self.cleaned_data["name"]
        person.username = self.cleaned_data["username"]
        person.set_password(self.cleaned_data["password"])
        person.language = person.language or get_language() or ""
        person.save()
        return person
