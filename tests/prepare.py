"""Makes sure that what the tests drive is there, installing it where that is possible.

PostgreSQL comes with the development packages. Chromium is the system's: as root on Debian or Ubuntu it is
installed; elsewhere this says exactly what to install, and the browser tests skip (or fail, under CI).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = "Install Chromium: apt install chromium (Debian, Ubuntu), dnf install chromium (Fedora)."


def browser() -> str | None:
    """Return the path of a Chromium on this machine, or None."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def main() -> int:
    """Install Chromium where that is possible. Returns an exit code."""
    if browser():
        return 0
    if os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get"):
        sys.stderr.write("Installing Chromium for the browser tests\n")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
        ):
            subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, check=False)
        if browser():
            return 0
    sys.stderr.write(f"The browser tests need Chromium. {ADVICE}\n")
    return 1 if os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main())
