# `make` alone lists what can be done. Needs Python 3.11 or later; everything else is fetched into .venv and node_modules.
PYTHON ?= python3
PORT ?= 8000
DATA ?= .demo
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help demo dev test check audit bench faults requirements clean python runtime all

help: ## List what can be done
	@echo "Usage: make <target> [PYTHON=python3] [PORT=8000] [DATA=.demo]"
	@sed -nE 's/^([a-z]+):.*## (.*)/  \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'

demo: runtime ## Start everything with demo data and print the address (PORT and DATA may be set)
	@exec $(BIN)/ogpmonitor demo --port "$(PORT)" --data "$(DATA)"

dev: all ## The same, reloading when code or templates change
	@exec $(BIN)/ogpmonitor demo --port "$(PORT)" --data "$(DATA)" --reload

test: check ## Run every check and every test
	@$(BIN)/python -m pytest -n 2 --dist worksteal $(TESTS)

check: all ## Linters, formatting, strict types, import floors, secrets
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@scripts/secrets.sh

audit: python ## Ask whether a pinned package is known to be weak; says what could not be asked
	@$(PYTHON) scripts/audit.py

bench: all ## Measure against named floors and print the ratios
	@$(BIN)/python -m tests.bench $(ROWS)

faults: all ## Kill, stop and fill things under a thousand writes and print the figures
	@OGPMONITOR_TEST_FAULT_WRITES=$${WRITES:-1000} $(BIN)/python -m pytest -q -s tests/faults

requirements: python ## Write the pins anew from pyproject.toml (UPGRADE=1 takes the newest)
	@UPGRADE=$(UPGRADE) scripts/pins.sh $(PYTHON)

clean: ## Delete what was made here: environments, parts, caches, demo data
	@rm -rf .venv build node_modules src/ogpmonitor/static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache $(if $(filter .demo,$(DATA)),.demo)

runtime all: python
	@$(PYTHON) scripts/prepare.py $@

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "Python 3.11 or later is needed and '$(PYTHON)' is not; name another: make PYTHON=python3.12"; exit 1; }
