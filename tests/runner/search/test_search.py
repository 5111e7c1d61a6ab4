"""Searches: what is proposed, in which order, and what is learnt; the training is a formula here."""

import io
import itertools
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from toolkit.errors import SpecError
from toolkit.runner.driver import Call, Supply
from toolkit.runner.planning.outlook import PlanRow
from toolkit.runner.planning.plan import answers
from toolkit.runner.search import carrying_out
from toolkit.runner.search.foresight import Foresight, foresee, foresight_lines
from toolkit.runner.search.search_file import FOLDER
from toolkit.runner.search.space import SearchSpace
from toolkit.runner.search.supply import Search
from toolkit.spec.schema import Experiment
from toolkit.spec.searching import Space
from toolkit.spec.sweep import RunSpec
from toolkit.spec.trials import SearchResult
from toolkit.store import Epoch, RunRecord, Store
from toolkit.store.durable import sealed_json, unsealed_json

RATE = {"train.learning_rate": {"float": [0.01, 1.0], "log": True}}
HIDDEN = {"model.hidden": {"int": [10, 100], "step": 10}}
CELL = {"model.cell": {"choice": ["rnn", "gru"]}}
SMALL = {"model.cell": {"choice": ["rnn", "gru"]}, "model.lookback": {"choice": [0, 2, "full"]}}

Outcome = Callable[[RunSpec], float | None]


def experiment(space: dict[str, Any], epochs: int = 9, **search: Any) -> Experiment:
    return Experiment.model_validate(
        {"name": "a", "train": {"epochs": epochs}, "search": {"tuner": "random", "space": space, **search}}
    )


def few(tuner: str, trials: int = 9) -> dict[str, int]:
    """How many trials; the schedule of Hyperband says so itself."""
    return {} if tuner == "hyperband" else {"max_trials": trials}


def bowl(spec: RunSpec) -> float:
    """Lowest at a learning rate of 0.3 and 50 hidden units."""
    hidden = spec.config.model.hidden
    assert isinstance(hidden, int)
    return abs(spec.config.train.learning_rate - 0.3) + abs(hidden - 50) / 100


def record(spec: RunSpec, loss: float | None) -> RunRecord:
    test = {"loss": 1.0} if spec.config.evaluate.test else None
    epochs = range(spec.config.train.epochs + 1)
    history = () if loss is None else tuple(Epoch(e, loss + 1 - e / 100, test=test) for e in epochs)
    config = spec.config.model_dump(mode="json")
    return RunRecord("r", "failed" if loss is None else "done", config, history, spec.config.train.epochs)


def carried_out(
    experiment: Experiment, folder: Path, outcome: Outcome = bowl, slots: int = 1, luck: int = 0, stop: int = 10**6
) -> tuple[Search, list[str]]:
    """A search whose runs end in an order that luck decides, interrupted after some of them."""
    told: list[str] = []
    search = Search(experiment, slots, has_test=True, scratch=folder, say=told.append)
    order, running = random.Random(luck), []
    for _ in range(stop):
        running += search.start()
        if not running:
            break
        assert len(running) <= max(slots, search.config.confirm_seeds)
        spec = running.pop(order.randrange(len(running)))
        search.take(spec, record(spec, outcome(spec)))
    return search, told


def settings(search: Search) -> list[dict[str, Any]]:
    return [dict(trial.spec.settings) for trial in search.trials]


@pytest.mark.parametrize("tuner", ["random", "bayesian", "hyperband", "grid"])
def test_every_tuner_tries_different_values_within_the_space_and_confirms_the_best(tuner: str, tmp_path: Path) -> None:
    space = HIDDEN | (CELL if tuner == "grid" else RATE)
    search, _ = carried_out(experiment(space, tuner=tuner, confirm_seeds=3, **few(tuner)), tmp_path, slots=2)
    tried = settings(search)
    assert len(tried) == 9 or tuner == "hyperband"
    assert all(one["model.hidden"] in range(10, 101, 10) for one in tried)
    full = [trial for trial in search.trials if trial.is_full]
    assert search.winner is min(full, key=lambda trial: bowl(trial.spec))
    confirmed = [trial.spec.config for trial in search.confirmations]
    assert [config.train.seed for config in confirmed] == [2019, 2020, 2021]
    assert all(config.evaluate.test and config.model == search.winner.spec.config.model for config in confirmed)


def test_bayesian_search_comes_closer_than_its_random_beginning(tmp_path: Path) -> None:
    search, _ = carried_out(experiment(RATE | HIDDEN, tuner="bayesian", max_trials=16), tmp_path)
    losses = [bowl(trial.spec) for trial in search.trials]
    assert min(losses[6:]) < min(losses[:6])
    assert min(losses) < 0.1


@pytest.mark.parametrize("tuner", ["random", "bayesian", "hyperband"])
@pytest.mark.parametrize("slots", [1, 3])
def test_proposals_depend_on_seed_and_slots_not_on_which_run_ends_first(tuner: str, slots: int, tmp_path: Path) -> None:
    asked = experiment(RATE | HIDDEN, tuner=tuner, seed=5, **few(tuner))
    tried = [settings(carried_out(asked, tmp_path / str(luck), slots=slots, luck=luck)[0]) for luck in range(2)]
    assert tried[0] == tried[1]
    other = experiment(RATE | HIDDEN, tuner=tuner, seed=6, **few(tuner))
    assert settings(carried_out(other, tmp_path / "other", slots=slots)[0]) != tried[0]


@pytest.mark.parametrize("tuner", ["random", "bayesian", "hyperband", "grid"])
@pytest.mark.parametrize("stop", [1, 7])
def test_an_interrupted_search_goes_on_as_if_it_had_never_stopped(tuner: str, stop: int, tmp_path: Path) -> None:
    """What is stored answers at once; neither the last trial nor any other is run again."""
    asked = experiment(HIDDEN | (CELL if tuner == "grid" else RATE), tuner=tuner, **few(tuner))
    whole, _ = carried_out(asked, tmp_path / "whole")
    stored: dict[str, float] = {}
    trained: list[str] = []

    def outcome(spec: RunSpec) -> float:
        name = spec.config.model_dump_json()
        if name not in stored:
            trained.append(name)
            stored[name] = bowl(spec)
        return stored[name]

    carried_out(asked, tmp_path / "1", outcome, stop=stop)
    again, _ = carried_out(asked, tmp_path / "2", outcome)
    assert settings(again) == settings(whole)
    assert len(trained) == len(set(trained)) == len(whole.trials) + len(whole.confirmations)


def test_seed_0_is_a_seed(tmp_path: Path) -> None:
    asked = experiment(RATE, seed=0, max_trials=5)
    first, second = (
        settings(carried_out(asked, tmp_path / name, lambda spec: spec.config.train.learning_rate)[0]) for name in "ab"
    )
    assert first == second


@pytest.mark.parametrize("tuner", ["random", "bayesian", "hyperband"])
def test_failures_and_results_that_are_no_numbers_never_win_and_never_stop_a_search(tuner: str, tmp_path: Path) -> None:
    def outcome(spec: RunSpec) -> float | None:
        index = next(counter)
        if index < 4:
            return None
        return float("inf") if index == 4 else float("nan") if index == 5 else bowl(spec)

    counter = itertools.count()
    search, _ = carried_out(experiment(RATE | HIDDEN, tuner=tuner, **few(tuner, 13)), tmp_path, outcome)
    assert len(search.trials) >= 13
    assert [search.score(trial) for trial in search.trials[:6]] == [None] * 6
    assert search.winner is not None
    assert search.score(search.winner) is not None


def test_a_search_whose_every_trial_failed_has_no_winner(tmp_path: Path) -> None:
    search, _ = carried_out(experiment(RATE, max_trials=5), tmp_path, lambda spec: None)
    assert (len(search.trials), search.winner, search.confirmations) == (5, None, [])


@pytest.mark.parametrize("tuner", ["random", "bayesian", "grid"])
def test_a_small_space_is_tried_whole_and_the_search_says_so(tuner: str, tmp_path: Path) -> None:
    search, told = carried_out(experiment(SMALL, tuner=tuner, max_trials=50), tmp_path, lambda spec: 1.0, slots=2)
    combinations = SearchSpace(search.config.space).combinations()
    assert combinations is not None
    assert len(combinations) == 6
    assert sorted(map(str, settings(search))) == sorted(map(str, combinations))
    assert search.is_complete
    assert told[-1] == "the search is complete: 6 combinations tried, all there are"


def test_what_is_proposed_twice_is_trained_and_counted_once(tmp_path: Path) -> None:
    """A Bayesian search with a best corner proposes it again and again."""
    asked = experiment({"model.hidden": {"int": [10, 60]}}, tuner="bayesian", max_trials=12)
    search, _ = carried_out(asked, tmp_path, lambda spec: float(spec.settings["model.hidden"]))
    tried = settings(search)
    assert len(tried) == 12
    assert all(one not in tried[:index] for index, one in enumerate(tried))


def test_too_few_trials_for_a_bayesian_search_are_told(tmp_path: Path) -> None:
    _, told = carried_out(experiment(RATE | HIDDEN, tuner="bayesian", max_trials=6), tmp_path)
    assert "6 is not above the first 6 trials, which a bayesian search makes at random" in told[0]
    _, silent = carried_out(experiment(RATE | HIDDEN, tuner="bayesian", max_trials=7), tmp_path / "other")
    assert silent == []


def test_hyperband_goes_on_with_the_best_and_ranks_whole_runs_only(tmp_path: Path) -> None:
    search, _ = carried_out(experiment(RATE | HIDDEN, tuner="hyperband"), tmp_path)
    epochs = [trial.spec.config.train.epochs for trial in search.trials]
    assert set(epochs) == {1, 3, 9}
    rounds = [trial.proposal.handle.hyperparameters.values["tuner/round"] for trial in search.trials if trial.proposal]
    promoted = [trial.spec for trial, number in zip(search.trials, rounds, strict=True) if number]
    assert promoted
    for spec in promoted:
        earlier = [t.spec for t in search.trials if t.spec.config.train.epochs < spec.config.train.epochs]
        assert any(bowl(other) == bowl(spec) for other in earlier)
    assert search.winner is not None
    assert search.winner.spec.config.train.epochs == 9


def test_the_schedule_of_hyperband_says_how_many_trials_there_are(tmp_path: Path) -> None:
    search, _ = carried_out(experiment(RATE | HIDDEN, tuner="hyperband"), tmp_path)
    assert search.most_trials == len(search.trials)
    assert Search(experiment(SMALL, max_trials=50), 1, True, tmp_path, print).most_trials == 6
    assert Search(experiment(RATE, max_trials=50), 1, True, tmp_path, print).most_trials == 50


def test_what_failed_in_a_search_that_has_ended_is_trained_again_with_as_many_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes: list[float | None] = [0.5, None, 0.4, 0.3]
    trained: list[str] = []

    def train_all(supply: Supply, models: object, count: int, store: Store, *_: object) -> None:
        assert count == 3
        while started := supply.start():
            assert len(started) <= 2
            for run in started:
                known = store.load(run.identity)
                if not answers(known, run.spec):
                    trained.append(run.identity)
                    known = replace(record(run.spec, outcomes.pop(0)), identity=run.identity)
                    store.save(known, b"weights")
                supply.take(run, known or record(run.spec, None))

    monkeypatch.setattr(carrying_out, "train_from", train_all)
    asked, store = experiment(HIDDEN, max_trials=3, confirm_seeds=0), Store(tmp_path)
    console = Console(file=io.StringIO())
    first, second, third = (
        carrying_out.carry_out(asked, "a.yaml", store, console, Call(workers)) for workers in (2, 5, 1)
    )
    assert (len(trained), len(set(trained)), outcomes) == (4, 3, [])
    assert [trial.settings for trial in second.trials] == [trial.settings for trial in first.trials]
    assert (first.winner, second.winner, second.slots) == (2, 1, 2)
    assert third == second


def stored_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[SearchResult, int]]:
    """Carries out a search whose results are a formula, and says what it came to and how many runs it trained."""

    def train_all(supply: Supply, models: object, count: int, store: Store, *_: object) -> None:
        while started := supply.start():
            for run in started:
                known = store.load(run.identity)
                if not answers(known, run.spec):
                    known = replace(record(run.spec, bowl(run.spec)), identity=run.identity)
                    trained.append(run.identity)
                    store.save(known, b"weights")
                supply.take(run, known or record(run.spec, None))

    monkeypatch.setattr(carrying_out, "train_from", train_all)
    trained: list[str] = []

    def carry_out(folder: str, asked: Experiment, workers: int = 1, fresh: bool = False) -> tuple[SearchResult, int]:
        before, console = len(trained), Console(file=io.StringIO())
        call = Call(workers, fresh=fresh)
        result = carrying_out.carry_out(asked, "a.yaml", Store(tmp_path / folder), console, call)
        return result, len(trained) - before

    return carry_out


def plain(result: SearchResult) -> dict[str, Any]:
    return result.to_plain()


@pytest.mark.parametrize("tuner", ["random", "bayesian", "grid"])
def test_a_search_with_other_numbers_of_trials_and_seeds_goes_on_to_what_it_would_have_been_at_once(
    tuner: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry_out = stored_search(tmp_path, monkeypatch)
    space = HIDDEN | (CELL if tuner == "grid" else RATE)
    short, long = (
        experiment(space, tuner=tuner, max_trials=trials, confirm_seeds=seeds) for trials, seeds in ((7, 1), (10, 3))
    )
    at_once, _ = carry_out("at once", long, workers=2)
    first, _ = carry_out("by and by", short, workers=2)
    assert (len(first.trials), len(first.confirmations)) == (7, 1)
    gone_on, trained = carry_out("by and by", long, workers=1)  # it had two at once, and goes on with as many
    assert plain(gone_on) == plain(at_once)
    same_winner = first.winner == gone_on.winner
    assert trained == 3 + (2 if same_winner else 3)  # trials, and seeds that its winner was not confirmed on
    assert carry_out("by and by", long) == (gone_on, 0)
    shorter, trained = carry_out("by and by", short)
    assert (plain(shorter), trained) == (plain(first), 0)


def test_a_search_that_has_changed_is_refused_with_what_changed_and_what_a_new_name_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry_out = stored_search(tmp_path, monkeypatch)
    asked = experiment(HIDDEN | RATE, max_trials=4, confirm_seeds=0)
    carry_out("a", asked)
    for changed, told in (
        (experiment(HIDDEN | RATE, max_trials=4, confirm_seeds=0, seed=3), "a.yaml: search.seed changed since"),
        (experiment(HIDDEN, epochs=5, max_trials=4), "a.yaml: train.epochs, search.space.train.learning_rate changed"),
    ):
        with pytest.raises(SpecError) as error:
            carry_out("a", changed)
        assert told in str(error.value)
        assert "every run that is stored is used again there" in str(error.value)
    renamed = asked.model_copy(update={"name": "another"})
    assert carry_out("a", renamed)[1] == 0
    assert carry_out("a", experiment(HIDDEN | RATE, max_trials=4, seed=3), fresh=True)[1] > 0


def test_a_search_of_a_version_that_lacked_a_key_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    carry_out = stored_search(tmp_path, monkeypatch)
    asked = experiment(HIDDEN | RATE, max_trials=4, confirm_seeds=0)
    first, _ = carry_out("a", asked)
    (path,) = (tmp_path / "a" / FOLDER).glob("*.json")
    values = unsealed_json(path.read_bytes())
    del values["spec"]["train"]["perturbation"], values["spec"]["search"]["factor"]
    path.write_bytes(sealed_json(values))
    assert carry_out("a", asked) == (first, 0)


def test_the_plan_of_a_search_says_which_trials_are_stored_and_what_is_still_to_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry_out = stored_search(tmp_path, monkeypatch)
    space = HIDDEN | RATE
    whole, longer = (experiment(space, max_trials=trials, confirm_seeds=2) for trials in (4, 9))

    def planned(asked: Experiment) -> list[str]:
        return list(foresight_lines(foresee(asked, "a.yaml", Store(tmp_path / "a"), workers=2)))

    before = planned(whole)
    assert before[-3:] == [
        "2 different runs: 2 to do",
        "time for what is missing: unknown, since no like run is stored",
        "after that: up to 2 more trials, then the best again on 2 fresh seeds: unknown, since no like run is stored",
    ]
    carry_out("a", whole, workers=2)
    after = planned(whole)
    assert after[-2:] == ["6 different runs: 6 done", "time for what is missing: none"]
    assert sum("  done " in line for line in after) == 6
    more = planned(longer)
    assert "6 different runs: 4 done, 2 to do" in more
    assert more[-1].startswith("after that: up to 3 more trials, then the best again on 2 fresh seeds: ")


def test_the_time_of_trials_to_come_follows_from_those_that_are_stored() -> None:
    rows = [PlanRow("r", "done", 9, 9, 0.0, "")]
    *_, last = foresight_lines(Foresight(rows, trials=1, confirmations=0, seconds=30.0, at_once=4))
    assert last == "after that: up to 1 more trial: about 30 s of training, 1 at a time"
    *_, last = foresight_lines(Foresight(rows, trials=3, confirmations=1, seconds=30.0, at_once=2))
    assert last.endswith(
        "up to 3 more trials, then the best again on 1 fresh seed: about 1 min of training, 2 at a time"
    )


def test_an_objective_is_raised_where_more_is_better(tmp_path: Path) -> None:
    asked = experiment(SMALL, tuner="grid", objective="best_epoch", direction="max")
    search, _ = carried_out(asked, tmp_path, lambda spec: 1.0)
    assert search.direction == "max"
    natural = Experiment.model_validate(
        {"name": "a", "data": {"task": "agreement"}, "search": {"objective": "accuracy", "space": SMALL}}
    )
    assert Search(natural, 1, False, tmp_path, print).direction == "max"


def test_keys_are_tried_only_where_their_condition_holds(tmp_path: Path) -> None:
    space = {"model.dropout": {"float": [0.0, 0.5], "step": 0.25, "when": {"model.cell": ["gru", "lstm"]}}}
    space |= {"model.cell": {"choice": ["rnn", "gru", "lstm"]}, "model.hidden": {"choice": [5, [5, 5]]}}
    for tuner in ("random", "grid"):
        search, _ = carried_out(experiment(space, tuner=tuner, max_trials=99), tmp_path / tuner, lambda spec: 1.0)
        tried = settings(search)
        assert len(tried) == 2 * (1 + 2 * 3)
        assert all(("model.dropout" in one) == (one["model.cell"] != "rnn") for one in tried)
        assert {str(one["model.hidden"]) for one in tried} == {"5", "[5, 5]"}


@pytest.mark.parametrize(
    ("space", "values"),
    [
        ({"int": [1, 9], "step": 4}, [1, 5, 9]),
        ({"float": [0.1, 0.5], "step": 0.2}, [0.1, 0.3, 0.5]),
        ({"choice": [None, 3, "full"]}, [None, 3, "full"]),
        ({"boolean": True}, [True, False]),
        ({"fixed": 7}, [7]),
    ],
)
def test_every_kind_of_space_has_its_values(space: dict[str, Any], values: list[Any]) -> None:
    found = SearchSpace({"train.epochs": Space.model_validate(space)}).combinations()
    assert found == [{"train.epochs": value} for value in values]


def test_a_space_without_end_has_no_combinations() -> None:
    assert SearchSpace({"a": Space.model_validate({"float": [0, 1]})}).combinations() is None
    assert SearchSpace({"a": Space.model_validate({"int": [0, 10**6]})}).combinations() is None
