# make demo: the server with example cards. make test: everything that must hold.
PYTHON ?= python3
HOME_FOLDER ?= .cardwright
BIN := .venv/bin

# Python keeps what it compiled, whatever the shell says: the tests start hundreds of processes.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test test-long lint types reference docs pictures bench clean

demo: .venv/server
	$(BIN)/cardwright demo --home $(HOME_FOLDER) --log-level warning

test: .venv/dev .venv/system
	$(BIN)/pytest -m "not long" --numprocesses 2 --dist loadfile

test-long: .venv/dev .venv/system-long
	$(BIN)/pytest -m long

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: .venv/dev
	$(BIN)/mypy

# Writes the reference pages of operations, commands and settings from the code.
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

# Each stamp stands for one set of packages in the virtual environment.
.venv/server .venv/dev .venv/docs .venv/bench: .venv/%: pyproject.toml | .venv/python
	$(BIN)/pip install --quiet --disable-pip-version-check --editable ".[$*]"
	@$(BIN)/python -m compileall -q src # what is installed from a package comes compiled too
	@touch $@

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Cardwright needs Python 3.11 or newer; name one with: make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv .venv || \
		{ echo "Python's venv module is missing: apt-get install python3-venv"; exit 1; }
	@touch $@

# What the tests need beside Python packages, from Debian.
.venv/system .venv/system-long: scripts/system-packages | .venv/python
	sh scripts/system-packages $(if $(findstring long,$@),long)
	@touch $@

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis
