"""What all tests share."""

from __future__ import annotations

import os

# Playwright's own event loop must not stop Django from asking the database in browser tests.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
