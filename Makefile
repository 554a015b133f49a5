# Two commands matter: `make serve` and `make test`. Each sets up what it needs in .venv, once.

PORT ?= 8000
HOST ?= 127.0.0.1
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	if command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	then echo $$p; break; fi; done)
PIP = .venv/bin/python -m pip install --quiet --disable-pip-version-check

.PHONY: help serve test check lint bench certify clean

help:
	@echo "make serve   the knowledge graph at http://$(HOST):$(PORT) (choose with PORT=)"
	@echo "make test    every test that this machine can run"
	@echo "make check   judge the content by every rule"
	@echo "make lint    style and types of the code, form of the content"
	@echo "make bench   measure beside others, quarter of an hour; writes benchmarks/RESULTS.md"
	@echo "make certify everything there is, at length; writes docs/certified.md"

serve: .venv/.runtime
	@.venv/bin/dditkg serve --host $(HOST) --port $(PORT)

test: .venv/.dev
	@.venv/bin/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

check: .venv/.runtime
	@.venv/bin/dditkg check

lint: .venv/.dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/dditkg fmt --check

bench: .venv/.bench
	@.venv/bin/python benchmarks/run.py

certify:
	@.ci/certify

clean:
	rm -rf .venv .venv-oracle .cache build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "dditkg needs Python 3.11 or newer, and none was found. Install it, or name it: make PYTHON=/path/to/python3.11 …"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) lacks the venv module. On Debian or Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Setting up .venv with $(PYTHON) …"
	@$(PYTHON) -m venv .venv

.venv/.runtime: pyproject.toml | .venv/bin/python
	@echo "Installing what the service needs …"
	@$(PIP) -e .
	@touch $@

.venv/.dev: pyproject.toml | .venv/bin/python
	@echo "Installing what the tests need …"
	@$(PIP) -e '.[dev]'
	@touch $@ .venv/.runtime

.venv/.bench: pyproject.toml | .venv/bin/python
	@echo "Installing what is measured …"
	@$(PIP) -e '.[bench]'
	@touch $@
