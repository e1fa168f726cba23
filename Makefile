# Everything begins with one of these. Only Python 3.11+, git and make need to be there before.
PYTHON ?= python3
PREPARE = exec $(PYTHON) .ci/prepare.py

help:  ## show this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 8

run:  ## set up what is missing, load the demo city and serve it (HOST and PORT from the environment)
	@$(PREPARE) run

test:  ## set up what is missing and run every check
	@$(PREPARE) test

bench:  ## run the benchmarks
	@$(PREPARE) bench

dev:  ## serve with reload on change, the citizens' app from its own dev server
	@$(PREPARE) dev

fmt:  ## format the Python code and repair what can be repaired
	@$(PYTHON) .ci/prepare.py tools
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

lint:  ## the quick checks: style, types, import directions
	@$(PYTHON) .ci/prepare.py tools
	@exec .venv/bin/python .ci/check.py --quick

lock:  ## write the lock files anew
	@$(PREPARE) lock

clean:  ## remove everything that was built or installed, but not the demo city's data
	@rm -rf .venv pwa/node_modules tests/*/node_modules pwa/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	    .import_linter_cache .grimp_cache build
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "Clean. The demo city's data stays in .yimen; remove that folder to begin anew."

.PHONY: help run test bench dev fmt lint lock clean
