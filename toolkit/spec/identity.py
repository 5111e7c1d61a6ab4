"""The identity of a run: what makes two runs the same computation."""

import hashlib
import json

from toolkit.spec.growth import without_later_defaults
from toolkit.spec.schema import RunConfig

SEMANTICS_VERSIONS = {"language_model": 3, "agreement": 5}
"""By task; raised when the meaning of its computation changes, so that older stored runs are not taken for it."""


def run_identity(config: RunConfig, content_digest: str) -> str:
    """Name a run by everything that its trajectory depends on.

    The number of epochs is left out: a run of 40 epochs contains the run of 20. So are the data's path (its content
    counts), what is measured besides, and later keys of the language that have their default.

    Args:
        config: The resolved configuration.
        content_digest: Digest of what the configuration only names: the data, and a cell of the user's.

    Returns:
        16 hexadecimal digits.
    """
    decisive = without_later_defaults(config)
    del decisive["train"]["epochs"], decisive["data"]["path"]
    text = json.dumps([SEMANTICS_VERSIONS[config.data.task], content_digest, decisive], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
