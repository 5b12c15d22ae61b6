# Two commands: `make demo` grades a made-up class, `make test` runs linters and all tests.
# PIP_ARGS are options for pip, for example another index: see README.md, "PyTorch".

PYTHON ?= python3
PIP_ARGS ?=
N ?= 100
VENV := .venv
BIN := $(CURDIR)/$(VENV)/bin


# the range of minor versions of Python 3 in pyproject.toml: from OLDEST on, below BEYOND
ADMITTED := $(shell sed -n 's/^requires-python = ">=3\.\([0-9]*\),<3\.\([0-9]*\)"/\1 \2/p' pyproject.toml)
OLDEST := $(word 1,$(ADMITTED))
BEYOND := $(word 2,$(ADMITTED))
# the oldest Python that the notebook runs on
STUDENTS := 3.10
GIVEN := $(BIN)/mypy --strict --cache-dir ../../.mypy_cache/given
COMPILE := pip compile --universal --no-annotate --no-header --quiet

.PHONY: help setup demo test lint check bench screens regenerate lock clean

help:
	@echo "make demo        grades a made-up class, from release to feedback, in demo/course/"
	@echo "make test        runs linters, types and all tests"
	@echo "make bench       compares the speed with stock nbgrader: about twenty minutes"
	@echo "make screens     makes the docs' pictures with a real browser"
	@echo "make regenerate  makes release/ and reference_solution/ from source/"
	@echo "make lock        makes requirements.lock and the students' locks, for all versions of Python"
	@echo "make clean       removes the virtual environment and the demo's files"

setup: $(VENV)/ready

$(VENV)/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, $(OLDEST)) <= sys.version_info[:2] < (3, $(BEYOND)))' \
		2>/dev/null || { \
		echo "Error: Python must be at least 3.$(OLDEST) and older than 3.$(BEYOND), but $(PYTHON) is" \
			"$$($(PYTHON) --version 2>/dev/null || echo missing): name another one, as in" \
			"\`make $(or $(MAKECMDGOALS),setup) PYTHON=/path/to/python3.$(OLDEST)\`" >&2; exit 1; }
	@echo "Setting up $(VENV): a few minutes the first time"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(PIP_ARGS) -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup
	@$(BIN)/python -m demo

test: lint check

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	cd source/dropout_l2 && $(GIVEN) layers activations losses model visible_checks check.py
	cd source/dropout_l2 && $(GIVEN) --python-version $(STUDENTS) --follow-imports silent visible_checks check.py

# three at a time on two cores, since tests wait for a third of their time
check: setup
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest --numprocesses 3 --dist loadscope --no-loadscope-reorder
	$(BIN)/coverage combine --quiet
	@$(BIN)/python -m tests.coverage_by_room

bench: setup
	@$(BIN)/python -m bench --submissions $(N)

screens: setup
	SCREENS=docs/screens $(BIN)/python -m pytest tests/test_screens.py \
		tests/test_demo.py::test_class_report_is_shown_by_a_browser

regenerate: setup
	for name in $(notdir $(wildcard source/*)); do \
		$(BIN)/nbgrader generate_assignment $$name --force && \
		$(BIN)/nbgrader generate_solution $$name --force || exit 1; \
	done

# first that of the graders and developers, then the students', with the same versions where Python
# 3.10 admits them
lock: setup
	$(BIN)/uv $(COMPILE) --all-extras --group dev --output-file requirements.lock \
		pyproject.toml $(wildcard source/*/requirements.txt)
	for needs in $(wildcard source/*/requirements.txt); do \
		cp requirements.lock $${needs%.txt}.lock && \
		$(BIN)/uv $(COMPILE) --python-version $(STUDENTS) --output-file $${needs%.txt}.lock $$needs \
		|| exit 1; \
	done

clean:
	rm -rf $(VENV) demo/course
