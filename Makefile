# Every command a person or CI runs. `make help` is the documentation; `make run` and `make test` set themselves up.

PYTHON ?= python3
PORT   ?= 8000
DATA   ?= ./data

VENV   := .venv
BIN    := $(VENV)/bin
RUNS   := $(VENV)/.package
TESTS  := $(VENV)/.development
UV     := uv==0.13.8

WORDS  := $(wildcard src/openpartner/console/locale/*/LC_MESSAGES/*.po)
CODE   := $(wildcard src tests bench tools hatch_build.py)
PYTEST := $(BIN)/python -m pytest

# What says the same on either database runs once; everything else runs on both engines.
NO_DATABASE := $(addprefix --ignore=,$(wildcard tests/unit tests/tidy tests/docs tests/console/browser))
POSTGRES := $(firstword $(wildcard /usr/lib/postgresql/*/bin/pg_ctl) $(shell command -v pg_ctl 2>/dev/null))
CHROMIUM := $(firstword $(foreach program,chromium chromium-browser google-chrome,$(shell command -v $(program))))

# Only `run` and `demo` touch the data a person keeps; every other command reads and writes beside the environment.
export OPENPARTNER_DATA := $(VENV)/data
run demo: export OPENPARTNER_DATA := $(DATA)
run: export OPENPARTNER_PORT := $(PORT)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
unexport PYTHONDONTWRITEBYTECODE  # every process would compile the source anew

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

##@ Use

.PHONY: run
run: $(RUNS) ## Migrate, make the demo channel once and serve it; PORT=8000 DATA=./data
	@$(BIN)/openpartner migrate
	@$(BIN)/openpartner demo --if-missing
	@exec $(BIN)/openpartner serve

.PHONY: demo
demo: $(RUNS) ## Make the demo channel without serving it
	@$(BIN)/openpartner migrate
	@$(BIN)/openpartner demo --if-missing

##@ Test

.PHONY: test
test: $(TESTS) ## Everything on SQLite and, at the same time, what touches a database on PostgreSQL
	@if [ -n "$$OPENPARTNER_TEST_DATABASE_URL$(POSTGRES)" ]; then \
	  $(BIN)/python -m tests.both; \
	elif [ "$$REQUIRE_POSTGRES" = 1 ]; then \
	  echo "PostgreSQL is required (REQUIRE_POSTGRES=1) and was not found: install it or set OPENPARTNER_TEST_DATABASE_URL." >&2; exit 1; \
	else \
	  $(PYTEST) && echo && echo "*** NOT TESTED ON POSTGRESQL: no pg_ctl here. Install postgresql or set OPENPARTNER_TEST_DATABASE_URL. ***"; \
	fi
	@[ -n "$(CHROMIUM)$$REQUIRE_CHROMIUM" ] || { echo; echo "*** NOT TESTED IN A BROWSER: no Chromium here. Install it. ***"; }

.PHONY: test-postgres
test-postgres: $(TESTS) ## What touches a database, on PostgreSQL
	$(PYTEST) --db=postgres $(NO_DATABASE)

.PHONY: sdk
sdk: $(TESTS) ## The vendors' own SDKs against a live server
	$(PYTEST) tests/sdk

.PHONY: prove
prove: $(TESTS) ## The campaigns at full size; writes docs/reference/proof.json
	OPENPARTNER_CAMPAIGN=full $(BIN)/python -m tests.prove

.PHONY: bench
bench: $(TESTS) ## Measure against the floor, on SQLite and PostgreSQL
	$(BIN)/python -m bench

.PHONY: bench-lake
bench-lake: $(TESTS) ## Measure the lake alone: 20,000,000 bill lines in one month
	$(BIN)/python -m bench lake

.PHONY: bench-spark
bench-spark: $(TESTS) ## Close a month on DuckDB and on a Spark cluster, and compare; needs Java 17
	$(BIN)/python -m bench.spark

.PHONY: lines
lines: $(TESTS) ## Line and branch coverage of the suite on SQLite
	$(BIN)/python -m coverage erase
	$(BIN)/python -m coverage run -m pytest
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report

##@ Check

.PHONY: check
check: lint types tidy stale ## All that CI checks, in CI's order

.PHONY: lint
lint: $(TESTS) ## ruff: rules and format; the import contracts
	$(BIN)/python -m ruff check $(CODE)
	$(BIN)/python -m ruff format --check $(CODE)
	$(BIN)/lint-imports --cache-dir $(VENV)/.imports

.PHONY: types
types: $(TESTS) ## mypy, strict
	$(BIN)/python -m mypy $(CODE)

.PHONY: tidy
tidy: $(TESTS) ## The house rules, as tests
	$(PYTEST) tests/tidy -q --durations=0

.PHONY: stale
stale: $(TESTS) ## Refuse generated documents that are not current
	$(BIN)/openpartner docs --check

.PHONY: format
format: $(TESTS) ## Let ruff mend and format
	$(BIN)/python -m ruff check --fix $(CODE)
	$(BIN)/python -m ruff format $(CODE)

##@ Change

.PHONY: operation
operation: $(TESTS) ## Draft an operation: make operation DIALECT=tencent NAME=QueryPartnerCredit AREA=credit
	@$(BIN)/python -m tools.operation "$(DIALECT)" "$(NAME)" "$(AREA)"

.PHONY: migration
migration: $(TESTS) ## Make a named migration: make migration APP=customers NAME=add_remark
	@test -n "$(APP)" && test -n "$(NAME)" || { echo "Give both: make migration APP=customers NAME=add_remark" >&2; exit 2; }
	DJANGO_SETTINGS_MODULE=openpartner.project.settings $(BIN)/python -m django makemigrations $(APP) --name $(NAME)

.PHONY: messages
messages: $(TESTS) ## Take the words of pages into the catalogues of translations, and compile them
	@$(BIN)/python -m tools.messages

.PHONY: docs
docs: $(TESTS) ## Write the generated parts of docs/reference and of the README
	$(BIN)/openpartner docs

.PHONY: coverage
coverage: $(TESTS) ## Gather evidence from the SDK tests, then rewrite the coverage tables
	OPENPARTNER_EVIDENCE=1 $(PYTEST) tests/sdk
	$(BIN)/openpartner docs

.PHONY: lock
lock: ## Resolve the dependencies anew into both lock files
	$(PYTHON) -m venv $(VENV)/lock
	$(VENV)/lock/bin/pip install --quiet $(UV)
	$(VENV)/lock/bin/uv pip compile $(LOCK) --extra build -o requirements.lock pyproject.toml
	$(VENV)/lock/bin/uv pip compile $(LOCK) --extra build --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml

LOCK := --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --strip-extras --no-header

##@ Tree

.PHONY: setup
setup: $(TESTS) ## Make .venv with everything for development

.PHONY: clean
clean: ## Remove the environment and the caches; data stays
	rm -rf $(VENV) build dist htmlcov .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help: ## This list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The environment. A stamp is as old as the lock it was made from, so a changed lock renews it and nothing else does.

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "openpartner needs Python 3.11 or later; name one: make PYTHON=python3.11 ..." >&2; exit 1; }
	@echo "Making $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing; on Debian: apt-get install python3-venv" >&2; rm -rf $(VENV); exit 1; }

$(VENV)/.runtime: requirements.lock | $(VENV)/pyvenv.cfg
	@echo "Installing what requirements.lock names ..."
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@touch $@

# hatch_build.py fetches the console's libraries when their lock has changed, and compiles the translations.
$(RUNS): pyproject.toml hatch_build.py package-lock.json $(WORDS) $(VENV)/.runtime
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(TESTS): requirements-dev.lock $(VENV)/.runtime | $(RUNS)
	@echo "Installing what requirements-dev.lock names ..."
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@
