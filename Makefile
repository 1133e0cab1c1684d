# Two commands: `make quickstart` (train, score, export) and `make test`. Both make .venv first; nothing else is needed.

VENV ?= .venv
RUN ?= runs/quickstart
STEPS ?= 3500
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help quickstart test lint clean

help:
	@echo "make quickstart   train a DCGAN on handwritten digits, score it, export it for a phone (about 6 minutes)"
	@echo "make test         the whole test suite"
	@echo "make lint         ruff and mypy"

$(READY): pyproject.toml constraints.txt tools/venv.sh
	@sh tools/venv.sh $(VENV)
	@touch $(READY)

quickstart: $(READY)
	@PATH="$(abspath $(BIN)):$$PATH" sh tools/quickstart.sh $(RUN) $(STEPS)

test: $(READY) lint
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean:
	rm -rf $(VENV) build dist *.egg-info
