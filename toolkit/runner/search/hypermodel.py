"""A spec's search for keras-tuner's own tuners."""

import os
from typing import Any

import keras_tuner
import numpy as np

from toolkit.builder.training.feed import Feed
from toolkit.builder.training.schedules import schedule
from toolkit.data.kept import load_data
from toolkit.runner.planning.plan import look_anew
from toolkit.runner.search.space import SearchSpace
from toolkit.runner.worker.protocols import PROTOCOLS, build
from toolkit.spec.loader import load_spec
from toolkit.spec.schema import RunConfig
from toolkit.spec.sweep import with_settings

FIT_ARGUMENTS = ("epochs", "initial_epoch", "validation_freq", "verbose")
"""What `tuner.search` may pass on to `fit`; all else is the spec's to say."""


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
        look_anew()
        experiment = load_spec(path)
        if experiment.search is None:
            raise ValueError(f"{path}: has no `search` section, which says what a tuner may try")
        self._base = experiment.model_dump(include=set(RunConfig.model_fields))
        self._space = SearchSpace(experiment.search.space)
        self._fits: dict[Any, int] = {}

    def build(self, hp: keras_tuner.HyperParameters) -> Any:
        """The compiled model of one choice of values."""
        self._space.declare(hp)
        return _built(self.config(hp))

    def fit(
        self, hp: keras_tuner.HyperParameters, model: Any, *data: Any, callbacks: Any = (), **arguments: Any
    ) -> Any:
        """Train a model on the spec's data, with its schedule.

        A tuner with `executions_per_trial` trains a choice of values several times: first with the spec's seed, then
        with seeds of their own that follow from it.

        Args:
            hp: The values that the model was built with.
            model: The model.
            *data: None: the spec says what is trained on.
            callbacks: Those of the tuner.
            **arguments: Of `model.fit`: `epochs` (the spec's number where it is left out), `initial_epoch`,
                `validation_freq` and `verbose`.

        Returns:
            Keras's history; `val_loss` is the dev loss.

        Raises:
            keras_tuner.errors.FatalTypeError: There are other arguments; it ends the tuner's search.
        """
        self._refuse(data, arguments)
        config = _with_seed_of(self.config(hp), self._execution(callbacks))
        if config != self.config(hp) and not arguments.get("initial_epoch"):
            model.take_over(_built(config))
        data_set = load_data(config.data)
        feed, dev = PROTOCOLS[config.train.protocol].feed(config, data_set), Feed(data_set.dev, config.train.batch_size)
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

    def _refuse(self, data: Any, arguments: Any) -> None:
        """Refuse what the spec says, before a tuner takes it for the failure of a trial and tries on."""
        wrong = (["x, y"] if data else []) + [name for name in arguments if name not in FIT_ARGUMENTS]
        if wrong:
            raise keras_tuner.errors.FatalTypeError(
                f"{self.name}: search() received {', '.join(wrong)}, but a spec's model is trained and measured on the "
                "spec's data: write them into the spec (data, train.batch_size) and leave them out here; search() "
                f"takes {', '.join(FIT_ARGUMENTS)} and callbacks"
            )

    def _execution(self, callbacks: Any) -> int:
        """Which of the tuner's executions of a trial this is, from 0; 0 without a tuner."""
        for callback in callbacks:
            tuner, trial = getattr(callback, "tuner", None), getattr(callback, "trial", None)
            if tuner is not None and trial is not None:
                number = self._fits.get((tuner, trial.trial_id), 0)
                self._fits[tuner, trial.trial_id] = number + 1
                return number % int(getattr(tuner, "executions_per_trial", 1))  # a failed trial is tried again
        return 0

    def config(self, hp: keras_tuner.HyperParameters) -> RunConfig:
        """The run's configuration that the values stand for."""
        return RunConfig.model_validate(with_settings(self._base, self._space.settings(hp.values)))


def _built(config: RunConfig) -> Any:
    return build(config, load_data(config.data).sizes)


def _with_seed_of(config: RunConfig, execution: int) -> RunConfig:
    """The configuration with the seed of an execution: the first one has that of the configuration."""
    if execution == 0:
        return config
    (seed,) = np.random.SeedSequence([config.train.seed, execution]).generate_state(1).tolist()
    return config.model_copy(update={"train": config.train.model_copy(update={"seed": seed})})


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
