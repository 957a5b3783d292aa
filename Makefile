# `make` alone lists what there is. Everything happens in .venv, from locked and hashed packages.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

PYTHON ?=
ARTICLES ?=
UPGRADE ?=
RATE ?= 2
TARGET ?=
MINUTES ?=

BIN := .venv/bin
UV ?= $(BIN)/uv
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input install
CHECK_PYTHON := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))

.PHONY: help
help: ## this list
	@printf 'Northwire\n\n'
	@sed -nE 's/^([a-z]+):.*## (.*)$$/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 20
	@printf '\nPYTHON=… chooses the interpreter (3.11 to 3.13).\n'

.PHONY: demo
demo: .venv/.demo ## articles in, alerts on the screen; ARTICLES=path for your own
	@exec $(BIN)/northwire demo $(if $(ARTICLES),"$(ARTICLES)")

.PHONY: test
test: .venv/.dev ## the whole suite; NORTHWIRE_REQUIRE_KAFKA=1 insists on Apache Kafka
	$(BIN)/pytest

.PHONY: unit
unit: .venv/.dev ## the tests that need no broker
	$(BIN)/pytest tests/unit tests/contract

.PHONY: lint
lint: .venv/.dev ## style, formatting, and which room may import which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

.PHONY: types
types: .venv/.dev ## mypy --strict
	$(BIN)/mypy

.PHONY: generated
generated: .venv/.dev ## whether schemas, docs/asyncapi.yaml, docs/metrics.md, dashboards and requirements/ are up to date
	$(BIN)/python -m streams.contracts --check
	$(BIN)/python -m deploy.grafana --check
	@copy=$$(mktemp -d); trap 'rm -rf "$$copy"' EXIT; \
	  cp -r Makefile pyproject.toml requirements "$$copy"; \
	  $(MAKE) --silent -C "$$copy" lock-files UV="$$(realpath "$$(command -v "$(UV)")")"; \
	  diff -r requirements "$$copy/requirements" || \
	    { echo 'requirements/ does not follow from pyproject.toml: run `make lock`.' >&2; exit 1; }

.PHONY: lock
lock: .venv/.dev lock-files ## re-create requirements/ from pyproject.toml; UPGRADE=1 takes newer releases

# A pin that still satisfies pyproject.toml is kept, so a new release elsewhere changes nothing here.
# The first file holds everything, and binds the others to the same versions.
COMPILE := "$(UV)" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade)
PINNED := --constraint requirements/dev.txt

.PHONY: lock-files
lock-files:
	@$(COMPILE) pyproject.toml --extra demo --extra dev --group build --output-file requirements/dev.txt
	@$(COMPILE) pyproject.toml --extra demo --group build $(PINNED) --output-file requirements/demo.txt
	@$(COMPILE) pyproject.toml --extra bench $(PINNED) --output-file requirements/bench.txt
	@$(COMPILE) pyproject.toml --extra fuzz $(PINNED) --output-file requirements/fuzz.txt
	@$(COMPILE) pyproject.toml $(PINNED) --output-file requirements/run.txt
	@$(COMPILE) --group build $(PINNED) --output-file requirements/build.txt

.PHONY: bench
bench: .venv/.bench ## tagging and stories beside their peers, Lucene's verdicts, the workers on Apache Kafka (hours)
	$(BIN)/python -m tests.benchmarks.tagging
	$(BIN)/python -m tests.benchmarks.stories
	$(BIN)/python -m tests.benchmarks.oracle
	$(BIN)/python -m tests.benchmarks.cost
	$(BIN)/python -m tests.benchmarks.overhead
	$(BIN)/python -m tests.benchmarks.throughput
	$(BIN)/python -m tests.benchmarks.latency
	$(BIN)/python -m tests.benchmarks.reload

.PHONY: quality
quality: .venv/.dev ## topics and stories on labelled articles; the matcher beside the reference; every span of real alerts
	$(BIN)/python -m tests.evaluation.tagging
	$(BIN)/python -m tests.evaluation.stories
	$(BIN)/python -m tests.benchmarks.spans
	$(BIN)/python -m tests.unit.tagging.agreement --pairs 100000 --seed 20

.PHONY: kafka
kafka: .venv/.dev ## a real Apache Kafka on a free port, until Ctrl-C
	@exec $(BIN)/python -m tests.clusters.apache --print-bootstrap

.PHONY: stack
stack: .venv/.dev ## everything on this machine, without Docker, watched by Prometheus; RATE=0 for no articles
	@$(BIN)/python -m tests.clusters.local start --rate "$(RATE)"

.PHONY: stop
stop: ## ends what `make stack` started
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m tests.clusters.local stop; else echo 'Nothing runs.'; fi

.PHONY: drills
drills: .venv/.dev ## a quarter of an hour at rest, then a fault, five times at once, and who is paged (half an hour)
	@exec $(BIN)/python -m tests.observability.drills

.PHONY: faults
faults: .venv/.dev ## what kills, freezes and cuts off workers and brokers, under load, and what is missing afterwards (three quarters of an hour)
	@KILLS=20 $(BIN)/pytest -q tests/broker/test_stories.py
	@exec $(BIN)/python -m tests.faults

.PHONY: soak
soak: .venv/.dev ## two hours of 50 articles a second, and whether memory, file handles, threads or latency grow
	@exec $(BIN)/python -m tests.faults.soak --minutes "$(or $(MINUTES),120)"

.PHONY: fuzz
fuzz: .venv/.fuzz ## inputs that nobody would write, led by coverage, for an hour each; MINUTES=1, TARGET=decoding
	@exec $(BIN)/python -m tests.fuzz --minutes "$(or $(MINUTES),60)" $(TARGET)

.PHONY: rehearsal
rehearsal: .venv/.dev ## the image and the units, built, started and driven without Docker (root on Debian, ten minutes)
	$(BIN)/python -m tests.deploy.image
	$(BIN)/python -m tests.deploy.units

.PHONY: clean
clean: ## removes .venv and every cache
	rm -rf .venv .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache dist
	find streams tests deploy -name __pycache__ -prune -exec rm -rf {} +

.venv/.demo: .venv/pyvenv.cfg requirements/demo.txt pyproject.toml
	@echo 'Installing what the demo needs, once: this takes a minute or so.'
	@$(PIP) --require-hashes --requirement requirements/demo.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: .venv/pyvenv.cfg requirements/dev.txt pyproject.toml
	@echo 'Installing what development needs, once: this takes a minute or so.'
	@$(PIP) --require-hashes --requirement requirements/dev.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

# By uv, which holds what builds flashtext to the same hashes.
.venv/.bench: .venv/.dev requirements/bench.txt
	@echo 'Installing what the benchmarks need, once: this takes a minute or so.'
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes --requirement requirements/bench.txt \
	  --build-constraints requirements/bench.txt
	@touch $@

.venv/.fuzz: .venv/.dev requirements/fuzz.txt
	@echo 'Installing what fuzzing needs, once.'
	@$(PIP) --require-hashes --requirement requirements/fuzz.txt
	@touch $@

.venv/pyvenv.cfg:
	@old=; found=; \
	for python in $(if $(PYTHON),"$(PYTHON)",python3.13 python3.12 python3.11 python3); do \
	  "$$python" -c '$(CHECK_PYTHON)' 2>/dev/null || continue; \
	  old=$$python; \
	  "$$python" -c 'import ensurepip, venv' 2>/dev/null || continue; \
	  found=$$python; break; \
	done; \
	if [ -z "$$old" ]; then \
	  echo 'Northwire needs Python 3.11, 3.12 or 3.13$(if $(PYTHON),, on the PATH); PYTHON=/path/to/python chooses one.' >&2; exit 1; \
	elif [ -z "$$found" ]; then \
	  echo "$$old cannot make virtual environments: install its venv package (on Debian or Ubuntu, python3-venv)." >&2; exit 1; \
	fi; \
	echo "Making .venv with $$("$$found" --version)."; \
	"$$found" -m venv .venv
