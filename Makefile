# Two commands: `make up` runs the hub of config/ on this machine, `make test` runs all tests that this machine can run.
SHELL := /bin/sh
PYTHON ?=
TESTS ?= tests
BIN := .venv/bin
CLASSHUB = "$(CURDIR)/$(BIN)/classhub"

CHART ?=

.PHONY: up down cluster test test-cluster test-real-chart check bench lock format .venv

up: .venv
	@exec $(CLASSHUB) up

down: .venv
	@exec $(CLASSHUB) down

.venv:
	@sh scripts/venv base "$(PYTHON)"

# What `classhub -t cluster` needs besides: a client of Kubernetes, and Helm for where no `helm` is on PATH.
cluster: .venv
	@sh scripts/venv cluster "$(PYTHON)"

test: .venv
	@sh scripts/venv dev "$(PYTHON)"
	@sh scripts/test $(TESTS)

# All tests on a real Kubernetes, built from Go modules the first time (about 8 minutes), kept in ~/.cache/classhub. About an
# hour; `make test` has a shorter choice of them.
test-cluster: .venv
	@sh scripts/venv dev "$(PYTHON)"
	@CLASSHUB_CLUSTER=all sh scripts/test tests/cluster tests/contract -k cluster

# Deploy and operate the chart of this package (helm pull jupyterhub/jupyterhub) in place of the test chart.
test-real-chart: .venv
	@test -f "$(CHART)" || { echo "Name the chart's package: make test-real-chart CHART=jupyterhub-4.4.0.tgz"; exit 2; }
	@sh scripts/venv dev "$(PYTHON)"
	@CLASSHUB_CLUSTER=all CLASSHUB_REAL_CHART="$(abspath $(CHART))" sh scripts/test tests/cluster/test_deploy*.py tests/cluster/test_operations.py

check: .venv
	@sh scripts/venv dev "$(PYTHON)"
	@"$(CURDIR)/$(BIN)/python" -m ruff check .
	@"$(CURDIR)/$(BIN)/python" -m ruff format --check .
	@"$(CURDIR)/$(BIN)/python" -m mypy
	@"$(CURDIR)/$(BIN)/lint-imports" --no-cache

format: .venv
	@sh scripts/venv dev "$(PYTHON)"
	@"$(CURDIR)/$(BIN)/python" -m ruff check --fix-only .
	@"$(CURDIR)/$(BIN)/python" -m ruff format .

bench: .venv
	@sh scripts/venv dev "$(PYTHON)"
	@cd tests && "$(CURDIR)/$(BIN)/python" -m bench

# Needs uv (https://docs.astral.sh/uv/); everyone else installs what it wrote, with plain pip.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements/build.txt requirements/build.in
	uv pip compile --overrides requirements/overrides.in --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements/base.txt requirements/base.in
	uv pip compile --overrides requirements/overrides.in --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -c requirements/base.txt -o requirements/cluster.txt requirements/cluster.in
	uv pip compile --overrides requirements/overrides.in --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -c requirements/base.txt -o requirements/dev.txt requirements/dev.in
