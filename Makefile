# Two commands matter: `make run` and `make test`. Both set up everything they need on a fresh checkout.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
PORT ?= 8000
export DEMONSTRATION ?= 1
export PORT

.PHONY: help run test test-thorough test-next check bench lighthouse reliability lock screenshots clean

help:            ## this list
	@grep -hE '^[a-z-]+: .*##|^[a-z-]+:  +##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

.venv/.ready: requirements.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is needed."; exit 1; }
	@echo "Setting up the environment in .venv (about a minute, once) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

run: .venv/.ready  ## set up all, fill a demonstration clinic, serve it on PORT (default 8000)
	@$(BIN)/python deploy/run_demonstration.py

test: .venv/.ready  ## the suite on SQLite, and on PostgreSQL where its programs are installed
	@$(BIN)/python tests/support/run_suite.py

test-thorough: .venv/.ready  ## the suite, and every journey again in harder clothes and on the second database
	@$(BIN)/python tests/support/run_suite.py --thorough

test-next: .venv/.ready  ## the suite on Django 6.1, where Python 3.12 or newer is found
	@sh tests/support/next_django.sh

check: .venv/.ready  ## lint, types, layers, templates, migrations, settings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check --fail-level WARNING
	@sh tests/support/check_production.sh

bench: .venv/.ready  ## ratios against measured floors on both databases; writes benchmarks/last.json
	@$(BIN)/python benchmarks/run.py

lighthouse: .venv/.ready  ## public pages as Lighthouse sees them on a phone, where Node.js and Chromium are found
	@$(BIN)/python benchmarks/lighthouse.py

reliability: .venv/.ready  ## 10,000 attempts at once on each database, their history replayed against a plain model
	@$(BIN)/python -m benchmarks.reliability.run

lock: .venv/.ready  ## compile requirements.lock from pyproject.toml, with hashes and without download addresses
	$(BIN)/pip-compile --quiet --all-extras --generate-hashes --allow-unsafe --strip-extras --resolver=backtracking \
	  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options --no-header -o requirements.lock pyproject.toml

screenshots: .venv/.ready  ## take the README's pictures from the running code
	@$(BIN)/python tests/support/take_screenshots.py

clean:           ## remove the environment and the demonstration's data
	rm -rf .venv var static-built
