# `make` alone lists what can be made.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
LOCKS := ingest analytics tasks local test

# One stamp per lock, named after its content: nothing to do means nothing done.
stamp = $(VENV)/.$(1)-$(shell cksum < requirements/$(1).txt | tr ' ' '-')
LOCAL := $(call stamp,local)
TEST := $(call stamp,test)
# What the tests need holds all that a run needs.
READY := $(or $(wildcard $(TEST)),$(LOCAL))

# Compiled once and kept: the tests would otherwise be compiled anew at every run.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run demo test quick soak bench hostile exports charts fuzz pictures check lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: $(READY) ## Start everything on this machine; Ctrl-C stops it
	@exec $(RUN) manage.py run

demo: $(READY) ## The same on data of its own: 90 days of a made-up team
	@exec $(RUN) manage.py demo

# All of them: file by file in two processes, which spares half of the time on two cores.
test: $(TEST) ## Run all tests; some of them: make test ARGS="tests/unit -k inbox"
	@$(RUN) -m pytest $(or $(ARGS),--numprocesses 2 --dist loadfile)

quick: $(TEST) ## Run the tests that need no server
	@$(RUN) -m pytest tests/unit $(ARGS)

soak: $(TEST) ## The long proofs: 2,000 uploads while every process is killed at random, each store away for a minute, 200 walks over the sums
	@CHAOS_UPLOADS=2000 CHAOS_KILLS=5 $(RUN) -m pytest tests/system/test_chaos.py -s
	@SUMS_WALKS=200 SUMS_STEPS=160 $(RUN) -m pytest tests/integration/test_sums.py
	@SCHEDULER_KILLS=12 SCHEDULER_SEEDS=10 $(RUN) -m pytest tests/integration/tasks/test_schedulers.py
	@EXPORT_KILLS=20 $(RUN) -m pytest tests/integration/tasks/test_export_killed.py
	@POSTGRES_OUTAGE_SECONDS=60 REDIS_OUTAGE_SECONDS=60 $(RUN) -m pytest tests/integration/test_outages.py

bench: $(TEST) ## Measure uploads, beside another server: make bench ARGS="--help"
	@$(RUN) -m benchmarks.ingest $(ARGS)

hostile: $(TEST) ## Measure normal uploads beside hostile clients: make hostile ARGS="--nginx" (needs nginx), or ARGS="--help"
	@$(RUN) -m benchmarks.hostile $(if $(findstring --url,$(ARGS)),,--ours) $(ARGS)

exports: $(TEST) ## Measure exports, beside another exporter: make exports ARGS="--help"
	@$(RUN) -m benchmarks.exports $(ARGS)

charts: $(TEST) ## Measure charts over a million sessions, beside another server: make charts ARGS="--help"
	@$(RUN) -m benchmarks.charts $(ARGS)

fuzz: $(TEST) ## Ask the API some 5,000 things made from its own description, valid and not; another seed: make fuzz FUZZ_SEED=2
	@FUZZ_EXAMPLES=420 $(RUN) -m pytest tests/integration/ingest/test_fuzz.py -s $(ARGS)

pictures: $(TEST) ## Take the pictures of the pages anew, from the demo, into docs/pictures
	@mkdir -p docs/pictures && $(RUN) -m tests.system.pictures docs/pictures

check: $(TEST) ## Format, lint, types and who may import whom
	@$(RUN) -m ruff format --check .
	@$(RUN) -m ruff check .
	@$(RUN) -m mypy
	@$(RUN) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"

lock: ## Write requirements/*.txt anew from *.in (needs uv)
	@for name in $(LOCKS); do \
		uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
			--no-emit-index-url requirements/$$name.in --output-file requirements/$$name.txt || exit 1; \
	done

clean: ## Remove what was set up; data folders (.insights) stay
	@rm -rf $(VENV) .mypy_cache .ruff_cache .import_linter_cache .hypothesis .schemathesis .pytest_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; name it with PYTHON=, as in: make run PYTHON=python3.12" >&2; exit 1; }
	@echo "Setting up $(VENV), once: this takes a minute or two."
	@rm -rf $(VENV); trap 'rm -rf $(VENV); exit 1' INT TERM HUP; \
	if $(PYTHON) -c 'import ensurepip' 2>/dev/null; then $(PYTHON) -m venv $(VENV); \
	elif $(PYTHON) -m pip --version >/dev/null 2>&1; then \
		$(PYTHON) -m venv --without-pip $(VENV) && $(PYTHON) -m pip --python $(VENV)/bin/python install --quiet pip; \
	else \
		echo "This Python can make no environments: install python3-venv (apt-get install python3-venv)." >&2; exit 1; \
	fi || { rm -rf $(VENV); exit 1; }

$(VENV)/.%: $(VENV)/bin/python
	@echo "Installing requirements/$(firstword $(subst -, ,$*)).txt."
	@$(RUN) -m pip install --quiet --disable-pip-version-check --no-input \
		--require-hashes -r requirements/$(firstword $(subst -, ,$*)).txt
	@rm -f $(VENV)/.$(firstword $(subst -, ,$*))-* && touch $@
