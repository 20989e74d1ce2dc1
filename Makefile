# Two commands matter: `make run` and `make test`. `make` alone lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test test-fast test-full faults-full test-postgresql mutants check audit fmt bench screenshots bootstrap bootstrap-dev programs clean distclean

# What is compiled is kept: without that every test worker and every command compiles the house
# and its tests anew, which takes as long as a tenth of the tests.
unexport PYTHONDONTWRITEBYTECODE

PY := .venv/bin/python
# Two workers; who runs what: tests/plugins/workers.py.
PYTEST := $(PY) -m pytest -n 2
ON_POSTGRESQL := TEST_DATABASE=postgresql $(PYTEST) tests/faults tests/services tests/house/test_laws.py
# make test ARGS="tests/house -k audience"
ARGS ?=

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: bootstrap ## start 微光 with its demo world; again later: keeps the data
	@$(PY) -m flask --app app up

test: bootstrap-dev programs ## the whole suite, and on PostgreSQL laws, quick faults and a quarter of the services (installs Chromium, a Chinese font and PostgreSQL by apt)
	@code=0; $(PYTEST) $(ARGS) || code=$$?; \
	if [ -z "$(ARGS)" ]; then POSTGRESQL_SHARE=4 $(ON_POSTGRESQL) -m "not slow" || code=$$?; fi; exit $$code

test-postgresql: bootstrap-dev programs ## services, laws and faults on a PostgreSQL of their own: all of them
	@$(ON_POSTGRESQL) $(ARGS)

test-fast: bootstrap-dev ## without browser and slow tests, for every day: about 3 minutes
	@$(PYTEST) -m "not browser and not slow" $(ARGS)

mutants: bootstrap-dev ## plant small leaks one by one: the twin worlds must show every one
	@$(PY) -m tests.mutants

# The faults run apart: what they start and kill ends without telling coverage anything, and pytest's
# alarm after ten minutes is for tests that hang. Of the processor on a busy machine a story's step took
# .5 s, a kill point 1.5 s, a throw of the dice .6 s, a kill of the real process 7 s: the stories are the
# longest (200 of 60 steps, 1 h 40 min on one core), all else fits beside them on the second one.
# So faults-full takes about two hours, test-full about three; neither was yet run to its end at once.
test-full: bootstrap-dev programs ## the whole suite at full size (about three hours by estimate), and branch coverage of the lower floors
	@code=0; $(MAKE) --no-print-directory faults-full || code=$$?; \
	HYPOTHESIS_PROFILE=full $(PYTEST) --ignore=tests/faults --cov --cov-report=term-missing:skip-covered $(ARGS) || code=$$?; exit $$code

faults-full: bootstrap-dev programs ## every kill point, 1,000 kills by the dice, 100 of the real process, 200 stories (ARGS="-k dice": one of them)
	@HYPOTHESIS_PROFILE=full $(PYTEST) -o faulthandler_timeout=0 tests/faults $(ARGS)

check: bootstrap-dev ## lint, types, import contracts, templates, security
	@tools/check.sh

audit: ## known faults of the locked libraries, by pip-audit (needs the network)
	@tools/audit.sh

fmt: bootstrap-dev ## format Python and templates, mend what can be mended safely
	@$(PY) -m ruff format --quiet .
	@$(PY) -m ruff check --fix --quiet . || true
	@$(PY) -m djlint --quiet --reformat templates || true

bench: bootstrap-dev ## ratios against bare peers, measured in one run
	@$(PY) -m benchmarks $(ARGS)

screenshots: bootstrap-dev programs ## take the handbook's pictures anew
	@$(PY) -m tools.screenshots $(ARGS)

bootstrap:
	@tools/bootstrap.sh run

bootstrap-dev:
	@tools/bootstrap.sh dev

programs:
	@tools/need-programs.sh

clean: ## remove caches and reports (never the data in instance/, never .venv)
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.* htmlcov test-results
	@find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +

distclean: clean ## and .venv
	@rm -rf .venv
