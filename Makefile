# make demo: the quickstart from nothing; make test: all tests. Both set up .venv themselves.
PYTHON ?= python3.11
INSTALLED := .venv/.installed
TEST := .venv/bin/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal

.PHONY: demo test test-study study check bench

demo: $(INSTALLED)
	.venv/bin/python run_spec.py specs/quickstart.yaml

test: $(INSTALLED)
	$(TEST)

# What takes minutes: the study's numbers, on its data in the folder NLU_DATA, and a sweep killed 30 times.
test-study: $(INSTALLED)
	$(TEST) -m slow

# The whole study, on its data in the folder NLU_DATA; reports/study/index.html is over all of it.
study: $(INSTALLED)
	.venv/bin/python run_spec.py specs/study/study.yaml

check: $(INSTALLED)
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports

# The tables of speeds of README.md and docs/speed.md, in about 14 minutes; other work on the machine spoils them. PyTorch
# is measured where it is installed: .venv/bin/pip install torch
bench: $(INSTALLED)
	PYTHONPATH=.:$$PYTHONPATH .venv/bin/python benchmarks/bench.py

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@
