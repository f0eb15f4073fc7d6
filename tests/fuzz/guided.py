"""The coverage-guided fuzzer: `make fuzz`, or `python -m tests.fuzz.guided TARGET SECONDS [CORPUS]`.

Needs atheris, which is a tool of its own and no dependency: `make fuzz` installs it beside the others. A crash is
written to `crash-…`; put its bytes into `tests/fuzz/seeds/TARGET-….bin` when it is mended, where
`test_fuzz.py` plays it for ever.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["bot", "feedparser"]):
    from tests.fuzz.targets import TARGETS

SEEDS = Path(__file__).parent / "seeds"
SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
EXTERNAL = {"feed": ("feeds",), "bulletin": ("bulletins", "govdelivery"), "card": ("govdelivery",)}


def main() -> None:
    """Fuzz one target for so many seconds."""
    name, seconds = sys.argv[1], sys.argv[2]
    corpus = Path(sys.argv[3] if len(sys.argv) > 3 else f"/tmp/herodr-fuzz-{name}")  # noqa: S108
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in SEEDS.glob(f"{name}-*.bin"):
        (corpus / seed.name).write_bytes(seed.read_bytes())
    for folder in EXTERNAL[name]:
        for path in (SAMPLES / folder).glob("*") if SAMPLES.exists() else ():
            if path.is_file() and path.stat().st_size < 60_000:
                (corpus / path.name).write_bytes(b"\0" + path.read_bytes())
    options = [
        f"-max_total_time={seconds}",
        "-timeout=10",
        "-rss_limit_mb=1500",
        "-max_len=20000",
        f"-artifact_prefix={corpus.parent}/{name}-",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
