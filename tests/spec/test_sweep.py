from toolkit.spec.identity import run_identity
from toolkit.spec.schema import Experiment
from toolkit.spec.sweep import expand


def experiment(**sections: object) -> Experiment:
    return Experiment.model_validate({"name": "a", **sections})


def test_experiment_without_a_sweep_is_one_run() -> None:
    runs = expand(experiment(model={"hidden": 7}))
    assert [(run.config.model.hidden, run.settings) for run in runs] == [(7, {})]


def test_grid_and_seeds_give_every_combination_with_seeds_fastest() -> None:
    grid = {"model.cell": ["rnn", "gru"], "model.lookback": [0, "full"]}
    runs = expand(experiment(sweep={"grid": grid, "seeds": [1, 2]}))
    told = [(run.config.model.cell, run.config.model.lookback, run.config.train.seed) for run in runs]
    assert told[:3] == [("rnn", 0, 1), ("rnn", 0, 2), ("rnn", "full", 1)]
    assert len(set(told)) == 8
    assert runs[-1].settings == {"model.cell": "gru", "model.lookback": "full", "train.seed": 2}


def test_identity_leaves_out_epochs_path_and_evaluation_only() -> None:
    base = expand(experiment())[0].config
    same = {"train": {"epochs": 99}, "data": {"path": "elsewhere"}, "evaluate": {"test": True}}
    other = {"train": {"seed": 1}, "data": {"vocab_size": 9}, "model": {"lookback": 1}}
    for section, change in same.items():
        assert run_identity(expand(experiment(**{section: change}))[0].config, "d") == run_identity(base, "d")
    for section, change in other.items():
        assert run_identity(expand(experiment(**{section: change}))[0].config, "d") != run_identity(base, "d")
    assert run_identity(base, "other data") != run_identity(base, "d")


def test_zip_keys_go_together_and_combine_with_the_grid() -> None:
    sweep = {"grid": {"model.cell": ["rnn", "gru"]}, "zip": {"model.hidden": [1, 2, 3], "train.epochs": [4, 5, 6]}}
    runs = expand(experiment(sweep=sweep))
    told = [(run.config.model.cell, run.config.model.hidden, run.config.train.epochs) for run in runs]
    assert told == [(cell, *pair) for cell in ("rnn", "gru") for pair in ((1, 4), (2, 5), (3, 6))]


def test_explicit_runs_may_set_different_keys_and_combine_with_seeds() -> None:
    sweep = {"runs": [{"model.hidden": 7}, {"model.cell": "gru", "model.lookback": 2}], "seeds": [1, 2]}
    runs = expand(experiment(sweep=sweep))
    assert [run.settings for run in runs] == [
        {"model.hidden": 7, "train.seed": 1},
        {"model.hidden": 7, "train.seed": 2},
        {"model.cell": "gru", "model.lookback": 2, "train.seed": 1},
        {"model.cell": "gru", "model.lookback": 2, "train.seed": 2},
    ]
    assert [run.config.model.hidden for run in runs] == [7, 7, 50, 50]


def test_whole_sections_are_an_axis_whose_keys_go_together() -> None:
    sections = [{"cell": "rnn", "hidden": 80}, {"cell": "gru", "hidden": 50, "embedding": 9}]
    runs = expand(experiment(model={"lookback": 3}, sweep={"grid": {"model": sections}, "seeds": [1, 2]}))
    told = [(run.config.model.cell, run.config.model.hidden, run.config.model.lookback) for run in runs]
    assert told == [("rnn", 80, 3)] * 2 + [("gru", 50, 3)] * 2
    assert runs[0].settings == {"model.cell": "rnn", "model.hidden": 80, "train.seed": 1}
    assert runs[2].settings == {"model.cell": "gru", "model.hidden": 50, "model.embedding": 9, "train.seed": 1}


def test_sections_serve_in_zip_and_runs_too() -> None:
    sweep = {"zip": {"model": [{"hidden": 1}, {"hidden": 2}], "train.epochs": [3, 4]}, "runs": [{"data": {"seed": 9}}]}
    told = [
        (run.config.model.hidden, run.config.train.epochs, run.config.data.seed)
        for run in expand(experiment(sweep=sweep))
    ]
    assert told == [(1, 3, 9), (2, 4, 9)]


def test_a_stack_of_one_cell_is_the_cell() -> None:
    one, stack = (expand(experiment(model={"hidden": hidden}))[0].config for hidden in (7, [7]))
    assert run_identity(one, "d") == run_identity(stack, "d")


def test_the_same_schedule_is_one_configuration_however_it_is_written() -> None:
    short, long = (
        expand(experiment(train={"anneal": anneal}))[0].config for anneal in (5, {"schedule": "harmonic", "epochs": 5})
    )
    assert run_identity(short, "d") == run_identity(long, "d")
    constant = expand(experiment(train={"anneal": {"schedule": "constant"}}))[0].config
    assert constant.train.anneal == 0


def test_sensitivity_repeats_each_run_perturbed_the_unperturbed_first() -> None:
    runs = expand(experiment(sensitivity=2, sweep={"grid": {"model.hidden": [7, 8]}}))
    told = [(run.config.model.hidden, run.config.train.perturbation) for run in runs]
    assert told == [(hidden, number) for hidden in (7, 8) for number in (0, 1, 2)]


def test_only_a_perturbed_run_has_another_identity() -> None:
    plain, first, second = (run.config for run in expand(experiment(sensitivity=2)))
    assert run_identity(plain, "d") == run_identity(expand(experiment())[0].config, "d")
    assert len({run_identity(config, "d") for config in (plain, first, second)}) == 3
