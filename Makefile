# Versus. `make` sets up what is missing and builds the example publication.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --require-hashes
UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.PHONY: all setup setup-test setup-e2e test e2e fuzz audit sbom bench bench-peers bench-pdf bench-related check format lock catalogues screenshots golden clean help

all: setup ## Set up what is missing and build the example publication (the default)
	$(BIN)/python build.py

# Compiled here as pip compiles packages: where Python may not write, each start would do it anew.
setup: $(VENV)/.installed ## Install what building needs: system libraries, fonts, .venv
	@$(BIN)/python -m compileall -q versus

test: setup-test ## Set up what is missing and run the quick tests
	$(BIN)/python -m pytest -n auto -m "not e2e"

e2e: setup-e2e ## Run the end-to-end tests: browser, PDFs, other programs
	$(BIN)/python -m pytest -n 2 --dist loadfile -m e2e --durations 25

fuzz: setup-test ## Fuzz the loader, the escapes and the fields for ten minutes; SECONDS=N for N
	$(PIP) --requirement requirements-fuzz.lock
	$(BIN)/python scripts/fuzz.py $(or $(SECONDS),600)

audit: $(VENV)/.installed-audit ## Ask whether a known vulnerability is in what we use
	$(BIN)/pip-audit --require-hashes --disable-pip --strict -r requirements.lock

sbom: $(VENV)/.installed-audit ## List what a build is made of as out/sbom.cdx.json (CycloneDX)
	$(BIN)/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml \
		--output-reproducible --of JSON -o out/sbom.cdx.json

bench: setup ## Measure how long commands take
	$(BIN)/python bench/speed.py

bench-peers: setup bench/.venv/.installed ## Measure beside Hugo, Eleventy, Pelican, MkDocs; ARGS="--articles 1000 --runs 3"
	$(BIN)/python bench/peers.py $(ARGS)

bench-pdf: setup bench/.venv/.installed ## Measure PDFs beside plain WeasyPrint, pandoc and Typst; ARGS="--articles 40"
	$(BIN)/python bench/pdf.py $(ARGS)

bench-related: setup ## Measure related posts; DOCS="FILE..." adds collections with known links
	$(BIN)/python bench/related.py $(DOCS) --made 1000 --made 10000

check: setup-test ## Lint, check formatting and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup-test ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: setup-test ## Choose the newest versions that pyproject.toml allows
	$(PIP:--require-hashes=) uv
	$(UV_COMPILE) --upgrade pyproject.toml -o requirements.lock
	$(UV_COMPILE) --upgrade pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	$(UV_COMPILE) --upgrade bench/requirements.in -o bench/requirements.lock
	$(UV_COMPILE) --upgrade --group audit -c requirements-dev.lock -o requirements-audit.lock
	$(UV_COMPILE) --upgrade --group fuzz -o requirements-fuzz.lock

catalogues: setup-test ## Bring the translations of templates' words up to the templates
	PYTHONPATH=. $(BIN)/python scripts/catalogues.py

screenshots: setup-e2e ## Take the pictures of the example publication that README shows
	$(BIN)/python scripts/screenshots.py docs

golden: setup-test ## Take anew the pictures of pages that tests compare with; look at them
	GOLDEN=renew $(BIN)/python -m pytest tests/test_pdf_looks.py

clean: ## Remove what builds wrote, and .venv
	if [ -x $(BIN)/python ]; then $(BIN)/python build.py clean; fi
	rm -rf $(VENV) bench/.venv

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup-test: setup $(VENV)/.installed-test

setup-e2e: setup-test $(VENV)/.installed-e2e

$(VENV)/.installed: requirements.lock scripts/system-packages
	@PYTHON=$(PYTHON) sh scripts/system-packages
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name one with make PYTHON=..." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing Python packages into $(VENV)" >&2
	@$(PIP) --requirement requirements.lock
	@touch $@

$(VENV)/.installed-test: requirements-dev.lock $(VENV)/.installed
	@PYTHON=$(PYTHON) sh scripts/system-packages test
	@echo "Installing what tests need into $(VENV)" >&2
	@$(PIP) --requirement requirements-dev.lock
	@touch $@

$(VENV)/.installed-audit: requirements-audit.lock $(VENV)/.installed
	@$(PIP) --requirement requirements-audit.lock
	@touch $@

$(VENV)/.installed-e2e: tests/npm/package-lock.json tests/npm/package.json \
		tests/servers/package-lock.json scripts/test-servers $(VENV)/.installed-test
	@PYTHON=$(PYTHON) sh scripts/system-packages e2e
	@echo "Installing validators into tests/npm" >&2
	@cd tests/npm && npm ci --silent
	@PYTHON=$(PYTHON) sh scripts/test-servers
	@touch $@

bench/.venv/.installed: bench/requirements.lock bench/npm/package-lock.json
	@command -v npm > /dev/null || { echo "npm is needed for Eleventy: sh scripts/system-packages e2e" >&2; exit 1; }
	@echo "Installing peers into bench/.venv and bench/npm" >&2
	@test -x bench/.venv/bin/python || $(PYTHON) -m venv bench/.venv
	@bench/.venv/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes --requirement bench/requirements.lock
	@cd bench/npm && npm ci --silent
	@touch $@
