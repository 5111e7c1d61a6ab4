"""What a search came to, as somebody may have made it up: read within bounds and by type, or begun anew."""

import os
from pathlib import Path
from typing import Any

import pytest

from toolkit.runner.search.search_file import FOLDER, keep, read_kept
from toolkit.spec.schema import Experiment
from toolkit.spec.trials import SearchResult
from toolkit.store import Store
from toolkit.store.durable import sealed_json, unsealed_json

SEARCH = {"tuner": "random", "max_trials": 2, "space": {"model.hidden": {"int": [1, 9]}}}


@pytest.fixture
def experiment() -> Experiment:
    return Experiment.model_validate({"name": "sent", "search": SEARCH})


RESULTS: dict[str, Any] = {
    "a list": [],
    "trials that are numbers": {"trials": [1], "confirmations": []},
    "a value that no key takes": {"trials": [{"model.hidden": "x"}], "confirmations": []},
    "nothing": None,
}


@pytest.mark.parametrize("result", RESULTS.values(), ids=RESULTS)
def test_a_result_of_another_form_is_none(result: Any, experiment: Experiment, tmp_path: Path) -> None:
    store = Store(tmp_path)
    keep(experiment, SearchResult(()), store)
    path = tmp_path / FOLDER / "sent.json"
    path.write_bytes(sealed_json(unsealed_json(path.read_bytes()) | {"result": result}))
    assert read_kept(experiment, "spec.yaml", store) is None


def test_a_pipe_in_place_of_a_result_is_not_waited_for(experiment: Experiment, tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    os.mkfifo(tmp_path / FOLDER / "sent.json")
    assert read_kept(experiment, "spec.yaml", Store(tmp_path)) is None


def test_what_was_kept_is_still_found(experiment: Experiment, tmp_path: Path) -> None:
    keep(experiment, SearchResult((), has_ended=True), Store(tmp_path))
    kept = read_kept(experiment, "spec.yaml", Store(tmp_path))
    assert kept is not None
    assert kept.is_whole
