"""Says why a piece was drafted or set aside in the language of the page.

Reasons are kept as the words they were given in, English around the source's own in quotation marks. What stands
around the quotations is known, phrase by phrase; what is not known stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Longer phrases before those that they hold.
PHRASES: Sequence[tuple[str, Promise]] = (
    (
        "no words that name a plan, a practice or a report",
        _("no words that name a plan, a practice or a report"),
    ),
    ("not enough to say that it is announced", _("not enough to say that it is announced")),
    ("took it out of what was set aside", _("took it out of what was set aside")),
    ("brought the same news first", _("brought the same news first")),
    ("says that it is a plan", _("says that it is a plan")),
    ("says that it is a practice", _("says that it is a practice")),
    ("says that it is a report", _("says that it is a report")),
    ("it reads like a plan", _("it reads like a plan")),
    ("it reads like a practice", _("it reads like a practice")),
    ("it reads like a report", _("it reads like a report")),
    ("named in the title", _("named in the title")),
    ("in the summary", _("in the summary")),
    ("in its address", _("in its address")),
    ("in the title", _("in the title")),
    ("a thing done", _("a thing done")),
    ("it tells how", _("it tells how")),
    ("as a whole", _("as a whole")),
    ("only", _("only")),
    ("with", _("with")),
)
# What is on a page and no news.
FURNITURE: Sequence[tuple[str, Promise]] = (
    ("the page's About block", _("the page's About block")),
    ("contact details", _("contact details")),
    ("links to social media", _("links to social media")),
    ("a look back", _("a look back")),
    ("legal notices", _("legal notices")),
    ("a list of contents", _("a list of contents")),
    ("subscription details", _("subscription details")),
    ("advertising", _("advertising")),
    ("a calendar", _("a calendar")),
    ("a list of links", _("a list of links")),
    (
        "an appeal for support or contributions",
        _("an appeal for support or contributions"),
    ),
    ("a request for feedback", _("a request for feedback")),
    ("a standing column", _("a standing column")),
    ("a correction to an earlier text", _("a correction to an earlier text")),
    ("a closing word", _("a closing word")),
    ("a word of welcome", _("a word of welcome")),
    ("a list of people", _("a list of people")),
    ("a standing reminder", _("a standing reminder")),
    ("the introduction", _("the introduction")),
    ("the page's header", _("the page's header")),
    ("the page's footer", _("the page's footer")),
    ("the introduction to a section", _("the introduction to a section")),
    ("shown twice on the page", _("shown twice on the page")),
    ("the same in another language", _("the same in another language")),
    ("text without a heading", _("text without a heading")),
    ("a list of names or dates", _("a list of names or dates")),
)
_WHOLE = dict(FURNITURE)
_PARTS = dict(PHRASES)
_PART = re.compile("|".join(rf"\b{re.escape(phrase)}\b" for phrase, _said in PHRASES))
_QUOTED = re.compile(r"(“[^”]*”)")


def reason(text: str) -> str:
    """Return a stored reason in the language that is active; quotations, and what is not known, as they are."""
    if text in _WHOLE:
        return str(_WHOLE[text])
    return "".join(
        part if part.startswith("“") else _PART.sub(lambda found: str(_PARTS[found[0]]), part)
        for part in _QUOTED.split(text)
    )
