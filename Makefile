# The two commands of the README are `make demo` and `make test`; `make help` lists the rest.
# Nothing has to be installed by hand: a Python 3.11 or newer with venv, make, git and the package index are enough.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
LOCKS := $(wildcard requirements/dev-*.lock)

.DEFAULT_GOAL := help
.PHONY: help setup demo test image-tools check lint types contracts format lock-dev fidelity fidelity-tags fidelity-plans fidelity-real fidelity-installs verify-article case-study case-study-page mutate-check bench clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(STAMP) ## Make the virtual environment

$(STAMP): pyproject.toml requirements/dev.txt $(LOCKS) requirements/install_dev.py
	@test -x $(BIN)/python || $(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python requirements/install_dev.py
	@touch $@

demo: $(STAMP) ## Lock the article's nine lines for python:3.6.8, and say what to do next
	@mkdir -p build
	$(BIN)/pipfreeze-lock lock --base-image python:3.6.8 -o build/requirements.lock examples/article/requirements.txt
	@echo
	@cat build/requirements.lock
	@echo
	@echo "That is build/requirements.lock: what the pip 19.1.1 of python:3.6.8 would install for those nine lines."
	@echo "Next: copy it into the image and install it there, as examples/article/Dockerfile does:"
	@echo "    RUN pip install --no-cache-dir --require-hashes -r requirements.lock"

test: $(STAMP) image-tools ## Pass all tests
	$(BIN)/python -m pytest -n auto

image-tools: ## Install what the tests of images need (podman, skopeo, …), where apt-get and root are at hand
	@sh requirements/install_image_tools.sh

check: lint types contracts test ## All that CI holds us to

lint: $(STAMP) ## ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP) ## mypy --strict
	$(BIN)/mypy

contracts: $(STAMP) ## Who may import whom
	$(BIN)/lint-imports

format: $(STAMP) ## Write the code as ruff would
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock-dev: $(STAMP) ## Lock our own development requirements for the interpreter of .venv
	$(BIN)/python requirements/install_dev.py --lock

fidelity-tags: $(STAMP) ## Compare ordered lists of wheel tags with every pip on every Python at hand: 15 minutes
	PYTHONPATH=tests $(BIN)/python -m fidelity.tags

# An exit code of 1: a difference that no experiment explains, told with a scenario file that shows it.
fidelity: $(STAMP) ## Put N=5000 random universes from SEED=0 on to real pips and to us (PAIR=3.6/21.3.1: to that pip alone)
	PYTHONPATH=tests $(BIN)/python -m fidelity.universes -n $(or $(N),5000) --seed $(or $(SEED),0) $(if $(PAIR),--pair $(PAIR))

fidelity-plans: $(STAMP) ## Put PLANS=300 random questions from SEED=0 on to pip install in real venvs and to our plan: 10 minutes
	PYTHONPATH=tests $(BIN)/python -m fidelity.plans -n $(or $(PLANS),300) --seed $(or $(SEED),0) $(if $(PAIR),--pair $(PAIR))

fidelity-real: $(STAMP) ## Compare locks with what real pips take on the public index: an hour, network, old interpreters
	PYTHONPATH=tests $(BIN)/python -m fidelity.real_sets

fidelity-installs: $(STAMP) ## Install locks by the real pips that they are for, from the public index: 10 minutes, network
	PYTHONPATH=tests $(BIN)/python -m fidelity.installs

verify-article: $(STAMP) ## Build the article's image by buildah, and verify it: 5 minutes, root, network
	PYTHONPATH=tests $(BIN)/python -m fidelity.article_image

case-study: $(STAMP) ## Build the article's images as of 2021, and write docs/case-study.md: half an hour, root, network, 25 GB
	PYTHONPATH=tests:benchmarks $(BIN)/python -m fidelity.case_study $(if $(FOLDER),--folder $(FOLDER))

case-study-page: $(STAMP) ## Write docs/case-study.md again, of the results that are kept
	PYTHONPATH=tests $(BIN)/python -m fidelity.case_study --page

mutate-check: $(STAMP) ## Make 2,000 random edits (N=…) of known effect, and hold check to them: a minute
	PYTHONPATH=tests $(BIN)/python -m mutate_check $(or $(N),2000)

bench: $(STAMP) ## Ours beside uv and pip-compile, from an index that is recorded once and served from loopback
	@test -d .cache/benchmarks/pages || $(BIN)/python benchmarks/record.py
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/run.py --latency 0.03 --tool pipfreeze-lock --tool uv
	$(BIN)/python benchmarks/check.py

clean: ## Remove what was made here
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
