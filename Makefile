# make demo: start a server with example cards. make test: run the tests.
PYTHON ?= python3
HOME_FOLDER ?= .cardwright
BIN := .venv/bin
# The shuffled order of the tests. Another one finds tests that depend on each other: make test SEED=default
SEED ?= 1266896537
OTHER_PYTHON ?= $(firstword $(foreach name,python3.15 python3.14 python3.13,$(shell $(name) -c 'print("$(name)")' 2>&-)))

NO_OTHER_PYTHON := echo "NOT TESTED on a second Python: found no python3.13 or newer on the PATH; set OTHER_PYTHON to its path"

# The files are run in the order of tests/conftest.py, each by one process.
TWO_PROCESSES := --numprocesses 2 --dist loadfile --no-loadscope-reorder --randomly-seed=$(SEED)

# Python writes bytecode even if the shell forbids it, because the tests start hundreds of processes.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test test-thorough test-long test-other-python lint types reference docs pictures bench clean

demo: .venv/server
	$(BIN)/cardwright demo --home $(HOME_FOLDER) --log-level warning

test: .venv/dev .venv/system
	$(BIN)/pytest -m "not long and not thorough" $(TWO_PROCESSES) --measure first
	@$(if $(OTHER_PYTHON),echo "To run the tests with $(OTHER_PYTHON) as well: make test-other-python",$(NO_OTHER_PYTHON))

# The tests of the files that tests/conftest.py lists as thorough, then the lines that they and `make test` ran.
test-thorough: .venv/dev .venv/system
	$(BIN)/pytest -m "thorough and not long" $(TWO_PROCESSES) --measure more
	$(BIN)/python -m scripts.line_coverage

test-long: .venv/long .venv/system-long test-other-python
	$(BIN)/pytest -m "long or hypothesis" --hypothesis-profile cardwright-long

# Runs all tests with a second Python, in an environment of its own.
test-other-python: .venv/system
	@$(if $(OTHER_PYTHON),,$(NO_OTHER_PYTHON))
	@test -z "$(OTHER_PYTHON)" || { set -e; $(OTHER_PYTHON) -m venv .venv-other; \
		.venv-other/bin/pip install --quiet --disable-pip-version-check --editable ".[dev]"; \
		.venv-other/bin/pytest -m "not long" $(TWO_PROCESSES); }

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: .venv/dev
	$(BIN)/mypy

# Generate the reference pages of operations, commands and settings.
reference: .venv/dev
	$(BIN)/python -m scripts.reference

# Builds the documentation site in build/site, without the network. A warning is an error.
docs: .venv/docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

# Takes the pictures of the documentation from a demo server.
pictures: .venv/dev .venv/system
	$(BIN)/python -m scripts.pictures

bench: .venv/bench .venv/system
	$(BIN)/python -m bench

# Each stamp file marks one installed set of packages in the virtual environment.
.venv/server .venv/dev .venv/docs .venv/long .venv/bench: .venv/%: pyproject.toml | .venv/python
	$(BIN)/pip install --quiet --disable-pip-version-check --editable ".[$*]"
	@$(BIN)/python -m compileall -q src # as pip compiles packages
	@touch $@

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Cardwright needs Python 3.11 or newer; select one with: make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv .venv || \
		{ echo "Python's venv module is missing: apt-get install python3-venv"; exit 1; }
	@touch $@

# Debian packages for the tests.
.venv/system .venv/system-long: scripts/system-packages | .venv/python
	sh scripts/system-packages $(if $(findstring long,$@),long)
	@touch $@

clean:
	rm -rf .venv .venv-other .mypy_cache .pytest_cache .ruff_cache .hypothesis
