"""What a search needs of keras-tuner that has no public name, in one place; seen in keras-tuner 1.4.8.

`pyproject.toml` admits no later minor release: one may lack a name, or mean something else by it. What broke is told by
`tests/runner/search/test_tuner_internals.py`, a test a name.
"""

from pathlib import Path
from typing import Any

import keras_tuner


def keep_in(oracle: keras_tuner.Oracle, folder: Path) -> None:
    """Have an oracle write its files into a folder; its trials begin anew."""
    oracle._set_project_dir(folder, "oracle")


def scheduled_trials(oracle: keras_tuner.oracles.HyperbandOracle) -> int:
    """How many trials all brackets and rounds of Hyperband have together."""
    brackets = range(oracle._get_num_brackets())
    rounds = ((bracket, number) for bracket in brackets for number in range(oracle._get_num_rounds(bracket)))
    return sum(int(oracle._get_size(bracket, number)) for bracket, number in rounds)


class BayesianOracle(keras_tuner.oracles.BayesianOptimizationOracle):  # type: ignore[misc]  # keras-tuner has no types
    """Bayesian optimisation that fits its model to ended trials before it guesses the results of running ones.

    keras-tuner asks `_vectorize_trials` for what it fits its model `gpr` to; of running trials the model is asked in
    there, before it has been fitted.
    """

    trials: dict[str, Any]
    ongoing_trials: dict[str, Any]

    def _vectorize_trials(self) -> Any:
        everything, ongoing = self.trials, self.ongoing_trials
        if ongoing:
            running = {trial.trial_id for trial in ongoing.values()}
            self.trials = {name: trial for name, trial in everything.items() if name not in running}
            self.ongoing_trials = {}
            self.gpr.fit(*super()._vectorize_trials())
            self.trials, self.ongoing_trials = everything, ongoing
        return super()._vectorize_trials()
