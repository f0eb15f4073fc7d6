"""The settings page: what the house runs with, where each value comes from, and how it is changed."""

from __future__ import annotations

import os

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from config import schema
from review import running
from review.views.common import desk, page, signed_in


@desk
@require_safe
def house(request: HttpRequest) -> HttpResponse:
    """Show the settings; the machine's own, mail and sign-in only to administrators. No secret is shown."""
    try:
        configuration = schema.current(settings.HERODR_CONFIG)
    except schema.ConfigurationError:
        return page(
            request, "settings", {"sections": [], "live": 0}
        )  # the banner says what is wrong
    context = {
        "sections": running.sections(
            configuration,
            environment=os.environ,
            now=timezone.now(),
            all_of_it=signed_in(request).is_superuser,
        ),
        "live": sum(account.live for account in configuration.accounts),
        "accounts": len(configuration.accounts),
    }
    return page(request, "settings", context)
