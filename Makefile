# make bench   set up what is missing and run the benchmarks with the embedded model
# make real    set up what is missing and ask a real model of 135 M parameters; OPTIONS="--source test.jsonl" for your rows
# make test    set up what is missing and run the tests, two files at a time
# make setup | lint | types

PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup bench real test lint types

# Two thirds of what is installed is imported by nobody here: Python compiles the rest at its first import, once if it may write.
unexport PYTHONDONTWRITEBYTECODE

setup: .venv/ready

.venv/ready: pyproject.toml constraints.txt | $(BIN)/pip
	$(BIN)/pip install --quiet --no-compile --editable ".[dev]" --constraint constraints.txt
	touch $@

$(BIN)/pip:
	PYTHON=$(PYTHON) sh tools/new_venv.sh .venv

bench: setup
	$(BIN)/pytest benchmarks/ --tb=no

OPTIONS ?= --source synthetic --sample 8 --max-new-tokens 160

real: setup
	$(BIN)/python -m tools.fetch_real_model build/real
	$(BIN)/pytest benchmarks/ -k gsm8k --tb=no --model build/real/smollm2-135m-instruct $(OPTIONS)

test: setup
	$(BIN)/pytest -n 2 --dist loadfile

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy
