"""The identity of a run: what makes two runs the same computation."""

import hashlib
import json

from toolkit.spec.growth import without_later_defaults
from toolkit.spec.schema import RunConfig
from toolkit.tasks.registry import task_of


def run_identity(config: RunConfig, content_digest: str) -> str:
    """Name a run by everything that its trajectory depends on.

    The number of epochs is left out: a run of 40 epochs contains the run of 20. So are the data's path (its content
    counts), what is measured besides, and later keys of the language that have their default. The task counts with its
    version.

    Args:
        config: The resolved configuration.
        content_digest: Digest of what the configuration only names: the data, and a cell of the user's.

    Returns:
        16 hexadecimal digits.
    """
    decisive = without_later_defaults(config)
    del decisive["train"]["epochs"], decisive["data"]["path"]
    text = json.dumps([task_of(config.data.task).version, content_digest, decisive], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
