# The everyday commands; `make` lists them.  Another environment: make test BIN=/path/to/venv/bin
BIN ?= .venv/bin
PYTHON ?= python3
# a checkout's code, whatever version is installed
export PYTHONPATH := $(CURDIR)
# these matrices are small: one thread a process
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1

.DEFAULT_GOAL := help
.PHONY: help setup run quick check lint format types quick-tests test ci docs evidence site baseline wheel

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

setup: ## a virtual environment in .venv with the pinned versions
	$(PYTHON) -m venv .venv
	.venv/bin/pip install -q -c constraints.txt -e '.[dev,docs]'

run: ## verify both variants, write reports/latest
	$(BIN)/python -m verify

quick: ## the smallest verification: one batch of each variant
	$(BIN)/python -m verify --quick

check: lint types quick-tests quick ## what must pass before a commit

lint: ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: ## ruff: repair what can be repaired
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: ## mypy, strict
	$(BIN)/mypy --strict lenet_ref verify

quick-tests: ## the reference, the walls, the plans and the pages, in a minute
	$(BIN)/pytest tests/lenet_ref tests/verify/test_rooms.py tests/verify/expected \
	    tests/verify/cases/test_plan.py tests/docs/test_architecture.py tests/docs/test_readme.py

test: ## all tests, in two processes
	$(BIN)/pytest -n 2 --dist loadfile

ci: ## the gate, as from a clean checkout: sets up .venv, tests, lint, types
	bash .ci/run

docs: ## make the pictures and docs/errata.md again
	$(BIN)/python docs/pictures/make.py
	$(BIN)/python docs/pictures/screens.py
	$(BIN)/python -m verify errata --markdown docs/errata.md

evidence: ## ask all policies about all mistakes again: docs/evidence.md and its picture
	$(BIN)/python -m verify evidence --markdown docs/evidence.md
	$(BIN)/python docs/pictures/evidence.py

site: ## the documentation as a site, in build/site
	$(BIN)/python docs/site/build.py

baseline: ## make the committed report again
	$(BIN)/python -m verify --out reports/baseline

wheel: ## build the wheel into dist/
	$(BIN)/pip wheel -q --no-deps -w dist .
