"""Settings of every test."""

import os
import random
import sys

import pytest
from hypothesis import settings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
settings.register_profile("seeded", deadline=None, derandomize=True)
settings.load_profile("seeded")


@pytest.fixture(autouse=True)
def same_random_numbers() -> None:
    """Every test draws the same numbers each time, whichever tests ran before it."""
    random.seed(2018)
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(2018)
