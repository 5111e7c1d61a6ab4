"""A spec's search for keras-tuner's own tuners."""

import os
from typing import Any

import keras_tuner

from toolkit.builder.feed import Feed
from toolkit.builder.schedules import schedule
from toolkit.data.kept import load_data
from toolkit.runner.protocols import PROTOCOLS, build
from toolkit.runner.search.space import SearchSpace
from toolkit.spec.loader import load_spec
from toolkit.spec.schema import RunConfig
from toolkit.spec.sweep import with_settings


class SpecHyperModel(keras_tuner.HyperModel):  # type: ignore[misc]  # keras-tuner has no types
    """The models of a spec's search space, and how they are trained.

    Args:
        path: A spec with a `search` section.

    Raises:
        SpecError: The spec is wrong.
        ValueError: It has no `search` section.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__(name=os.fspath(path))
        experiment = load_spec(path)
        if experiment.search is None:
            raise ValueError(f"{path}: has no `search` section, which says what a tuner may try")
        self._base = experiment.model_dump(include=set(RunConfig.model_fields))
        self._space = SearchSpace(experiment.search.space)

    def build(self, hp: keras_tuner.HyperParameters) -> Any:
        """The compiled model of one choice of values."""
        self._space.declare(hp)
        config = self.config(hp)
        return build(config, len(load_data(config.data).vocabulary))

    def fit(self, hp: keras_tuner.HyperParameters, model: Any, *, callbacks: Any = (), **arguments: Any) -> Any:
        """Train a model on the spec's data, with its schedule.

        Args:
            hp: The values that the model was built with.
            model: The model.
            callbacks: Those of the tuner.
            **arguments: Of `model.fit`, such as `epochs`; the spec's number of epochs where it is left out.

        Returns:
            Keras's history; `val_loss` is the dev loss.
        """
        config = self.config(hp)
        data = load_data(config.data)
        feed, dev = PROTOCOLS[config.train.protocol].feed(config, data), Feed(data.dev, config.train.batch_size)
        feed.epoch = arguments.get("initial_epoch", 0)
        return model.fit(
            feed.dataset(),
            steps_per_epoch=feed.blocks(),
            validation_data=dev.dataset(),
            validation_steps=dev.blocks(),
            shuffle=False,
            callbacks=[schedule(config.train.learning_rate, config.train.anneal), *callbacks],
            **{"epochs": config.train.epochs, "verbose": 0, **arguments},
        )

    def config(self, hp: keras_tuner.HyperParameters) -> RunConfig:
        """The run's configuration that the values stand for."""
        return RunConfig.model_validate(with_settings(self._base, self._space.settings(hp.values)))


def hypermodel(spec: str | os.PathLike[str]) -> SpecHyperModel:
    """The search of a spec as a `keras_tuner.HyperModel`, for keras-tuner's own tuners.

    Args:
        spec: Path of a spec with a `search` section.

    Example:
        >>> tuner = keras_tuner.RandomSearch(toolkit.hypermodel("specs/07-search.yaml"), "val_loss", max_trials=5)
        >>> tuner.search()

    Raises:
        SpecError: The spec is wrong.
        ValueError: It has no `search` section.
    """
    return SpecHyperModel(spec)
