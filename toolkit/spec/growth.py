"""How the language grows: a key that is added changes nothing of what was stored before it was there."""

from collections.abc import Mapping
from typing import Any

from toolkit.spec.schema import RunConfig
from toolkit.spec.section import Section

FIRST_KEYS = {
    "data": {
        "source", "path", "task", "vocab_size", "train_size", "dev_size", "max_distance", "distance", "seed",
    },
    "model": {"cell", "hidden", "lookback", "embedding", "activation", "dropout", "initializer", "gradient"},
    "train": {
        "epochs", "batch_size", "learning_rate", "anneal", "optimizer", "clip_norm", "seed", "dtype", "protocol",
        "min_change",
    },
}  # fmt: skip
"""By section the keys that identities have always had. It is never added to: all other keys count as later ones."""


def without_later_defaults(config: RunConfig) -> dict[str, dict[str, Any]]:
    """The keys of a run that decide its result, as plain values, without those of later keys that have their default.

    So a run keeps its identity when a key is added to the language, as long as the key's default is what was done
    before; and a default, once it stands in a released version, cannot be changed any more.

    Args:
        config: A resolved configuration.

    Returns:
        The sections of FIRST_KEYS.
    """
    sections = config.model_dump(mode="json", include=set(FIRST_KEYS))
    defaults = type(config)().model_dump(mode="json")
    return {
        section: {
            key: value for key, value in values.items() if key in FIRST_KEYS[section] or value != defaults[section][key]
        }
        for section, values in sections.items()
    }


def with_later_defaults(values: Mapping[str, Any], section: type[Section]) -> dict[str, Any]:
    """Plain values that an older version wrote, with the default of each key that it did not have.

    Args:
        values: A section as it was dumped, and the sections within it.
        section: Which section it is.
    """
    filled = dict(values)
    for key, field in section.model_fields.items():
        default = field.get_default(call_default_factory=True, validated_data={})
        if isinstance(default, Section):
            filled[key] = with_later_defaults(filled.get(key, {}), type(default))
        elif not field.is_required():
            filled.setdefault(key, default)
    return filled
