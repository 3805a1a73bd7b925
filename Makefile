# Each target sets up what it needs by itself; what is there already is left alone.
#
#   make serve      the chat page over the articles in seeds/
#   make portal     an example of a portal with the chat in its pages, beside Footnote
#   make test       the tests with the real models and a real browser; make test-fast: the part without these
#   make test-slow  tests that take minutes: crashes at random moments, broken files by the thousand
#   make lint       ruff, mypy and import-linter
#   make eval       the quality of the answers, into benchmarks/quality.md (an hour, nothing else running)
#   make eval-full  the same over every question (about two and a half hours)
#   make setup      the setting up alone
#
# PYTHON=python3.12            another interpreter (3.11 or newer)
# LLAMA_WHEEL=FILE-OR-URL      a prebuilt wheel of llama-cpp-python instead of compiling it
# EVAL_SETS=DIR                question sets for make eval, each a folder with qa.jsonl and corpus.jsonl
# PIP_ARGS="--index-url …"     passed to every pip install

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -ec
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
LLAMA_WHEEL ?=
PIP_ARGS ?=
EVAL_SETS ?= ../shared/eval

BIN := .venv/bin
NOT_FAST := real or browser or server or slow or long
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet $(PIP_ARGS) --constraint constraints.txt
LLAMA := llama-cpp-python==0.3.36
LLAMA_OPTIONS := -DLLAVA_BUILD=OFF -DLLAMA_BUILD_TOOLS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_SERVER=OFF \
	-DLLAMA_BUILD_TESTS=OFF -DLLAMA_CURL=OFF -DCMAKE_PROJECT_llama.cpp_INCLUDE=$(CURDIR)/scripts/llama.cmake
# pip keeps the wheel that it has built whatever the options were: each way of compiling has a cache of its own.
LLAMA_RECIPE := $(shell { echo '$(LLAMA) $(LLAMA_OPTIONS)' | sed 's,$(CURDIR),,'; cat scripts/llama.cmake; } | cksum | cut -d' ' -f1)
SEEDS := $(wildcard seeds/*.md)

.PHONY: help setup serve portal test test-fast test-slow lint eval eval-full models index chromium clean

help:
	@sed -n '/^#/!q; s/^# \{0,1\}//p' Makefile

setup: models index

serve: setup
	@$(BIN)/rag serve

portal: setup
	@$(BIN)/python examples/portal/run.py

# Browsers keep both cores busy, and llama.cpp slows down several times when another process is: these run alone.
test: .venv/.dev models index chromium
	@$(BIN)/rag models pull smollm2-135m-instruct
	$(BIN)/python -m pytest -m "not ($(NOT_FAST))" -n 2
	$(BIN)/python -m pytest -m "(server or slow) and not (browser or real or long)" -n 2 --dist loadfile
	$(BIN)/python -m pytest -m "browser and not (real or long)"
	$(BIN)/python -m pytest -m "real and not long"

# Gradio, schemathesis and openai take seconds to import in each process; tests of the page and the API need them.
test-fast: .venv/.dev
	$(BIN)/python -m pytest -m "not ($(NOT_FAST))" -n 2 -p no:schemathesis --ignore tests/web/page --ignore tests/web/api

test-slow: .venv/.dev
	$(BIN)/python -m pytest -m long

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

eval: models
	@$(BIN)/python benchmarks/quality.py --sets $(EVAL_SETS) --results benchmarks/results --page benchmarks/quality.md

eval-full: models
	@$(BIN)/python benchmarks/quality.py --full --sets $(EVAL_SETS) --results benchmarks/results/full \
		--page benchmarks/quality-full.md

models: .venv/.runtime
	@$(BIN)/rag models pull

index: index/.seeds-2

index/.seeds-2: $(SEEDS) | .venv/.runtime models
	@echo "== Reading the articles of seeds/ into index/ (about 20 seconds)"
	@$(BIN)/rag ingest seeds
	@touch $@

.venv/.python:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON). Install Python 3.11 or newer, or say make PYTHON=…"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than 3.11. Say make PYTHON=python3.11"; exit 1; }
	@echo "== Making the virtual environment .venv (about 10 seconds)"
	@$(PYTHON) -m venv .venv
	@$(INSTALL) --upgrade pip
	@touch $@

.venv/.llama: .venv/.python scripts/llama.cmake
	@if [ -n "$(LLAMA_WHEEL)" ]; then \
		echo "== Installing llama.cpp from $(LLAMA_WHEEL)"; \
		$(INSTALL) "$(LLAMA_WHEEL)"; \
	else \
		echo "== Installing llama.cpp (compiled once for this user: 2 to 5 minutes on two cores; then seconds)"; \
		cache=$$($(PIP) cache dir 2>/dev/null) && cache="--cache-dir $$cache/llama-$(LLAMA_RECIPE)"; \
		CMAKE_ARGS="$(LLAMA_OPTIONS)" $(PIP) install --verbose $$cache --force-reinstall --no-deps $(PIP_ARGS) \
			--constraint constraints.txt $(LLAMA) 2>&1 \
			| tee .venv/llama.log \
			| awk '/^ *\[[0-9]+\/[0-9]+\]/ { split($$1, part, "[][/]"); \
				if (part[2] % 5 == 0 || part[2] == part[3]) { printf "   compiled %d of %d\n", part[2], part[3]; fflush() } }' \
			|| { tail -30 .venv/llama.log; \
				echo "llama.cpp could not be compiled. Is a C++ compiler installed (Debian: apt-get install g++)? The whole log is in .venv/llama.log. Or take a wheel: make setup LLAMA_WHEEL=FILE-OR-URL"; exit 1; }; \
	fi
	@touch $@

.venv/.runtime: .venv/.llama pyproject.toml constraints.txt
	@echo "== Installing PyTorch for the processor (about 1 minute)"
	@$(INSTALL) torch==2.13.0
	@echo "== Installing the other packages (about 1 minute)"
	@$(INSTALL) --editable .
	@touch $@

.venv/.dev: .venv/.runtime
	@echo "== Installing the tools for tests and checks (about 10 seconds)"
	@$(INSTALL) --group dev
	@touch $@

chromium: .venv/.dev
	@if command -v chromium chromium-browser google-chrome >/dev/null; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		echo "== Installing Chromium for the browser tests (about 1 minute)"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
	elif command -v apt-get >/dev/null && sudo -n true 2>/dev/null; then \
		echo "== Installing Chromium for the browser tests (about 1 minute)"; \
		sudo apt-get update -qq && sudo DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
	else \
		echo "== Fetching Playwright's Chromium for the browser tests (about 1 minute)"; \
		$(BIN)/playwright install chromium; \
	fi

clean:
	rm -rf .venv index/.seeds* index/*.faiss index/vectors-*.tmp
