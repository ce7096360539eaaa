# What to run here. Each recipe is a line; the work is done by Python and by tools/.

PYTHON ?= python3
PY = .venv/bin/python
PYTEST = $(PY) -m pytest
SOURCES = src tests tools bench examples
# Files of tests are dealt out to a process for each processor. Long suites come first, an order
# that pytest-xdist is to keep: nobody waits at the end for one.
ABREAST = -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help setup demo format lint types contracts quick test deep tagger transformer hostile docs vectors bench bench-peers eval check audit generate words coverage

help: ## Say what there is to run
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Make .venv and install what the service needs
	@$(PYTHON) tools/setup.py base

demo: setup ## See what you wrote, what left and what came back; leaves the service running
	@.venv/bin/curtilage demo $(ARGS)

format: dev ## Lay out the code and mend what can be mended
	@$(PY) -m ruff format . && $(PY) -m ruff check --fix .

lint: dev ## Check layout and habits
	@$(PY) -m ruff format --check . && $(PY) -m ruff check .

types: dev ## Check types
	@$(PY) -m mypy

contracts: dev ## Check that imports point down
	@.venv/bin/lint-imports --no-cache

quick: tested ## Run the tests that need no browser and no server; under a minute
	@$(PYTEST) -q -m "not deep and not slow and not browser and not postgres and not redis" $(ABREAST)

test: export PYTHONDONTWRITEBYTECODE := # every service of theirs would compile its code anew
test: tested framed adapted fuzzed ## Run all tests; installs what they need
	@$(PYTEST) -q -rs -m "not deep" $(ABREAST) $(ARGS)

deep: tested framed adapted fuzzed ## Run the long ones: fuzzing, fifty kills, a million cases
	@$(PYTEST) -q --hypothesis-profile deep --timeout 7200 $(ARGS)

coverage: dev ## Say which branches no test takes, above all in the pure rooms
	@$(PY) -m coverage erase && $(PY) -m coverage run -m pytest -q -m "not deep and not browser"
	@$(PY) -m coverage combine -q && $(PY) -m coverage report

vectors: tested ## Compare with published test vectors and our own
	@$(PYTEST) -q tests/vectors

bench: tested ## Measure, against peers in the same run and against our own gates
	@$(PYTHON) tools/setup.py peers
	@$(PY) -m bench $(ARGS)

bench-peers: tested ## Measure the gateway beside nginx, FastAPI, Portkey and LiteLLM
	@$(PYTHON) tools/setup.py peers
	@$(PY) -m bench.gateway $(ARGS)

tagger: ## Train the compact tagger anew; DATA is the folder of labelled texts
	@$(PYTHON) -m venv .venv-tagger
	@.venv-tagger/bin/pip install -q --no-deps -r tools/tagger/requirements.txt
	@PYTHONPATH=src:. .venv-tagger/bin/python -m tools.tagger.train $(DATA) $(ARGS)

transformer: ## Train the larger tagger anew; DATA is the folder of labelled texts
	@$(PYTHON) -m venv .venv-transformer
	@.venv-transformer/bin/pip install -q -r tools/tagger/transformer/requirements.txt
	@PYTHONPATH=src:. .venv-transformer/bin/python -m tools.tagger.transformer.train $(DATA) $(ARGS)

eval: tested ## Say how good detection is on development data; DATA= is where tables and labelled text lie
	@$(PY) -m bench.quality $(if $(DATA),--data $(DATA)) $(ARGS)

docs: documented ## Build the documentation into site/; warnings are errors
	@$(PY) tools/docs.py

generate: dev ## Write the generated pages of the reference anew
	@$(PY) tools/reference.py

words: tested ## Collect what pages say, bring the catalogues up to date and compile them
	@$(PY) tools/translations.py

hostile: dev framed ## Train the model that tells hostile text by its wording
	@$(PY) -W ignore -m tools.hostile.train

audit: dev ## Ask the advisory service about the locked dependencies
	@$(PY) tools/audit.py

check: lint types contracts quick docs ## What to run before you propose a change

.PHONY: dev tested framed adapted fuzzed documented
tested:
	@$(PYTHON) tools/setup.py test
framed:
	@$(PYTHON) tools/setup.py frameworks
adapted:
	@$(PYTHON) tools/setup.py adapters
fuzzed:
	@$(PYTHON) tools/setup.py fuzz
dev:
	@$(PYTHON) tools/setup.py dev
documented:
	@$(PYTHON) tools/setup.py docs
