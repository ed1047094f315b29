# make bench   set up what is missing and run the benchmarks with the embedded model
# make test    set up what is missing and run the tests, two files at a time
# make setup | lint | types

PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup bench test lint types

setup: .venv/ready

.venv/ready: pyproject.toml constraints.txt
	PYTHON=$(PYTHON) sh tools/new_venv.sh .venv
	$(BIN)/pip install --quiet --editable ".[dev]" --constraint constraints.txt
	touch $@

bench: setup
	$(BIN)/pytest benchmarks/ --tb=no

test: setup
	$(BIN)/pytest -n 2 --dist loadfile

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy
