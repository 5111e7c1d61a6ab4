"""Each of the toolkit's tasks from its data to its report."""

from pathlib import Path

import pandas as pd
import pytest

from toolkit import run
from toolkit.tasks.registry import TASKS
from toolkit.tasks.reported import measures_of

DATA = Path(__file__).parents[2] / "specs" / "data"
SPLIT = "{dev: 0.2, test: 0.1}"
SECTIONS = {
    "language_model": "{train_size: 40, dev_size: 20, distance: uniform, max_distance: 2}",
    "agreement": "{task: agreement, train_size: 40, dev_size: 20, distance: uniform, max_distance: 2}",
    "classification": f"{{task: classification, source: table, path: '{DATA / 'verbs.csv'}', split: {SPLIT}}}",
    "tagging": f"{{task: tagging, source: conll, path: '{DATA / 'tagged.conllu'}', split: {SPLIT}}}",
    "regression": "{task: regression, source: memory, kind: adding, lag: 3, train_size: 60, dev_size: 20}",
    "forecast": f"{{task: forecast, source: series, path: '{DATA / 'visitors.csv'}', split: {SPLIT}, "
    "columns: {target: visitors}, window: 6, season: 12}",
}


@pytest.mark.usefixtures("one_worker", "uncompiled")
@pytest.mark.parametrize("task", TASKS)
def test_a_task_is_trained_and_all_that_it_measures_is_reported(task: str, tmp_path: Path) -> None:
    spec = tmp_path / "small.yaml"
    spec.write_text(
        f"name: small\ndata: {SECTIONS[task]}\nmodel: {{cell: gru, hidden: 3, lookback: 2}}\n"
        "train: {epochs: 1, batch_size: 20}\nevaluate: {test: true}\n",
        encoding="utf-8",
    )
    (outcome,) = run(spec, out=tmp_path / "reports")
    assert outcome.failed == 0
    (row,) = pd.read_csv(outcome.page.parent / "runs.csv").to_dict("records")
    assert {name: row[name] for name in names(task) if pd.isna(row[name])} == {}
    page = (outcome.page.parent / "report.md").read_text(encoding="utf-8")
    assert ("nats" in page) == (task not in ("regression", "forecast"))
    assert ("less than the" in page) == (task in ("regression", "forecast"))  # what is held against a yardstick


def names(task: str) -> list[str]:
    """What a run of a task is measured for whatever came of it; a rare label may be neither there nor said."""
    return [measure.name for measure in measures_of(task) if measure.name not in ("plural_f1", "best_epoch")]
