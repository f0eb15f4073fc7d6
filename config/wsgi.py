"""The WSGI application for gunicorn."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()


def _learn_networks() -> None:
    """Make the networks that other packages add known to the desk, whichever server serves it."""
    from django.conf import settings

    from bot.networks import registry
    from config import schema

    try:
        accounts = schema.current(settings.HERODR_CONFIG).accounts
    except schema.ConfigurationError:
        return  # the desk says so on its pages
    registry.learn(account.network for account in accounts)


_learn_networks()
