# Every target does its own set-up in .venv; nothing is installed outside this folder.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help setup setup-dev compiled demo crawl serve quick test lint types check lock bench clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.ready          ## the program, at .venv/bin/scrapy
setup-dev: $(VENV)/.ready-dev  ## the program and what tests, lint and types need

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Pantau needs Python 3.11 or newer; this is $$($(PYTHON) -V). Try: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "Python's venv module is missing; on Debian: apt-get install python3-venv"; exit 1; }

$(VENV)/.ready: requirements.lock | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

demo: setup  ## the main job end to end, against the project's own small news web on this machine
	@$(BIN)/python -m tests.demo

crawl: setup  ## the same on the real web: make crawl OUTLET=bharata
	@test -n "$(OUTLET)" || { echo "Which outlet? make crawl OUTLET=bharata; \`$(BIN)/scrapy list\` names them"; exit 2; }
	@$(BIN)/scrapy crawl "$(OUTLET)" $(ARGS)

serve: setup  ## the dashboard on this machine: http://127.0.0.1:8000
	@$(BIN)/scrapy serve $(ARGS)

compiled: setup  ## the modules, compiled for an account that may only read them (docs/operations.md)
	@$(BIN)/python -m compileall -q alerts cli core crawler database health outlets pantau pipelines search settings web

quick: setup-dev  ## the tests that need no server, no browser and no further process: a minute or two
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder --quick -q $(ARGS)

test: setup-dev  ## the whole test suite; ARGS="tests/search -k title" for a part; TEST_KILLS=20 for more kills
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder -q $(ARGS)

lint: setup-dev  ## format, style and import directions
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	PYTHONPATH=. $(BIN)/lint-imports --no-cache

types: setup-dev  ## mypy --strict
	$(BIN)/mypy

check: lint types test  ## all three, as CI runs them

lock:  ## new versions and hashes; needs uv
	uv pip compile -q --no-header --no-annotate --generate-hashes --universal --python-version 3.11 --upgrade \
		pyproject.toml -o requirements.lock
	uv pip compile -q --no-header --no-annotate --generate-hashes --universal --python-version 3.11 --upgrade \
		pyproject.toml --extra dev -o requirements-dev.lock
	uv pip compile -q --no-header --no-annotate --generate-hashes --universal --python-version 3.11 --upgrade \
		--resolution lowest-direct pyproject.toml --extra dev -o requirements-oldest.lock

bench: setup-dev  ## prints tables; docs/benchmarks.md keeps the last ones
	$(BIN)/python benchmarks/throughput.py
	$(BIN)/python benchmarks/many_outlets.py
	$(BIN)/python benchmarks/extraction.py
	$(BIN)/python benchmarks/polling.py
	$(BIN)/python benchmarks/duplicates.py
	$(BIN)/python benchmarks/linking.py --sizes 10000 100000  # a million more take half an hour to make
	$(BIN)/python benchmarks/search.py --sizes 10000 100000

clean:  ## remove what make and the tools made
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
