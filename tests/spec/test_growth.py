from typing import Any

import pytest

from toolkit.spec.growth import FIRST_KEYS, with_later_defaults
from toolkit.spec.identity import run_identity
from toolkit.spec.schema import ModelConfig, RunConfig

KERAS = {"cell": "keras.layers:GRUCell", "embedding": 3, "activation": "relu", "initializer": "orthogonal"}
STORED: list[tuple[str, dict[str, Any]]] = [
    ("7ab870ee3cb2bfb5", {}),
    (
        "7fbe311073020497",
        {
            "data": {"source": "coursework", "path": "nlu", "train_size": 1000},
            "train": {"protocol": "coursework", "dtype": "float64"},
        },
    ),
    (
        "c315bd1b8fea531f",
        {
            "data": {"task": "agreement", "distance": "uniform", "seed": 7},
            "model": {"cell": "gru", "lookback": "full", "gradient": "coursework"},
        },
    ),
    (
        "2a498f234537a4b0",
        {
            "data": {"source": "text", "path": "texts", "vocab_size": 50, "dev_size": 9},
            "model": {"cell": "lstm", "hidden": [7, 5], "embedding": 4, "dropout": 0.2},
        },
    ),
    ("af01bc2437ac8ee2", {"model": KERAS, "train": {"optimizer": "adam", "clip_norm": 1.0, "min_change": None}}),
    (
        "839d33c30d121c35",
        {
            "train": {
                "perturbation": 2,
                "anneal": {"schedule": "cosine", "epochs": 9},
                "batch_size": 5,
                "learning_rate": 0.8,
                "seed": 1,
            }
        },
    ),
]
"""Identities under which version 0.2 stored runs of data with the digest `d`."""


class GrownModel(ModelConfig):
    """The section with a key more."""

    wings: int = 0


class Grown(RunConfig):
    """A configuration of a later version."""

    model: GrownModel = GrownModel()


@pytest.mark.parametrize(("identity", "sections"), STORED)
def test_a_run_keeps_the_identity_under_which_it_is_stored(identity: str, sections: dict[str, Any]) -> None:
    assert run_identity(RunConfig.model_validate(sections), "d") == identity


def test_a_later_key_is_part_of_identities_only_where_it_has_another_value_than_its_default() -> None:
    plain = run_identity(RunConfig(), "d")
    assert run_identity(Grown.model_validate({"model": {"wings": 0}}), "d") == plain
    assert run_identity(Grown.model_validate({"model": {"wings": 1}}), "d") != plain


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("model", "bias", True),
        ("model", "direction", "both"),
        ("model", "pool", "max"),
        ("model", "cell_options", {"leak": 0.5}),
        ("train", "class_weights", "balanced"),
    ],
)
def test_keys_since_version_0_2_are_part_of_identities_where_they_say_something(
    section: str, key: str, value: Any
) -> None:
    assert key not in FIRST_KEYS[section]
    changed = RunConfig.model_validate({section: {key: value}})
    assert run_identity(changed, "d") != run_identity(RunConfig(), "d")


def test_a_first_key_is_part_of_identities_with_its_default_too() -> None:
    values = RunConfig().model_dump()
    known = {(section, key) for section in FIRST_KEYS for key in values[section]}
    first = {(section, key) for section, keys in FIRST_KEYS.items() for key in keys}
    assert first <= known
    assert ("train", "perturbation") in known - first


def test_what_an_older_version_wrote_is_filled_up_with_the_defaults_of_later_keys() -> None:
    older = RunConfig.model_validate({"model": {"hidden": 7}}).model_dump(mode="json")
    assert with_later_defaults(older, Grown) == Grown.model_validate(older).model_dump(mode="json")
    assert with_later_defaults({"wings": 3}, GrownModel)["wings"] == 3
