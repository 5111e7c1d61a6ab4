"""Settings of every test."""

import functools
import os
import random
import signal
import sys
import tempfile
from collections.abc import Iterator

import pytest
from hypothesis import settings

from toolkit.collection import collect_seldom

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small products on several threads only wait for each other
collect_seldom()
settings.register_profile("seeded", deadline=None, derandomize=True)
settings.load_profile("seeded")


def pytest_configure(config: pytest.Config) -> None:
    """Compile in less time to slower programs, and each only once, unless the slow tests run too.

    That holds for all processes of these tests: what one of them has compiled lies in a folder where the others, also
    those that tests start, find it.
    """
    if "not slow" in config.option.markexpr and "XLA_FLAGS" not in os.environ:
        compiled = tempfile.TemporaryDirectory(prefix="compiled-")
        config.add_cleanup(compiled.cleanup)
        os.environ["XLA_FLAGS"] = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
        os.environ["TF_XLA_FLAGS"] = f"--tf_xla_persistent_cache_directory={compiled.name}"


@pytest.fixture(autouse=True)
def same_random_numbers() -> None:
    """Every test draws the same numbers each time, whichever tests ran before it."""
    random.seed(2018)
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(2018)


@pytest.fixture(autouse=True, scope="session")
def programs_answer_signals() -> Iterator[None]:
    """A program that a test starts answers signals, also where the tests were started to ignore them, as by `nohup`.

    What is ignored stays so in a program that is started, and what has a handler does not.
    """
    ignored = [number for number in (signal.SIGINT, signal.SIGHUP) if signal.getsignal(number) is signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, lambda *_: None)
    yield
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)


@pytest.fixture(scope="module")
def one_worker() -> Iterator[None]:
    """All that the module's tests train in this process has one worker: models of a structure are compiled once."""
    from toolkit.runner.worker.process import Worker  # noqa: PLC0415  tests of specs and reports need none

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("toolkit.runner.executors.here.Worker", functools.cache(Worker))
        yield
