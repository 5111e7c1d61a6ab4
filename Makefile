# make demo: the quickstart from nothing; make test: all tests. Each installs what it needs into .venv.
RUN := .venv/.installed-to-run
DEVELOP := .venv/.installed-to-develop
EVERYTHING := .venv/.installed-to-test
INSTALL := .venv/bin/python -m pip install --quiet --constraint constraints.txt --editable
NO_TENSORFLOW := Where TensorFlow has no release for this Python, name another: make $(MAKECMDGOALS) PYTHON=python3.13
# An environment of a Python that is gone, too old, or not the one that PYTHON= names, is made anew.
ANEW := $(shell sh .ci/environment --fits '$(PYTHON)' || echo anew)
TEST := .venv/bin/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal
LIGHT := $(addprefix tests/,tasks spec data store reporter sinks examples test_declared.py)

.PHONY: demo test test-study test-delivery study check fast bench anew

demo: $(RUN)
	.venv/bin/run-spec specs/quickstart.yaml

test: $(EVERYTHING)
	$(TEST)

# What takes minutes: the study's numbers, on its data in the folder NLU_DATA, and a sweep killed 30 times.
test-study: $(EVERYTHING)
	$(TEST) -m slow

# The wheel, installed into an environment of its own and used there, without and with the optional packages.
test-delivery: $(EVERYTHING)
	.venv/bin/python -m pytest -m delivery tests/delivery

# The tests that need no Keras, browser, LaTeX, MLflow, TensorBoard or Dask.
fast: $(DEVELOP)
	$(TEST) -m 'not slow and not delivery and not tools' $(LIGHT)

# The whole study, on its data in the folder NLU_DATA; reports/study/index.html is over all of it.
study: $(RUN)
	.venv/bin/run-spec specs/study/study.yaml

check: $(DEVELOP)
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports

# The tables of speeds of README.md and docs/speed.md, in about 14 minutes; other work on the machine spoils them. PyTorch
# is measured where it is installed: .venv/bin/pip install torch
bench: $(EVERYTHING)
	PYTHONPATH=.:$$PYTHONPATH .venv/bin/python benchmarks/bench.py

$(RUN): pyproject.toml constraints.txt $(ANEW)
	@sh .ci/environment '$(PYTHON)'
	@echo "Installing into .venv what running needs; the first time takes minutes."
	@$(INSTALL) . || { echo "$(NO_TENSORFLOW)" >&2; exit 1; }
	@touch $@

$(DEVELOP): $(RUN)
	$(INSTALL) '.[dev]'
	@touch $@

$(EVERYTHING): $(DEVELOP)
	$(INSTALL) '.[dev,cluster,mlflow,parquet,subword,tensorboard]'
	@touch $@
