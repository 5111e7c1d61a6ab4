"""Settings of every test."""

import functools
import os
import random
import signal
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from toolkit.collection import collect_seldom

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small products on several threads only wait for each other
collect_seldom()
settings.register_profile("thorough", deadline=None, derandomize=True)
settings.register_profile("quick", settings.get_profile("thorough"), max_examples=35)


def pytest_configure(config: pytest.Config) -> None:
    """Where the slow tests do not run too, compile in less time to slower programs, and try fewer examples."""
    is_quick = _is_quick(config)
    settings.load_profile("quick" if is_quick else "thorough")
    if not {"XLA_FLAGS", "TF_XLA_FLAGS"} & os.environ.keys():
        _share_what_is_compiled(config)
        if is_quick:
            os.environ["XLA_FLAGS"] = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"


def _is_quick(config: pytest.Config) -> bool:
    return "not slow" in config.option.markexpr


def _share_what_is_compiled(config: pytest.Config) -> None:
    """Have all processes of these tests, also those that tests start, find what one of them has compiled."""
    folder = tempfile.TemporaryDirectory(prefix="compiled-")
    config.add_cleanup(folder.cleanup)
    os.environ["TF_XLA_FLAGS"] = f"--tf_xla_persistent_cache_directory={folder.name}"


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


@pytest.fixture(scope="session")
def one_worker() -> Iterator[None]:
    """All that tests train in this process has one worker: models of a structure are compiled once for all of them."""
    from toolkit.runner.worker.process import Worker  # noqa: PLC0415  tests of specs and reports need none

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("toolkit.runner.executors.here.Worker", functools.cache(Worker))
        yield


@pytest.fixture
def uncompiled(monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config) -> None:
    """Models that are made in this process are not compiled by XLA, unless the slow tests run too.

    For tests of what happens around the training. What they compare must have been made in this process.
    """
    from toolkit.builder.model.sequence_model import SequenceModel  # noqa: PLC0415  as above

    make_ready = SequenceModel.compile

    def compile_less(model: SequenceModel, *arguments: Any, **named: Any) -> None:
        make_ready(model, *arguments, **{**named, "jit_compile": False})

    if _is_quick(pytestconfig):
        monkeypatch.setattr(SequenceModel, "compile", compile_less)
