# Two commands: `make run` and `make test`. Both make what they need.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: help run test lint check bench
help:
	@echo "make run    serve Plumbline (builds the sample company if there is no store)"
	@echo "make test   run every test"
	@echo "make check  ruff, mypy and the import direction"
	@echo "make bench  print the benchmark table"

run: $(VENV)/installed
	@$(BIN)/python -m analytics demo --if-none
	$(BIN)/streamlit run app.py

# In the order of collection: the browser, with the longest tests, comes early and leaves no worker alone at the end.
test: $(VENV)/installed-dev
	@tests/install_chromium.sh
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/bandit -q -c pyproject.toml -r analytics pages app.py

check: lint
	$(BIN)/python -m pytest tests/test_architecture.py

bench: $(VENV)/installed-dev
	$(BIN)/python -m tests.benchmarks

$(VENV)/installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Plumbline needs Python 3.11 or newer: make PYTHON=python3.11 run"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt requirements-spark.txt $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
