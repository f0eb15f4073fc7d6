# Set-up happens on first use. If uv is not installed, it is fetched into .tools/; that needs only
# Python 3.11 or newer (with its venv module) and make. docs/decisions/ says why each export is here.
export UV_PYTHON ?= >=3.11
export UV_SYSTEM_CERTS ?= 1
export UV_NATIVE_TLS ?= 1
PYTHON ?= python3
UV := $(or $(shell command -v uv 2>/dev/null),.tools/bin/uv)
RUN := $(UV) run --locked

.DEFAULT_GOAL := help
.PHONY: help run once test check format bench bench-watching faults fuzz learn soak

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: | $(UV) ## Start everything: database, review desk and worker
	@$(RUN) --no-dev python -m bot run

once: | $(UV) ## Make one pass (watch, compose, publish) and end
	@$(RUN) --no-dev python -m bot once

test: | $(UV) ## Run all tests, the browser and PostgreSQL included
	@$(RUN) python -m tests.prepare
	$(RUN) python -m pytest

check: | $(UV) ## Check format, style, types, import direction, migrations and the lock
	$(UV) lock --check
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) mypy
	$(RUN) lint-imports
	DJANGO_SETTINGS_MODULE=config.settings $(RUN) python -m django makemigrations --check --dry-run

format: | $(UV) ## Format the code and mend what can be mended by itself
	$(RUN) ruff check --fix .
	$(RUN) ruff format .

learn: | $(UV) ## Learn the weights of sorting anew from tests/bot/labelled/
	$(RUN) --group learning python -m benchmarks.learning

faults: | $(UV) ## Play every fault, and kill workers, on SQLite and PostgreSQL (about a quarter of an hour)
	$(RUN) python -m tests.faults --runs 1000 --kills 60
	$(RUN) python -m tests.faults --runs 300 --kills 60 --database postgresql

soak: | $(UV) ## A compressed month: faults, kills, restarts, an upgrade, two workers on PostgreSQL (about a quarter of an hour)
	$(RUN) python -m tests.soak

bench: | $(UV) ## Measure: see benchmarks/
	$(RUN) python -m benchmarks.everything
	$(RUN) python -m benchmarks.publishing
	$(RUN) python -m benchmarks.words
	$(RUN) python -m benchmarks.claims
	$(RUN) python -m benchmarks.scale

bench-watching: | $(UV) ## Measure watching beside a bare loop and the package reader (a quarter of an hour)
	$(RUN) python -m benchmarks.watching

fuzz: | $(UV) ## Fuzz the readers of what strangers send (SECONDS=600 each)
	for target in feed bulletin card; do \
	  $(RUN) --with atheris python -m tests.fuzz.guided $$target $(or $(SECONDS),600) || exit 1; \
	done

.tools/bin/uv:
	@echo "Fetching uv into .tools/ (only this once)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv .tools || { echo "Python's venv module is missing: apt install python3-venv"; exit 1; }
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check uv
