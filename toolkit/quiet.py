"""TensorFlow without its notices on standard error, and without its false alarms."""

import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet_tensorflow() -> Iterator[None]:
    """Import TensorFlow, or what imports it, within the block without the notices that it prints at any log level.

    TensorFlow 2.21 writes lines on oneDNN and missing CUDA drivers past Python, before it reads its log level. They
    are shown after all where the block fails.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.stderr.flush()
    shown = os.dup(2)
    with tempfile.TemporaryFile() as notices:
        os.dup2(notices.fileno(), 2)
        try:
            yield
        except Exception:
            notices.seek(0)
            os.write(shown, notices.read())
            raise
        finally:
            os.dup2(shown, 2)
            os.close(shown)


@contextmanager
def without_retracing_alarms() -> Iterator[None]:
    """Train models of several structures within the block without TensorFlow's warning that it traces a function often.

    TensorFlow 2.21 counts by the Python function, of which each model has a `tf.function` of its own: models that are
    each traced once, as they must be, count together.
    """
    logger = logging.getLogger("tensorflow")
    logger.addFilter(_is_no_retracing_alarm)
    try:
        yield
    finally:
        logger.removeFilter(_is_no_retracing_alarm)


def _is_no_retracing_alarm(record: logging.LogRecord) -> bool:
    return "triggered tf.function retracing" not in record.getMessage()
