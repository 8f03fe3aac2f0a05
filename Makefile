# The two commands of the README: `make demo` and `make test`. Both set up .venv on their own.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test fast lint types docs js check bench clean

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt torch
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

$(VENV)/installed-docs: $(VENV)/installed
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[docs]'
	touch $@

demo: $(VENV)/installed
	$(BIN)/tunescope demo --out tunescope-demo

# Everything: tests, and the examples in docstrings.
test: $(VENV)/installed
	$(BIN)/python -m pytest -n 2 --dist loadfile

# The part that takes less than a minute: the rooms whose tests train nothing; no browser, no real data, nothing slow.
FAST := tests/records tests/findings tests/execution tests/storage tests/tasks tests/integrations/test_vectors.py \
	tests/integrations/test_published_files.py tests/test_imports.py tests/test_ci.py tests/test_docstrings.py
fast: $(VENV)/installed
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not slow and not browser and not real_data" $(FAST)


lint: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m numpydoc.cli lint $$(git ls-files 'src/*.py')
	$(BIN)/lint-imports

types: $(VENV)/installed
	$(BIN)/mypy

docs: $(VENV)/installed-docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

# Static checks and unit tests of the page's programs; needs Node.js, which no user does.
js: $(VENV)/installed
	$(BIN)/python tests/js/write_modules.py
	cd tests/js && npm ci --no-audit --no-fund --loglevel=error && npm run --silent check

check: lint types docs js test

bench: $(VENV)/installed
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) build dist tunescope-demo
