# `make quickstart` trains, scores and exports; `make apps` opens the applications; `make test`. Each makes .venv first.

VENV ?= .venv
RUN ?= runs/quickstart
STEPS ?= 3500
WEB_PORT ?= 8000
WEB_HOST ?= 127.0.0.1
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help quickstart apps web test lint clean

help:
	@echo "make quickstart   train a DCGAN on handwritten digits, score it, export it for a phone (about 5 minutes)"
	@echo "make apps         the applications, in the browser"
	@echo "make web          the page for a phone's browser, at http://localhost:$(WEB_PORT)/web/"
	@echo "make test         the whole test suite"
	@echo "make lint         ruff and mypy"

$(READY): pyproject.toml constraints.txt tools/venv.sh
	@sh tools/venv.sh $(VENV)
	@touch $(READY)

quickstart: $(READY)
	@PATH="$(abspath $(BIN)):$$PATH" sh tools/quickstart.sh $(RUN) $(STEPS)

apps: $(READY)
	@$(BIN)/ganapps apps

web: $(READY)
	@$(BIN)/python tools/serve_web.py --port $(WEB_PORT) --host $(WEB_HOST)

test: $(READY) lint
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean:
	rm -rf $(VENV) build dist *.egg-info
