# make run | test | lint | format | bench | coverage | confusion | learning | faults | files | lock | audit | sbom | venv
SHELL := /bin/bash
.DEFAULT_GOAL := run
PYTHON ?= $(firstword $(foreach p,python3 python3.14 python3.13 python3.12 python3.11,$(shell $(p) -c 'import sys; print("$(p)" if sys.version_info >= (3, 11) else "")' 2>/dev/null)))
BIN := .venv/bin
PRODUCT := .venv/.installed-$(shell cksum < requirements.lock | tr ' ' '-')
TESTING := .venv/.testing-$(shell cat requirements.lock requirements-s3.txt requirements-dev.txt | cksum | tr ' ' '-')
RELEASE := .venv/release
TEMPLATES := $(wildcard */templates */*/templates)
ARGS ?=

.PHONY: run test lint lint-types lint-rest format bench coverage confusion learning faults files mutants lock audit sbom venv
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
# As in the notebook's own analyses: several threads of algebra in each of several processes wait for one another.
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
# Otherwise each of the many processes that the notebook and its tests start compiles all of it anew.
unexport PYTHONDONTWRITEBYTECODE

run: $(PRODUCT)
	@exec $(BIN)/python manage.py up

test: $(TESTING)
	@scripts/ensure_chromium.sh $(BIN)/python
	@exec $(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(TESTING)
	@$(MAKE) --no-print-directory --jobs 2 --output-sync lint-types lint-rest

lint-types:
	$(BIN)/mypy

lint-rest:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(BIN)/djhtml --check --tabwidth 2 $(TEMPLATES)
	$(BIN)/djlint --quiet --lint $(TEMPLATES)
	$(BIN)/python scripts/vendor.py --check

format: $(TESTING)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djhtml --tabwidth 2 $(TEMPLATES)

bench: $(TESTING)
	@exec $(BIN)/python -m pytest tests/benchmarks -q -s -o python_files='bench_*.py' $(ARGS)

# An hour with 200 draws a case; writes docs/reference/coverage.md. METHODS="sclc ta-global" makes their rows alone, METHODS=missing those that are not there.
coverage: $(TESTING)
	@$(BIN)/python -m tests.analysis.techniques.coverage $(or $(DRAWS),200) $(METHODS)

# A quarter of an hour with 200 patterns a case; writes docs/reference/xrd-confusion.md.
confusion: $(TESTING)
	@$(BIN)/python -m tests.analysis.techniques.xrd.diffraction.confusion $(or $(DRAWS),200)

# Ten minutes with 24 labs a family; writes docs/reference/forecast-learning.md. ONLY=boundaries: that section alone.
learning: $(TESTING)
	@$(BIN)/python -m tests.analysis.forecast.learning $(or $(LABS),24) $(ONLY)

# Three hours with 30 times each; the tests try each fault once.
faults: $(TESTING)
	@FAULTS_TIMES=$(or $(TIMES),30) exec $(BIN)/python -m pytest -q tests/faults $(ARGS)

# Some minutes; writes docs/reference/every-file.md. FOLDERS: others than those the tests know.
files: $(TESTING)
	@$(BIN)/python -m tests.analysis.every_file $(FOLDERS)

# Hours for all; MODULE=balance tries one module of the calculator.
mutants: $(TESTING)
	@$(BIN)/mutmut run --max-children 2 $(if $(MODULE),"synthesis.chemistry.$(MODULE)*")
	@$(BIN)/mutmut results

venv: $(TESTING)

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then echo "The notebook needs Python 3.11 or newer, and found none. Install it, or name one as in 'make run PYTHON=/path/to/python3.12'." >&2; exit 1; fi
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python could not make a virtual environment. On Debian and Ubuntu install the package python3-venv." >&2; exit 1; }

# After a change of requirements.txt or requirements-s3.txt: the hash of every file of every package, for Linux, macOS and Windows.
lock: $(RELEASE)/.installed
	@for of in requirements requirements-s3; do $(RELEASE)/bin/uv pip compile $$of.txt --constraint requirements.txt \
	  --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --output-file $$of.lock || exit 1; done

audit: $(RELEASE)/.installed
	@$(BIN)/python scripts/audit.py $(RELEASE)/bin/pip-audit

# CycloneDX, for one release: attach it to the tag.
sbom: $(RELEASE)/.installed
	@$(RELEASE)/bin/cyclonedx-py requirements requirements.lock --output-reproducible --output-file sbom.cdx.json
	@echo "sbom.cdx.json lists what the notebook ships with."

$(RELEASE)/.installed: requirements-release.txt | $(BIN)/python
	@$(BIN)/python -m venv $(RELEASE)
	@$(RELEASE)/bin/python -m pip install --quiet --requirement requirements-release.txt
	@touch $@

# The stamp's name holds the checksum of the requirements, so a change installs anew, once.
$(PRODUCT): | $(BIN)/python
	@echo "Installing what the notebook needs (once, about a minute) ..."
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	@rm -f .venv/.installed-* && touch $@

$(TESTING): | $(PRODUCT)
	@echo "Installing what its tests need (once) ..."
	@$(BIN)/python -m pip install --quiet --requirement requirements-dev.txt
	@rm -f .venv/.testing-* && touch $@
