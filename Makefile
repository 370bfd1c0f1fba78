# `make` or `make help` says what there is. Every target installs what it needs into .venv by itself.

PYTHON ?= $(if $(shell command -v python3.11),python3.11,python3)
PORT ?= 4510
SECONDS ?= 60
CHATS ?= 500
STAGE ?=
DATA ?= ../shared/data
OUT ?= build/predictions
ONLY ?=
CHROMIUM ?= /usr/bin/chromium
export CHROMIUM

# An environment is as good as the requirements it was made from: their checksum names its stamp.
checksum = $(shell cat $(1) 2>/dev/null | cksum | cut -d' ' -f1)
RUN   := .venv/.run-$(call checksum,requirements.txt infra/requirements.txt)
DEV   := .venv/.dev-$(call checksum,requirements.txt infra/requirements.txt requirements-dev.txt)
FUZZ  := .venv/.fuzz-$(call checksum,requirements-fuzz.txt)
WEB   := web/node_modules/.installed-$(call checksum,web/package-lock.json)
STACK := .venv/.stack-$(call checksum,infra/requirements-stack.txt)
# What is imported is compiled then; compiling all of it would take half of the installation.
PIP   := .venv/bin/python -m pip --disable-pip-version-check
INSTALL := install -qq --no-compile

# Whose branches are counted: counting takes as long as testing, and the rest takes most of the time.
COUNTED := tests/unit tests/contract tests/property

# Nothing that runs here may reach for the developer's own Python settings; and what keeps no bytecode compiles all
# of its libraries each time that it starts, which here is for each function.
unexport PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help chromium run stop load chats test check check-scale check-branches check-data check-web check-mutation check-fuzz check-all package deploy clean

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## run everything on this machine, in the foreground (PORT=4510)
	@$(MAKE) --no-print-directory -j2 $(RUN) $(STACK)
	@.venv/bin/python -m infra.local run --port $(PORT)

stop: ## stop the stack that runs from this clone
	@test ! -x .venv/bin/python || .venv/bin/python -m infra.local stop

load: $(DEV) ## play a contact centre's hour against the stack that runs (SECONDS=60)
	@.venv/bin/python -m infra.load --seconds $(SECONDS)

chats: $(DEV) ## many chats at once against the stack that runs (CHATS=500 SECONDS=60)
	@.venv/bin/python -m infra.load.chats --chats $(CHATS) --seconds $(SECONDS)

test: $(DEV) $(STACK) ## run all tests, those against a running stack too
	@.venv/bin/python -m pytest -n auto --dist worksteal

check: $(DEV) ## lint, types and the CloudFormation template
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/python -m infra.package
	@.venv/bin/cfn-lint build/template.json

check-scale: $(DEV) ## requests and capacity on a large table (fetches an engine by npm, once)
	@.venv/bin/python -m pytest tests/scale -m scale

check-branches: $(DEV) ## which branches the tests take that stand on no stack
	@rm -f .coverage .coverage.*
	@.venv/bin/python -m coverage run -m pytest -n auto --dist worksteal $(COUNTED)
	@.venv/bin/python -m coverage combine --quiet
	@.venv/bin/python -m coverage report
	@.venv/bin/python -m infra.branches

check-data: $(DEV) ## what is decided on real inputs, with scores (DATA=<folder> OUT=<folder>)
	@.venv/bin/python -m infra.evaluate --data "$(DATA)" --out "$(OUT)"

check-web: $(DEV) $(STACK) $(WEB) ## the browser's client: types, size, tests, in a real browser too (CHROMIUM=/usr/bin/chromium)
	@npm --prefix web run --silent check
	@test -x "$(CHROMIUM)" || $(MAKE) --no-print-directory chromium
	@test ! -x "$(CHROMIUM)" || npm --prefix web run --silent check-browser
	@.venv/bin/python -m pytest tests/e2e/test_web.py -m web

check-fuzz: $(DEV) $(FUZZ) ## a fuzzer on what reads mails, webhooks, journeys and chats (SECONDS=60 for each)
	@for target in mail twilio amazon_connect journeys chat; do \
		.venv/bin/python -m tests.fuzz $$target --seconds $(SECONDS) || exit 1; \
	done

check-mutation: $(DEV) ## whether tests notice each small mistake (ONLY=rules,services/identity/merges)
	@.venv/bin/python -m infra.mutation $(ONLY)

# One after the other: they share the machine, and the first that fails is the last that is said.
check-all: ## everything that is checked, the slow too; real inputs where DATA is there
	@$(MAKE) --no-print-directory check
	@$(MAKE) --no-print-directory test
	@.venv/bin/python -m pytest -n auto --dist worksteal -m slow
	@THOROUGH=1 .venv/bin/python -m pytest -n auto tests/property
	@$(MAKE) --no-print-directory check-branches
	@$(MAKE) --no-print-directory check-web
	@$(MAKE) --no-print-directory check-scale
	@test ! -d "$(DATA)" || $(MAKE) --no-print-directory check-data
	@$(MAKE) --no-print-directory check-mutation
	@$(MAKE) --no-print-directory check-fuzz

package: $(RUN) ## make build/ for AWS Lambda: the zip and the CloudFormation template
	@.venv/bin/python -m infra.package --target lambda

deploy: $(RUN) ## deploy to AWS: make deploy STAGE=dev (docs/deploy-aws.md)
	@.venv/bin/python -m infra.deploy --stage "$(STAGE)"

clean: ## remove what was built; data stay in .local, environments in .venv
	@rm -rf build web/build .chalice/deployments .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 is needed, as on Lambda; name it like this: make PYTHON=/path/to/python3.11 ..."; exit 1; }
	@echo "  making .venv with $(PYTHON) ..."
	@$(PYTHON) -m venv .venv

$(RUN): | .venv/bin/python
	@echo "  installing what running needs into .venv (once) ..."
	@$(PIP) $(INSTALL) -r infra/requirements.txt
	@rm -f .venv/.run-* && touch $@

$(DEV): | .venv/bin/python
	@echo "  installing what developing needs into .venv (once) ..."
	@$(PIP) $(INSTALL) -r requirements-dev.txt
	@rm -f .venv/.run-* .venv/.dev-* && touch $(RUN) $@

$(FUZZ): | .venv/bin/python
	@echo "  installing the fuzzer into .venv (once) ..."
	@$(PIP) $(INSTALL) -r requirements-fuzz.txt
	@rm -f .venv/.fuzz-* && touch $@

$(WEB): web/package-lock.json
	@echo "  installing what the client is built and tested with into web/node_modules (once) ..."
	@command -v npm > /dev/null || { echo "npm is not here: install Node.js 20 or newer"; exit 1; }
	@npm --prefix web ci --silent
	@touch $@

chromium:
	@echo "  installing Chromium (once) ..."
	@{ apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } > /dev/null 2>&1 || \
		echo "SKIPPED: the browser tests, as there is no Chromium here; name one: make check-web CHROMIUM=/path"

$(STACK): | .venv/bin/python
	@echo "  installing the emulated AWS into .venv/stack (once) ..."
	@.venv/bin/python -m venv --without-pip .venv/stack
	@$(PIP) --python .venv/stack/bin/python $(INSTALL) -r infra/requirements-stack.txt
	@rm -f .venv/.stack-* && touch $@
