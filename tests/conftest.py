"""Settings of every test."""

import os

from hypothesis import settings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
settings.register_profile("seeded", deadline=None, derandomize=True)
settings.load_profile("seeded")
