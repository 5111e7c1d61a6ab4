"""TensorFlow without its notices on standard error."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet_tensorflow() -> Iterator[None]:
    """Import TensorFlow within the block without the notices that it prints whatever the log level.

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
