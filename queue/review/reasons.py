"""Says why a piece was drafted or set aside in the language of the page.

Reasons are kept as the words they were given in, English around the source's own in quotation marks. What stands
around the quotations is known, phrase by phrase; what is not known stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

# Longer phrases before those that they hold.
PHRASES: Sequence[str] = (
    _("no words that name a plan, a practice or a report"),
    _("not enough to say that it is announced"),
    _("took it out of what was set aside"),
    _("brought the same news first"),
    _("says that it is a plan"),
    _("says that it is a practice"),
    _("says that it is a report"),
    _("it reads like a plan"),
    _("it reads like a practice"),
    _("it reads like a report"),
    _("named in the title"),
    _("in the summary"),
    _("in its address"),
    _("in the title"),
    _("a thing done"),
    _("it tells how"),
    _("as a whole"),
    _("only"),
    _("with"),
)
# What is on a page and no news.
FURNITURE: Sequence[str] = (
    _("the page's About block"),
    _("contact details"),
    _("links to social media"),
    _("a look back"),
    _("legal notices"),
    _("a list of contents"),
    _("subscription details"),
    _("advertising"),
    _("a calendar"),
    _("a list of links"),
    _("an appeal for support or contributions"),
    _("a request for feedback"),
    _("a standing column"),
    _("a correction to an earlier text"),
    _("a closing word"),
    _("a word of welcome"),
    _("a list of people"),
    _("a standing reminder"),
    _("the introduction"),
    _("the page's header"),
    _("the page's footer"),
    _("the introduction to a section"),
    _("shown twice on the page"),
    _("the same in another language"),
    _("text without a heading"),
    _("a list of names or dates"),
)
_PART = re.compile("|".join(rf"\b{re.escape(phrase)}\b" for phrase in PHRASES))
_QUOTED = re.compile(r"(“[^”]*”)")


def reason(text: str) -> str:
    """Return a stored reason in the language that is active; quotations, and what is not known, as they are."""
    if text in FURNITURE:
        return gettext(text)
    return "".join(
        part if part.startswith("“") else _PART.sub(lambda found: gettext(found[0]), part)
        for part in _QUOTED.split(text)
    )
