# `make serve` and `make test` are all a newcomer needs; `make help` lists the rest.
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
PY := $(VENV)/bin/python
export PYTHONDONTWRITEBYTECODE :=
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup site serve test numbers lint exercises packages bench bench-models bench-grading bench-site lock newest clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(VENV)/.ready ## virtual environment with the locked packages

$(VENV)/.ready: requirements.txt constraints.txt pyproject.toml workbook/setup.sh
	@bash workbook/setup.sh "$(PYTHON)" "$(VENV)" constraints.txt

site: setup ## build the site into _build/site
	@$(PY) -m workbook site

serve: site ## build and serve at http://localhost:8000 (another port with PORT=)
	@$(PY) -m workbook serve --port $(PORT)

exercises: setup ## learners' notebooks and references from their sources
	@$(PY) -m workbook exercises

packages:
	@bash workbook/system_packages.sh

lint: setup ## style of the code
	@echo "· Checking the style of the code." >&2
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

test: setup packages lint site ## everything: style, site, notebooks, library, browser
	@echo "· Running the tests." >&2
	@$(PY) -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

numbers: setup ## the library's tests alone, in the browser's Python
	@$(PY) -m workbook.pyodide_tests

bench: bench-models bench-grading bench-site ## measured ratios, see benchmarks/README.md

bench-models: setup
	@$(PY) -m benchmarks.models $(BENCH)

bench-grading: setup
	@$(PY) -m benchmarks.grading $(BENCH)

bench-site: setup packages site
	@$(PY) -m benchmarks.site

lock: ## write constraints.txt (run it with the oldest Python that is to work: PYTHON=/usr/bin/python3)
	@bash workbook/lock.sh "$(PYTHON)"

newest: ## run the tests with the newest of every package instead of the locked ones
	@rm -rf .venv-newest && bash workbook/setup.sh "$(PYTHON)" .venv-newest ""
	@$(MAKE) --no-print-directory test VENV=.venv-newest

clean: ## remove everything built (the virtual environment stays)
	@rm -rf _build
