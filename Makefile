# The few commands of this project; `make help` lists them. Each sets up what it needs in .venv/.
# PYTHON=/path/to/python3.12 chooses the interpreter for a new .venv/; ARGS="-k washout" goes to pytest.

PYTHON ?=
ARGS ?=
HOST ?= 127.0.0.1
PORT ?= 8000
ROWS ?= 1000000

BIN := .venv/bin
READY := .venv/.built_from
OUT := build/screen
EXAMPLE := --as-of 2026-11-21 --planned-start 2026-12-01 --profile atezolizumab_p1

.DEFAULT_GOAL := help
.PHONY: help setup screen test long-test proof spark-setup spark-test serve lint clean

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 20

setup: $(READY) ## build .venv/ from the locked packages, if they changed
	@:

$(READY): pyproject.toml scripts/set_up $(wildcard locks/*.lock)
	@PYTHON='$(PYTHON)' scripts/set_up
	@touch $@

screen: $(READY) ## screen the example patients and a table of real ones
	@rm -rf $(OUT)
	@echo "Example patients, judged as of 2026-11-21 for a start on 2026-12-01:"
	@$(BIN)/eligibility screen examples/patients/*.json --summary $(EXAMPLE)
	@echo "One of them in full (examples/patients/wait_for_washout.json):"
	@$(BIN)/eligibility screen examples/patients/wait_for_washout.json $(EXAMPLE)
	@echo "A table in our own columns (examples/patients.csv):"
	@$(BIN)/eligibility batch examples/patients.csv --out $(OUT)/patients $(EXAMPLE)
	@echo "A foreign table of real patients (TCGA-BRCA, dates as day offsets):"
	@$(BIN)/eligibility batch examples/tcga_brca/patients.tsv \
		--mapping examples/tcga_brca/mapping.yaml --out $(OUT)/tcga_brca

test: $(READY) ## run all tests on two workers
	@$(BIN)/python -m pytest -n 2 --dist worksteal --inline-snapshot=disable $(ARGS)

long-test: $(READY) ## what takes minutes: a sample of rows by columns and by the reference, killed runs and services
	@$(BIN)/python -m tests.differential.columns_at_scale 100000
	@$(BIN)/python -m pytest -n 2 --dist worksteal --inline-snapshot=disable -m long $(ARGS)

proof: $(READY) ## what takes hours, before a release: a million rows, 200,000 patients, tens of thousands of requests
	@$(BIN)/python -m tests.differential.columns_at_scale $(ROWS)
	@$(BIN)/python -m pytest -n 2 --dist worksteal --inline-snapshot=disable -m "long or deep" $(ARGS)

spark-setup: $(READY) ## add PySpark (half a gigabyte) to .venv/
	@scripts/set_up_spark

spark-test: spark-setup ## run the tests that need Spark and Java, on a cluster of two workers
	@$(BIN)/python -m pytest tests/spark --inline-snapshot=disable $(ARGS)

serve: $(READY) ## start the service on this machine, with its pages on port 8000
	@echo "Open http://$(HOST):$(PORT)/ in a browser; Ctrl-C ends the service."
	@ELIGIBILITY_HOST=$(HOST) ELIGIBILITY_PORT=$(PORT) $(BIN)/eligibility-serve

lint: ## check style, types and imports; the tests are `make test`
	@.ci/run quick

clean: ## remove .venv/ and all that was built
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache .coverage htmlcov
